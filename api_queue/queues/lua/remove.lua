-- Takes one waiting item off the queue.
-- KEYS  those of rows
-- ARGV  1 queue  2 now_ms  3 kept  4 id  5 line  6 owner  7 track  8 performer  9 duration_ms  10 fixed (0, 1)
-- Returns {'ok', rev}, {'gone'} or {'moved'}: the item is no longer this line.
--! use queues/rows
--! use stream/emit

local now_ms, id, line = ARGV[2], ARGV[4], ARGV[5]
if redis.call('EXISTS', meta) == 0 then return {'gone'} end
if not stand(id, line) then return {'moved'} end
redis.call('LREM', items, -1, line)
redis.call('HDEL', index, id)
weigh(-1, ARGV[6], ARGV[7], ARGV[8], ARGV[9], ARGV[10])
local rev = revise(now_ms)
emit(events, ARGV[3], rev, now_ms, 'items_change', 'queue', '"changes":[{"op":"remove","id":"' .. id .. '"}]')
ring(bell, ARGV[1])
return {'ok', rev}
