-- Takes one waiting item off the queue; in a fair one those who paid for it get their turns back.
-- KEYS  those of rows
-- ARGV  1 queue  2 now_ms  3 kept  4 id  5 line  6 owner  7 track  8 performer  9 duration_ms  10 fixed (0, 1)
--       11 bill as JSON  12 field of counts that says whether its guest has other items, '' if that is to be looked for
--       13 rev that was looked at, or ''  14 changes as JSON  15 deed that can be undone, as JSON, or ''
--       16 milli-points that its guest gets back  17... items that move up then, as `shift` takes them
-- Returns {'ok', rev}, {'gone'} or {'moved'}: something it was worked out from stands no longer; or {'others'}: what may
-- move up has to be looked for first.
--! use queues/rows
--! use queues/order
--! use queues/points
--! use stream/emit

local now_ms, id, line = ARGV[2], ARGV[4], ARGV[5]
local rev = redis.call('HGET', meta, 'rev')
if not rev then return {'gone'} end
if (ARGV[13] ~= '' and rev ~= ARGV[13]) or not stand(id, line) then return {'moved'} end
local fair = redis.call('EXISTS', turns) == 1
if fair and ARGV[13] == '' and (ARGV[12] == '' or tonumber(redis.call('HGET', counts, ARGV[12])) > 1) then
  return {'others'}
end

undoable(ARGV[15])
note_item(id, line, '')
note_shifts(17, #ARGV)
redis.call('LREM', items, -1, line)
redis.call('HDEL', index, id)
unrank(id, ARGV[9])
if fair then book(cjson.decode(ARGV[11]), -1) end
leave(id)
weigh(-1, id, ARGV[6], ARGV[7], ARGV[8], ARGV[9], ARGV[10])
refund(ARGV[6], ARGV[16])
local moves_up = shift(17, #ARGV)
remember()
rev = revise(now_ms)
emit(events, ARGV[3], rev, now_ms, 'items_change', 'queue', '"changes":' .. with_moves(ARGV[14], moves_up))
ring(bell, ARGV[1])
return {'ok', rev}
