-- What is worked out of a queue, as the password of a room, is another from now on. Its list does not change, nor its rev.
-- KEYS  1 meta
-- ARGV  none
-- Returns how often that was done; 0 if there is no such queue.

if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
return redis.call('HINCRBY', KEYS[1], 'rekeyed', 1)
