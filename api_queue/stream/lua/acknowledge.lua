-- Writes down how far a queue's events were published, unless a newer leader has written before.
-- KEYS  1 relayed
-- ARGV  1 event id  2 fencing number
-- Returns 1, or 0: there is a newer leader.

local fence = redis.call('HGET', KEYS[1], 'fence')
if fence and tonumber(fence) > tonumber(ARGV[2]) then return 0 end
redis.call('HSET', KEYS[1], 'event_id', ARGV[1], 'fence', ARGV[2])
redis.call('PERSIST', KEYS[1])
return 1
