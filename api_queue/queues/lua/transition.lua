-- Writes what was worked out for a session, and the items that began or ceased to play.
-- KEYS  those of rows
-- ARGV  1 queue  2 now_ms  3 kept  4 session_rev that it was worked out from  5 session as JSON
--       6 number of items  7 number of events
--       8 lease_until_ms that it was worked out from, '' when the speaker's seat is not touched  9 lease_until_ms and
--       10 lease_since_ms from now on  11 line of the first waiting item, '' for none: has to stand where items change
--       12 sorted (0, 1)  13 rev that must still hold, or ''  14 deed that can be undone, as JSON, or ''
--       then for each item fourteen: id, line before ('' for a new one), line after, status before, status after, owner,
--       track, performer, duration_ms, fixed while it waits, ms of its start now or '' (below 0: of one that counts no
--       more), its turns are given back (-1), charged again (1) or stay (0), bill as JSON, milli-points its guest gets back
--       then for each event three: name, type, fields; then the items that move up, as `shift` takes them
-- Returns {'ok', rev}, {'gone'} or {'moved'}.
-- What is added or moved behind the first waiting item meanwhile does not matter: a host can press pause in any rush.
--! use queues/rows
--! use queues/order
--! use queues/points
--! use stream/emit

local now_ms, many, first_row, row = ARGV[2], tonumber(ARGV[6]), 15, 14
local known = redis.call('HMGET', meta, 'session_rev', 'head', 'lease_until_ms', 'rev')
if not known[2] then return {'gone'} end
if (known[1] or '0') ~= ARGV[4] or (ARGV[13] ~= '' and known[4] ~= ARGV[13]) then return {'moved'} end
-- A heartbeat costs no session_rev, and whoever is to be silent when the old lease ends must not have got a longer one.
if ARGV[8] ~= '' and (known[3] or '0') ~= ARGV[8] then return {'moved'} end

-- All that changes stands around the first waiting item, and is written by place: a round of thousands takes no scanning.
local place, pulled = {}, nil
if many > 0 then
  local first = math.max(0, known[2] - many - 1)
  local lines = redis.call('LRANGE', items, first, known[2])
  if (lines[known[2] - first + 1] or '') ~= ARGV[11] then return {'moved'} end
  for nth, line in ipairs(lines) do
    place[line] = first + nth - 1
  end
end
for at = first_row, first_row + row * many - 1, row do
  local before, after = ARGV[at + 1], ARGV[at + 2]
  if place[before] then
    place[after] = place[before]
  elseif before == '' or (ARGV[at + 3] == 'queued' and stand(ARGV[at], before)) then
    pulled, place[after] = {before, after}, tonumber(known[2])
  else
    return {'moved'}
  end
end
undoable(ARGV[14])
for at = first_row, first_row + row * many - 1, row do
  local id, before, after, was, is = unpack(ARGV, at, at + 4)
  if was == 'queued' and is == 'skipped' then
    note_item(id, before, after)
  elseif (was == 'queued') == (is == 'queued') and place[before] then
    note_at(place[before], id, before, after)
  end
end
note_shifts(first_row + row * many + 3 * tonumber(ARGV[7]), #ARGV)
-- What begins although others wait in front of it goes before them: they are paused, or it is new.
if pulled then
  redis.call('LREM', items, 1, pulled[1])
  if ARGV[11] == '' then
    redis.call('RPUSH', items, pulled[2])
  else
    redis.call('LINSERT', items, 'BEFORE', ARGV[11], pulled[2])
  end
  if pulled[1] == '' then redis.call('HINCRBY', meta, 'head', 1) end
end

-- turn_over(is, id, duration_ms): of a sorted queue the first item begins, and its round with it; or it comes back, or
-- goes unsung.
local function turn_over(is, id, duration_ms)
  if is == 'queued' then
    local next_round = redis.call('ZRANGE', order, 0, 0, 'WITHSCORES')[2]
    local round = redis.call('HGET', meta, 'round') or next_round or 0
    rank(id, math.min(round, next_round or round), duration_ms)
  else
    local round = unrank(id, duration_ms)
    if is ~= 'playing' then return end
    note_field('meta', 'round')
    if round then redis.call('HSET', meta, 'round', round) end
  end
end

-- began(field, start): when a track or performer began last. What was skipped or has failed was not on.
local function began(field, start)
  note_field('played', field)
  if start > 0 then
    redis.call('HSET', played, field, string.format('%d', start))
  elseif tonumber(redis.call('HGET', played, field)) == -start then
    redis.call('HDEL', played, field)
  end
end

if ARGV[8] ~= '' then
  redis.call('HSET', meta, 'lease_until_ms', ARGV[9], 'lease_since_ms', ARGV[10])
end
redis.call('HSET', meta, 'session', ARGV[5])
redis.call('HINCRBY', meta, 'session_rev', 1)
local at = first_row
for _ = 1, many do
  local id, before, after, was, is, owner, track, performer, duration_ms, fixed, start, by, bill, milli =
    unpack(ARGV, at, at + row - 1)
  redis.call('LSET', items, place[after], after)
  redis.call('HSET', index, id, after)
  if (was == 'queued') ~= (is == 'queued') then
    local change = is == 'queued' and 1 or -1
    weigh(change, id, owner, track, performer, duration_ms, fixed)
    redis.call('HINCRBY', meta, 'head', -change)
    if ARGV[12] == '1' then turn_over(is, id, duration_ms) end
  end
  if by ~= '0' then book(cjson.decode(bill), tonumber(by)) end
  if start ~= '' then
    began('t:' .. track, tonumber(start))
    for singer in string.gmatch(performer, '[^\n]+') do
      began('p:' .. singer, tonumber(start))
    end
  end
  refund(owner, milli)
  at = at + row
end
local moves_up = shift(at + 3 * tonumber(ARGV[7]), #ARGV)
remember()
local rev = revise(now_ms)
for _ = 1, tonumber(ARGV[7]) do
  local name, kind, fields = unpack(ARGV, at, at + 2)
  if name == 'items_change' then fields = with_moves(fields, moves_up) end
  emit(events, ARGV[3], rev, now_ms, name, kind, fields)
  at = at + 3
end
ring(bell, ARGV[1])
return {'ok', rev}
