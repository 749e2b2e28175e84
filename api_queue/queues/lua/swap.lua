-- Two waiting items change places, and what they are sorted by.
-- KEYS  those of rows
-- ARGV  1 queue  2 now_ms  3 kept  4 cards that it was worked out from and 5 cards as they are to be, as JSON or ''
--       6 role of whoever lets the other go first  7 ready as a field of the event
--       8 place of the first (0 is the next)  9 its id  10 line  11 duration_ms  12 place of the other  13 id  14 line
--       15 duration_ms
-- Returns {'ok', rev}, {'gone'} or {'moved'}.
--! use queues/rows
--! use queues/order
--! use stream/emit

local now_ms = ARGV[2]
local known = redis.call('HMGET', meta, 'head', 'cards')
if not known[1] then return {'gone'} end
if (known[2] or '') ~= ARGV[4] then return {'moved'} end
local place, id, line, duration_ms = known[1] + ARGV[8], unpack(ARGV, 9, 11)
local other_place, other_id, other_line, other_ms = known[1] + ARGV[12], unpack(ARGV, 13, 15)
if redis.call('LINDEX', items, place) ~= line then return {'moved'} end
if redis.call('LINDEX', items, other_place) ~= other_line then return {'moved'} end

redis.call('LSET', items, place, other_line)
redis.call('LSET', items, other_place, line)
local score = unrank(id, duration_ms)
if score then
  rank(id, unrank(other_id, other_ms), duration_ms)
  rank(other_id, score, other_ms)
end
redis.call('HSET', meta, 'cards', ARGV[5])
tell_move(id, {at_ms = tonumber(now_ms), by = ARGV[6], from = ARGV[8] + 1, to = ARGV[12] + 1, passed = true})
local rev = revise(now_ms)
local behind = redis.call('LINDEX', items, other_place + 1)
local change = '"changes":[{"op":"move","id":"' .. other_id .. '","before":"' .. id .. '"},{"op":"move","id":"' .. id
  .. '","before":' .. (behind and '"' .. (id_of(behind)) .. '"' or 'null') .. '}],'
emit(events, ARGV[3], rev, now_ms, 'items_change', 'queue', change .. ARGV[7] .. moved_json())
ring(bell, ARGV[1])
return {'ok', rev}
