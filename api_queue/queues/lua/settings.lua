-- Replaces the settings of a queue.
-- KEYS  those of rows
-- ARGV  1 queue  2 now_ms  3 kept  4 settings_rev that they were worked out from  5 settings as JSON
--       6 deed that can be undone, as JSON, or ''
-- Returns {'ok', rev}, {'gone'} or {'moved'}: somebody else changed them meanwhile.
--! use queues/rows
--! use stream/emit

local now_ms = ARGV[2]
local settings_rev = redis.call('HGET', meta, 'settings_rev')
if not settings_rev then return {'gone'} end
if settings_rev ~= ARGV[4] then return {'moved'} end
undoable(ARGV[6])
redis.call('HSET', meta, 'settings', ARGV[5])
redis.call('HINCRBY', meta, 'settings_rev', 1)
remember()
local rev = revise(now_ms)
emit(events, ARGV[3], rev, now_ms, 'settings_change', 'settings', '"settings":' .. ARGV[5])
ring(bell, ARGV[1])
return {'ok', rev}
