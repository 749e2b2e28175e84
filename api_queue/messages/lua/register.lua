-- Puts a name on the list of queues, which has a bound.
-- KEYS  1 names
-- ARGV  1 name  2 queues_max
-- Returns 1 if it is on the list, 0: the list is full.

if redis.call('SISMEMBER', KEYS[1], ARGV[1]) == 0 then
  if redis.call('SCARD', KEYS[1]) >= tonumber(ARGV[2]) then return 0 end
  redis.call('SADD', KEYS[1], ARGV[1])
end
return 1
