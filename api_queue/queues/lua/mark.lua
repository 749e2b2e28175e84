-- Writes who is ready, or which performers are paused.
-- KEYS  those of rows
-- ARGV  1 queue  2 now_ms  3 kept  4 field of meta: cards or paused  5 what it was and 6 what it is to be, as JSON or ''
--       7 fields of the event  8 id and 9 line of the waiting item that it is about, or '' and ''
-- Returns {'ok', rev}, {'gone'} or {'moved'}.
-- Who is paused decides what starts next and when an add is expected: whoever has worked that out does so again.
--! use queues/rows
--! use stream/emit

local now_ms, field = ARGV[2], ARGV[4]
if redis.call('EXISTS', meta) == 0 then return {'gone'} end
if (redis.call('HGET', meta, field) or '') ~= ARGV[5] then return {'moved'} end
if ARGV[8] ~= '' and not stand(ARGV[8], ARGV[9]) then return {'moved'} end
if ARGV[6] == '' then
  redis.call('HDEL', meta, field)
else
  redis.call('HSET', meta, field, ARGV[6])
end
if field == 'paused' then
  redis.call('HINCRBY', meta, 'session_rev', 1)
  redis.call('HINCRBY', meta, 'settings_rev', 1)
end
local rev = revise(now_ms)
emit(events, ARGV[3], rev, now_ms, 'items_change', 'queue', ARGV[7])
ring(bell, ARGV[1])
return {'ok', rev}
