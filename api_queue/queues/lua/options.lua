-- Writes shuffle, repeat and volume; when shuffle was switched, also the waiting items in their new order.
-- KEYS  those of rows
-- ARGV  1 queue  2 now_ms  3 kept  4 rev that it was worked out from  5 session as JSON  6 shuffle was switched (0, 1)
--       7 fields of the event  8 changes as JSON, '' when nothing moves  9... ids of all waiting items in their order
-- Returns {'ok', rev}, {'gone'} or {'moved'}.
-- A switch counts as a change of settings_rev: where an add goes depends on it.
--! use queues/rows
--! use stream/emit

local now_ms = ARGV[2]
local rev = redis.call('HGET', meta, 'rev')
if not rev then return {'gone'} end
if rev ~= ARGV[4] then return {'moved'} end

redis.call('HSET', meta, 'session', ARGV[5])
redis.call('HINCRBY', meta, 'session_rev', 1)
if ARGV[6] == '1' then
  redis.call('HINCRBY', meta, 'settings_rev', 1)
end
if #ARGV > 8 then
  redis.call('LTRIM', items, 0, -(#ARGV - 8) - 1)
end
for at = 9, #ARGV do
  redis.call('RPUSH', items, redis.call('HGET', index, ARGV[at]))
end
rev = revise(now_ms)
if ARGV[8] ~= '' then
  emit(events, ARGV[3], rev, now_ms, 'items_change', 'queue', '"changes":' .. ARGV[8])
end
emit(events, ARGV[3], rev, now_ms, 'options_change', 'options', ARGV[7])
ring(bell, ARGV[1])
return {'ok', rev}
