-- Wakes who waits for messages, for stores that are not in Redis.
-- KEYS  1 waiting
-- ARGV  1 queue
-- Returns 1.

if redis.call('EXISTS', KEYS[1]) == 1 then redis.call('PUBLISH', 'messages:bell', ARGV[1]) end
return 1
