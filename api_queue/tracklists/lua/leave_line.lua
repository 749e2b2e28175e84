-- Gives the turn to the next, or the place in the line up.
-- KEYS  1 turn  2 line  3 seen
-- ARGV  1 who leaves
-- Returns 1 if the turn was theirs, else 0.

redis.call('ZREM', KEYS[2], ARGV[1])
redis.call('ZREM', KEYS[3], ARGV[1])
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])
