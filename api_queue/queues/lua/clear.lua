-- Takes all waiting items off the queue; what was played and what plays stays. Turns are given back.
-- KEYS  those of rows
-- ARGV  1 queue  2 now_ms  3 kept  4 rev that it was worked out from  5 changes as JSON
--       6 deed that can be undone, as JSON, or ''  7 milli-points that guests get back, as JSON by guest
--       8 bills as JSON  9... ids of the waiting items
-- Returns {'ok', rev}, {'gone'} or {'moved'}.
--! use queues/rows
--! use queues/order
--! use queues/points
--! use stream/emit

local now_ms = ARGV[2]
local rev = redis.call('HGET', meta, 'rev')
if not rev then return {'gone'} end
if rev ~= ARGV[4] then return {'moved'} end
local head = tonumber(redis.call('HGET', meta, 'head'))
undoable(ARGV[6])
local lines = ARGV[6] ~= '' and redis.call('LRANGE', items, head, -1) or {}
for nth, line in ipairs(lines) do
  note_at(head + nth - 1, ARGV[8 + nth], line, '', lines[nth - 1], lines[nth + 1])
end
if head == 0 then
  redis.call('DEL', items)
else
  redis.call('LTRIM', items, 0, head - 1)
end
for at = 9, #ARGV do
  redis.call('HDEL', index, ARGV[at])
  leave(ARGV[at])
end
for _, bill in ipairs(cjson.decode(ARGV[8])) do
  book(bill, -1)
end
redis.call('DEL', counts, order, bands, whose)
redis.call('HSET', meta, 'waiting_ms', 0, 'fixed', 0)
for owner, milli in pairs(cjson.decode(ARGV[7])) do
  refund(owner, milli)
end
remember()
rev = revise(now_ms)
emit(events, ARGV[3], rev, now_ms, 'items_change', 'queue', '"changes":' .. ARGV[5])
ring(bell, ARGV[1])
return {'ok', rev}
