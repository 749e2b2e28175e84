-- Reads where a waiting item stands. Changes nothing.
-- KEYS  1 items  2 meta
-- ARGV  1 line
-- Returns {rev, place (0 is the next) or ''}; {} if there is no such queue.

local known = redis.call('HMGET', KEYS[2], 'rev', 'head')
if not known[1] then return {} end
local place = redis.call('LPOS', KEYS[1], ARGV[1], 'RANK', -1)
return {known[1], place and place - known[2] or ''}
