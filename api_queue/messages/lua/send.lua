-- Puts messages at the end, but for those whose id is known on the queue or among its dead letters.
-- KEYS  the nine of the queue, then the nine of the other (its dead letters; of those, the queue itself)
-- ARGV  1 queue  2 now_ms  3... messages, five each: id, body, receive_count (copies have one),
--       visible_at_ms (0: at once), timestamp|ms of death|reason of it
-- Returns 1.
--! use messages/parts

local queue, other = part(1), part(10)
for at = 3, #ARGV, 5 do
  local id = ARGV[at]
  if redis.call('HEXISTS', queue.facts, id) == 0 and redis.call('HEXISTS', other.facts, id) == 0 then
    put(queue, ARGV[2], id, ARGV[at + 1], ARGV[at + 2], ARGV[at + 3], ARGV[at + 4])
  end
end
ring(queue, ARGV[1])
return 1
