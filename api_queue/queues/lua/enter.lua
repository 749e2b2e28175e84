-- Somebody has come into a queue as into a room, from now on told on topics beside ours. Its list does not change, nor its
-- rev; those who follow it look at it once more.
-- KEYS  1 meta  2 events  3 bell
-- ARGV  1 queue  2 now_ms  3 kept
-- Returns 1; 0 if it was so before, or there is no such queue.
--! use stream/emit

local rev, settings = unpack(redis.call('HMGET', KEYS[1], 'rev', 'settings'))
if not rev or redis.call('HSETNX', KEYS[1], 'entered', 1) == 0 then return 0 end
emit(KEYS[2], ARGV[3], rev, ARGV[2], 'settings_change', 'settings', '"settings":' .. settings)
ring(KEYS[3], ARGV[1])
return 1
