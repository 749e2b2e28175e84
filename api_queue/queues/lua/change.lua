-- Changes one waiting item: its line, its place, or both. In a sorted queue a place has its round or weight.
-- KEYS  those of rows
-- ARGV  1 queue  2 now_ms  3 kept  4 rev that must still hold, or ''
--       5 id  6 line before  7 line after  8 owner  9 track  10 performer before  11 performer after  12 duration_ms before
--       13 fixed before (0, 1)  14 fixed after  15 '' keeps the place, 'end', or the id to stand before  16 that one's line
--       17 changes as JSON  18 window ms within which a new singer may not come again, or ''  19 duration_ms after
--       20 deed that can be undone, as JSON, or ''
--       21 round or weight there, '' for that of the item it stands before, or of the last  22 bill before and 23 after as
--       JSON, '' when the same pay  24 role of whoever moved it by hand, or ''
-- Returns {'ok', rev}, {'gone'}, {'moved'}: something it was worked out from stands no longer; or {'performer', ms of the
-- last start or ''}.
--! use queues/rows
--! use queues/order
--! use stream/emit

local now_ms = ARGV[2]
local id, before, after = ARGV[5], ARGV[6], ARGV[7]
local known = redis.call('HMGET', meta, 'rev', 'head')
local rev = known[1]
if not rev then return {'gone'} end
if (ARGV[4] ~= '' and rev ~= ARGV[4]) or not stand(id, before) then return {'moved'} end
if ARGV[15] ~= '' and ARGV[15] ~= 'end' and not stand(ARGV[15], ARGV[16]) then return {'moved'} end
local last = sings_within(ARGV[11], ARGV[10], ARGV[18], now_ms)
if last then return {'performer', last} end

undoable(ARGV[20])
local place = note_item(id, before, after)
if ARGV[22] ~= '' and redis.call('EXISTS', turns) == 1 then
  book(cjson.decode(ARGV[22]), -1)
  book(cjson.decode(ARGV[23]), 1)
end
local from = ARGV[24] ~= '' and (place or redis.call('LPOS', items, before, 'RANK', -1)) - known[2] + 1
local score = unrank(id, ARGV[12])
if ARGV[15] == '' then
  rewrite(id, before, after)
else
  redis.call('LREM', items, 1, before)
  if ARGV[15] == 'end' then
    redis.call('RPUSH', items, after)
  else
    redis.call('LINSERT', items, 'BEFORE', ARGV[16], after)
  end
  redis.call('HSET', index, id, after)
end
if score then
  if ARGV[21] ~= '' then
    score = ARGV[21]
  elseif ARGV[15] == 'end' then
    score = redis.call('ZREVRANGE', order, 0, 0, 'WITHSCORES')[2] or score
  elseif ARGV[15] ~= '' then
    score = redis.call('ZSCORE', order, ARGV[15])
  end
  rank(id, score, ARGV[19])
end
local told = ''
local to = from and redis.call('LPOS', items, after, 'RANK', -1) - known[2] + 1
if from ~= to then
  note_field('moves', id)
  tell_move(id, {at_ms = tonumber(now_ms), by = ARGV[24], from = from, to = to})
  told = moved_json()
end
weigh(-1, id, ARGV[8], ARGV[9], ARGV[10], ARGV[12], ARGV[13])
weigh(1, id, ARGV[8], ARGV[9], ARGV[11], ARGV[19], ARGV[14])
remember()
rev = revise(now_ms)
emit(events, ARGV[3], rev, now_ms, 'items_change', 'queue', '"changes":' .. ARGV[17] .. told)
ring(bell, ARGV[1])
return {'ok', rev}
