-- Reads one message, hidden or not.
-- KEYS  1 bodies  2 facts
-- ARGV  1 id
-- Returns {facts, body}, or {}: there is none.

local facts = redis.call('HGET', KEYS[2], ARGV[1])
return facts and {facts, redis.call('HGET', KEYS[1], ARGV[1])} or {}
