-- Reads what stands beside the list of a sorted queue. Changes nothing.
-- KEYS  1 meta  2 order  3 turns  4 joined  5 moves
-- ARGV  none
-- Returns {rev, order, turns and joined as pairs, ids of what was moved by hand}; {} if there is no such queue.

local rev = redis.call('HGET', KEYS[1], 'rev')
if not rev then return {} end
local scores = redis.call('ZRANGE', KEYS[2], 0, -1, 'WITHSCORES')
return {rev, scores, redis.call('HGETALL', KEYS[3]), redis.call('HGETALL', KEYS[4]), redis.call('HKEYS', KEYS[5])}
