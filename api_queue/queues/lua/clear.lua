-- Takes all waiting items off the queue; what was played and what plays stays.
-- KEYS  those of rows
-- ARGV  1 queue  2 now_ms  3 kept  4 rev that it was worked out from  5 changes as JSON  6... ids of the waiting items
-- Returns {'ok', rev}, {'gone'} or {'moved'}.
--! use queues/rows
--! use stream/emit

local now_ms = ARGV[2]
local rev = redis.call('HGET', meta, 'rev')
if not rev then return {'gone'} end
if rev ~= ARGV[4] then return {'moved'} end
local head = tonumber(redis.call('HGET', meta, 'head'))
if head == 0 then
  redis.call('DEL', items)
else
  redis.call('LTRIM', items, 0, head - 1)
end
for at = 6, #ARGV do
  redis.call('HDEL', index, ARGV[at])
end
redis.call('DEL', counts, order, bands)
redis.call('HSET', meta, 'waiting_ms', 0, 'fixed', 0)
rev = revise(now_ms)
emit(events, ARGV[3], rev, now_ms, 'items_change', 'queue', '"changes":' .. ARGV[5])
ring(bell, ARGV[1])
return {'ok', rev}
