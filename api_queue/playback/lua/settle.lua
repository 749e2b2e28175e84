-- Writes what became of a request, or drops it, unless somebody was faster.
-- KEYS  1 pairings
-- ARGV  1 code  2 request as it was read  3 as it is now; '' drops it
-- Returns 1, or 0: it is not what it was.

if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
if ARGV[3] == '' then
  redis.call('HDEL', KEYS[1], ARGV[1])
else
  redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
end
return 1
