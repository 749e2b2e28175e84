-- A heartbeat: a device that is registered was heard of.
-- KEYS  1 presence
-- ARGV  1 device  2 presence as JSON
-- Returns 1, or 0: nothing is known of this device, and nothing is kept.

if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
return 1
