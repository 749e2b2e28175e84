-- An item of a fair queue goes to the end of the next round, and behind another one at least. It costs a turn more.
-- KEYS  those of rows
-- ARGV  1 queue  2 now_ms  3 kept  4 cards that it was worked out from and 5 cards as they are to be, as JSON or ''
--       6 role of whoever lets the other go first  7 ready as a field of the event
--       8 place (0 is the next)  9 id  10 line  11 duration_ms  12 bill as JSON  13 id and 14 line of the other one
-- Returns {'ok', rev, place}, {'gone'} or {'moved'}.
--! use queues/rows
--! use queues/order
--! use stream/emit

local now_ms, id, line, duration_ms = ARGV[2], ARGV[9], ARGV[10], ARGV[11]
local known = redis.call('HMGET', meta, 'head', 'cards')
if not known[1] then return {'gone'} end
if (known[2] or '') ~= ARGV[4] or not stand(ARGV[13], ARGV[14]) then return {'moved'} end
if redis.call('LINDEX', items, known[1] + ARGV[8]) ~= line then return {'moved'} end
local behind = redis.call('ZSCORE', order, ARGV[13])
if not behind then return {'moved'} end

local round = math.max(unrank(id, duration_ms) + 1, behind)
redis.call('LREM', items, 1, line)
local place = redis.call('ZCOUNT', order, '-inf', round)
local before = put(line, redis.call('LINDEX', items, known[1] + place))
rank(id, round, duration_ms)
book(cjson.decode(ARGV[12]), 1)
redis.call('HSET', meta, 'cards', ARGV[5])
tell_move(id, {at_ms = tonumber(now_ms), by = ARGV[6], from = ARGV[8] + 1, to = place + 1, passed = true})
local rev = revise(now_ms)
local change = '"changes":[{"op":"move","id":"' .. id .. '","before":' .. before .. '}],' .. ARGV[7] .. moved_json()
emit(events, ARGV[3], rev, now_ms, 'items_change', 'queue', change)
ring(bell, ARGV[1])
return {'ok', rev, place}
