-- Takes or renews a lease, if nobody else holds it. Each new holder gets a higher fencing number than all before.
-- KEYS  1 lease  2 fence
-- ARGV  1 holder  2 ttl_ms
-- Returns the fencing number, or 0: somebody else holds it.

local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
if holder then return tonumber(redis.call('GET', KEYS[2])) end
return redis.call('INCR', KEYS[2])
