-- Takes a token from each of several buckets, or from none of them.
-- KEYS  1 the HASH of one route class
-- ARGV  1 now_ms   2... three for each bucket: field, capacity, per_ms
-- Returns 0, or the ms until all of them have a token.
--! use accounts/bucket

return take(KEYS[1], tonumber(ARGV[1]), 2)
