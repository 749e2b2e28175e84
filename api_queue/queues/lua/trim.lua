-- Drops the oldest played items, which the caller has written to the history before.
-- KEYS  those of rows
-- ARGV  1 queue  2 now_ms  3 kept  4 changes as JSON  5... id and line of each, oldest first
-- Returns {'ok', rev}, {'gone'} or {'moved'}: the head of the list is not these lines.
--! use queues/rows
--! use stream/emit

local now_ms = ARGV[2]
if redis.call('EXISTS', meta) == 0 then return {'gone'} end
local many = (#ARGV - 4) / 2
local oldest = redis.call('LRANGE', items, 0, many - 1)
for at = 1, many do
  if oldest[at] ~= ARGV[4 + at * 2] then return {'moved'} end
end
for at = 1, many do
  redis.call('LPOP', items)
  redis.call('HDEL', index, ARGV[3 + at * 2])
  leave(ARGV[3 + at * 2])
end
redis.call('HINCRBY', meta, 'head', -many)
local rev = revise(now_ms)
emit(events, ARGV[3], rev, now_ms, 'items_change', 'queue', '"changes":' .. ARGV[4])
ring(bell, ARGV[1])
return {'ok', rev}
