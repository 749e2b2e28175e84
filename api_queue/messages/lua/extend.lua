-- Hides a message until another time, for who holds it.
-- KEYS  the nine of the queue
-- ARGV  1 queue  2 now_ms  3 receipt  4 visible_at_ms (now: it is given back)
-- Returns 1, or 0: nothing is held by the receipt.
--! use messages/parts

local queue = part(1)
local id, place, count, rest = held(queue, ARGV[3], ARGV[2])
if not id then return 0 end
redis.call('ZADD', queue.flight, ARGV[4], id)
note(queue, id, place, count, ARGV[4], ARGV[3], rest)
ring(queue, ARGV[1])
return 1
