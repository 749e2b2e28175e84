-- Takes one item out of the lobby.
-- KEYS  those of rows
-- ARGV  1 queue  2 now_ms  3 kept  4 id  5 line  6 deed that can be undone as JSON, or ''
-- Returns {'ok', rev}, {'gone'} or {'moved'}: the item is no longer this line.
--! use queues/rows
--! use queues/lobby
--! use stream/emit

local now_ms, id = ARGV[2], ARGV[4]
if redis.call('EXISTS', meta) == 0 then return {'gone'} end
if redis.call('HGET', lobby, id) ~= ARGV[5] then return {'moved'} end
undoable(ARGV[6])
leave_lobby(id)
leave(id)
remember()
local rev = revise(now_ms)
emit(events, ARGV[3], rev, now_ms, 'items_change', 'queue', '"changes":[{"op":"remove","id":"' .. id .. '"}]')
ring(bell, ARGV[1])
return {'ok', rev}
