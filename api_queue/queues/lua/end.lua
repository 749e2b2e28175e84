-- End of the party: whoever was here is a guest no more, and what let them in is void.
-- KEYS  1 ended SET of guests  2 guests SET of those seen  3 joined  4 code  5 tokens
-- ARGV  none
-- Returns how many guests were seen.

redis.call('SUNIONSTORE', KEYS[1], KEYS[1], KEYS[2])
redis.call('DEL', KEYS[3], KEYS[4], KEYS[5])
return redis.call('SCARD', KEYS[2])
