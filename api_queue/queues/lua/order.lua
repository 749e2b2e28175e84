-- Where an item goes in a sorted queue, and who pays for it: queues/order.py says the same. Needs queues/rows.
-- A bill is {singers: [...], guest: '' or one, charge}; a sorting is {soon, weight} or {soon, bill}, '' where nothing is sorted.

-- id_of(line): the last eight columns are never quoted.
local function id_of(line)
  return string.match(line, '^.*,(%w+),%d+,%d+,[^,]*,[^,]*,[^,]*,[^,]*,[^,]*$')
end

-- payers(bill): the fields of turns that it is charged to, and how much each. A table has one turn, however many sing.
local function payers(bill)
  local fields, charges = {}, {}
  for _, singer in ipairs(bill.singers) do
    table.insert(fields, 'p:' .. singer)
    table.insert(charges, bill.charge)
  end
  if bill.guest == '' then return fields, charges end
  table.insert(fields, 'o:' .. bill.guest)
  table.insert(charges, bill.charge)
  local seat = redis.call('HGET', joined, bill.guest)
  if seat and seat ~= '' then
    table.insert(fields, 'g:' .. seat)
    table.insert(charges, 1)
  end
  return fields, charges
end

-- charged(bill): the round of a new item, the fields of turns that it changes, and what they are then.
-- Who comes late begins one round before the next one that waits, or before what began last: not with none.
local function charged(bill)
  local next_round = redis.call('ZRANGE', order, 0, 0, 'WITHSCORES')[2] or redis.call('HGET', meta, 'round') or 0
  local floor = math.max(0, next_round - 1)
  local round, fields, after = floor, payers(bill)
  local known = fields[1] and redis.call('HMGET', turns, unpack(fields)) or {}
  for nth, charge in ipairs(after) do
    local turn = math.max(floor, tonumber(known[nth] or 0))
    round = math.max(round, turn)
    after[nth] = turn + charge
  end
  return round, fields, after
end

-- pay(fields, after): what `charged` answered is written.
local function pay(fields, after)
  for nth, field in ipairs(fields) do
    note_field('turns', field)
    redis.call('HSET', turns, field, after[nth])
  end
end

-- book(bill, by): its payers are charged once more (by = 1), or get it back (by = -1).
local function book(bill, by)
  local fields, charges = payers(bill)
  for nth, field in ipairs(fields) do
    note_field('turns', field)
    if tonumber(redis.call('HINCRBYFLOAT', turns, field, by * charges[nth])) <= 0 then
      redis.call('HDEL', turns, field)
    end
  end
end

-- sorted_place(sorting, head, waiting): how many wait before a new item, together how many ms, the line that it stands before
-- (false: the end), its round or weight, and whom it charges how much as `pay` takes it. Writes nothing, and walks nowhere:
-- the bands have the sums. What comes soon stays in front, and so its last round is the best that there is.
local function sorted_place(sorting, head, waiting)
  local score, fields, after = sorting.weight, {}, {}
  if sorting.bill then score, fields, after = charged(sorting.bill) end
  local soon = math.min(sorting.soon, waiting) - 1
  local last = soon >= 0 and redis.call('ZRANGE', order, soon, soon, 'WITHSCORES')[2]
  score = math.max(score, last or score)
  local ahead, ahead_ms = redis.call('ZCOUNT', order, '-inf', score), 0
  if ahead == waiting then -- also where one guest adds by the thousand, a round for each
    ahead_ms = redis.call('HGET', meta, 'waiting_ms')
  else
    local sums = redis.call('HGETALL', bands)
    for at = 1, #sums, 2 do
      if tonumber(sums[at]) <= score then ahead_ms = ahead_ms + sums[at + 1] end
    end
  end
  return ahead, ahead_ms, redis.call('LINDEX', items, head + ahead), score, fields, after
end

-- put(line, pivot): before that line, or (false) at the end. Answers what events say of it: the id of the one behind.
local function put(line, pivot)
  if not pivot then
    redis.call('RPUSH', items, line)
    return 'null'
  end
  redis.call('LINSERT', items, 'BEFORE', pivot, line)
  return '"' .. id_of(pivot) .. '"'
end

-- unmark(id): of what is gone nobody asks who moved it.
local function unmark(id)
  if redis.call('HEXISTS', moves, id) == 0 then return end
  note_field('moves', id)
  redis.call('HDEL', moves, id)
end

-- shift(first, last): items that go elsewhere, one after the other. From ARGV[first] to ARGV[last] stand five for each:
-- id, line, line to stand before ('' is the end), duration_ms, round or weight.
local function shift(first, last)
  for at = first, last, 5 do
    local id, line, pivot, duration_ms, score = unpack(ARGV, at, at + 4)
    unrank(id, duration_ms)
    redis.call('LREM', items, -1, line)
    put(line, pivot ~= '' and pivot)
    rank(id, score, duration_ms)
  end
end

-- note_shifts(first, last): before anything is written, for undo.
local function note_shifts(first, last)
  for at = first, last, 5 do
    note_item(ARGV[at], ARGV[at + 1], ARGV[at + 1])
  end
end
