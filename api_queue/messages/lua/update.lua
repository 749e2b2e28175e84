-- Gives a message another body and timestamp, in the same place and for the same receipt.
-- KEYS  the nine of the queue
-- ARGV  1 now_ms  2 id  3 body  4 timestamp
-- Returns 1, or 0: there is none.
--! use messages/parts

local queue, id, body = part(1), ARGV[2], ARGV[3]
local place, count, visible_at_ms, receipt, rest = facts_of(queue, id)
if not place then return 0 end
changed(queue, ARGV[1], #body - redis.call('HSTRLEN', queue.bodies, id))
redis.call('HSET', queue.bodies, id, body)
note(queue, id, place, count, visible_at_ms, receipt, ARGV[4] .. string.match(rest, '|.*$'))
return 1
