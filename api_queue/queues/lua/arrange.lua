-- Writes the list anew from one place on: which items, in which order, sorted by what. For what moves more than one item.
-- KEYS  those of rows
-- ARGV  1 queue  2 now_ms  3 kept  4 rev that it was worked out from
--       5 how many at the head of the list stay as they are  6 how many of the lines that follow wait no more
--       7 settings as JSON, or ''  8 newest entry of undo that is used up by this, or ''
--       9 deed that can be undone as JSON, or ''  10 number of fields, 11 of events, 12 of items that leave
--       then of the fields three each: part (of rows), field, value ('' removes it); of the events three each: name, type,
--       fields; of the items that leave the id; then for each item of the list eight: id, line, owner, track, performer,
--       duration_ms, fixed (0, 1), round or weight or ''
-- Returns {'ok', rev}, {'gone'} or {'moved'}.
--! use queues/rows
--! use queues/order
--! use stream/emit

local now_ms, kept, keep, past = ARGV[2], ARGV[3], tonumber(ARGV[5]), tonumber(ARGV[6])
local rev = redis.call('HGET', meta, 'rev')
if not rev then return {'gone'} end
if rev ~= ARGV[4] then return {'moved'} end
if ARGV[8] ~= '' then
  if redis.call('LINDEX', undo, 0) ~= ARGV[8] then return {'moved'} end
  redis.call('LPOP', undo)
end

undoable(ARGV[9])
local head = tonumber(redis.call('HGET', meta, 'head'))
local lines = ARGV[9] ~= '' and redis.call('LRANGE', items, head, -1) or {}
for nth, line in ipairs(lines) do
  note_at(head + nth - 1, id_of(line), line, line, lines[nth - 1], lines[nth + 1])
end
local at, marked = 13, false
for _ = 1, tonumber(ARGV[10]) do
  local part, field, value = unpack(ARGV, at, at + 2)
  note_field(part, field)
  if part == 'moves' then marked = true end
  if value == '' then
    redis.call('HDEL', parts[part], field)
  else
    redis.call('HSET', parts[part], field, value)
  end
  at = at + 3
end
if ARGV[7] ~= '' then
  redis.call('HSET', meta, 'settings', ARGV[7])
  redis.call('HINCRBY', meta, 'settings_rev', 1)
  -- Also of those who were charged between a switch and its undo.
  if cjson.decode(ARGV[7]).order ~= 'fair' then redis.call('DEL', turns) end
end
-- Whoever works with the first waiting item, or with where an add goes, works it out again.
redis.call('HINCRBY', meta, 'session_rev', 1)
remember()

local first_event = at
at = at + 3 * tonumber(ARGV[11])
for _ = 1, tonumber(ARGV[12]) do
  redis.call('HDEL', index, ARGV[at])
  at = at + 1
end

if keep == 0 then
  redis.call('DEL', items)
else
  redis.call('LTRIM', items, 0, keep - 1)
end
redis.call('DEL', order, bands, counts, whose)
redis.call('HSET', meta, 'waiting_ms', 0, 'fixed', 0, 'head', keep + past)
local nth = 0
for here = at, #ARGV, 8 do
  local id, line, owner, track, performer, duration_ms, fixed, score = unpack(ARGV, here, here + 7)
  nth = nth + 1
  redis.call('RPUSH', items, line)
  redis.call('HSET', index, id, line)
  if nth > past then
    weigh(1, id, owner, track, performer, duration_ms, fixed)
    rank(id, score, duration_ms)
  end
end
rev = revise(now_ms)
for here = first_event, first_event + 3 * tonumber(ARGV[11]) - 1, 3 do
  local told = marked and ARGV[here] == 'items_change' and moved_json() or ''
  emit(events, kept, rev, now_ms, ARGV[here], ARGV[here + 1], ARGV[here + 2] .. told)
end
ring(bell, ARGV[1])
return {'ok', rev}
