-- Takes a token from each of several buckets for a wrong guess; a right one leaves them, but needs them to be there.
-- KEYS  1 the HASH of one route class
-- ARGV  1 now_ms  2 whether it is right (0, 1)   3... three for each bucket: field, capacity, per_ms
-- Returns 0, or the ms until all of them have a token.
--! use accounts/bucket

local wait = take(KEYS[1], tonumber(ARGV[1]), 3)
if wait == 0 and ARGV[2] == '1' then
  for at = 3, #ARGV, 3 do redis.call('HINCRBY', KEYS[1], ARGV[at], -ARGV[at + 2]) end
end
return wait
