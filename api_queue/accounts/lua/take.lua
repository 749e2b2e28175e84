-- Takes a token from each of several buckets, or from none of them.
-- KEYS  1 the HASH of one route class
-- ARGV  1 now_ms   2... three for each bucket: field, capacity, per_ms
-- Returns 0, or the ms until all of them have a token.
--! use accounts/bucket

local now_ms, longest = tonumber(ARGV[1]), 0
for at = 2, #ARGV, 3 do
  local wait = bucket_wait(KEYS[1], ARGV[at], tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2]), now_ms)
  longest = math.max(longest, wait)
end
if longest > 0 then return longest end
for at = 2, #ARGV, 3 do
  take(KEYS[1], ARGV[at], tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2]), now_ms)
end
return 0
