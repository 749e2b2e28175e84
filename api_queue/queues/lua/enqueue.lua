-- Adds items, each before a waiting one (also of these) or at the end.
-- KEYS  those of rows
-- ARGV  1 queue  2 now_ms  3 kept  4 rev that it was worked out from  5 changes as JSON
--       then for each item seven: id, line, owner, track, performer, duration_ms, line of the one to stand before or ''
-- Returns {'ok', rev}, {'gone'} or {'moved'}.
--! use queues/rows
--! use stream/emit

local now_ms = ARGV[2]
local rev = redis.call('HGET', meta, 'rev')
if not rev then return {'gone'} end
if rev ~= ARGV[4] then return {'moved'} end
for at = 6, #ARGV, 7 do
  local id, line, owner, track, performer, duration_ms, before = unpack(ARGV, at, at + 6)
  if before == '' then
    redis.call('RPUSH', items, line)
  else
    redis.call('LINSERT', items, 'BEFORE', before, line)
  end
  redis.call('HSET', index, id, line)
  weigh(1, id, owner, track, performer, duration_ms, '0')
end
rev = revise(now_ms)
emit(events, ARGV[3], rev, now_ms, 'items_change', 'queue', '"changes":' .. ARGV[5])
ring(bell, ARGV[1])
return {'ok', rev}
