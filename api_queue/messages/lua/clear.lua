-- Deletes all messages of a queue, hidden ones too. Where the next place is and when the queue began stays known.
-- KEYS  the nine of the queue
-- ARGV  1 now_ms
-- Returns 1.
--! use messages/parts

local queue = part(1)
redis.call('UNLINK', queue.fresh, queue.again, queue.flight, queue.bodies, queue.facts, queue.receipts, queue.seen)
if redis.call('EXISTS', queue.meta) == 1 then
  redis.call('HSET', queue.meta, 'size_bytes', 0, 'changed_at_ms', ARGV[1])
end
return 1
