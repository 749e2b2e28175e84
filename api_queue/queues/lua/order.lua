-- Where an item goes in a sorted queue, and who pays for it: queues/order.py says the same. Needs queues/rows.
-- A bill is {singers: [...], guest: '' or one, charge}; a sorting is {soon, weight} or {soon, bill}, '' where nothing is sorted.

-- id_of(line): and its duration_ms. The last eight columns are never quoted.
local function id_of(line)
  return string.match(line, '^.*,(%w+),%d+,(%d+),[^,]*,[^,]*,[^,]*,[^,]*,[^,]*$')
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

-- charged(bill): the round of a new item, the fields of turns that it changes, what they are then, and the round reached.
-- Who comes late begins one round before the one that has been reached: not with none, nor before another latecomer.
local function charged(bill)
  local known = redis.call('HMGET', meta, 'reached', 'round')
  local next_round = redis.call('ZRANGE', order, 0, 0, 'WITHSCORES')[2] or known[2] or 0
  local reached = math.max(known[1] or 0, next_round)
  local floor = math.max(0, reached - 1)
  local round, fields, after = floor, payers(bill)
  known = fields[1] and redis.call('HMGET', turns, unpack(fields)) or {}
  for nth, charge in ipairs(after) do
    local turn = math.max(floor, tonumber(known[nth] or 0))
    round = math.max(round, turn)
    after[nth] = turn + charge
  end
  return round, fields, after, reached
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

-- ms_up_to(score, fair): of what waits up to this round or weight. Rounds go by halves: a few are asked for one by one.
local function ms_up_to(score, fair)
  local lowest = redis.call('ZRANGE', order, 0, 0, 'WITHSCORES')[2] or 0
  local halves, sum_ms = 2 * (score - lowest), 0
  if fair and halves < 100 then
    for half = 0, halves do
      sum_ms = sum_ms + (redis.call('HGET', bands, tostring(lowest + half / 2)) or 0)
    end
    return sum_ms
  end
  local sums = redis.call('HGETALL', bands)
  for at = 1, #sums, 2 do
    if tonumber(sums[at]) <= score then sum_ms = sum_ms + sums[at + 1] end
  end
  return sum_ms
end

-- sorted_place(sorting, head, waiting): of a new item its round or weight as `score`, how many wait before it as `ahead`,
-- together `ahead_ms`, and the line that it stands before as `pivot` (false: the end). The rest is for `take_place`. Writes
-- nothing, and walks no further than what comes soon: the bands have the sums.
local function sorted_place(sorting, head, waiting)
  local new = {score = sorting.weight, fields = {}, turns = {}, overtakes = {}}
  if sorting.bill then new.score, new.fields, new.turns, new.reached = charged(sorting.bill) end
  local ahead, ahead_ms = redis.call('ZCOUNT', order, '-inf', new.score), 0
  if ahead == waiting then -- also where one guest adds by the thousand, a round for each
    ahead_ms = redis.call('HGET', meta, 'waiting_ms')
  else
    ahead_ms = ms_up_to(new.score, sorting.bill)
  end
  local soon = math.min(sorting.soon, waiting)
  if ahead < soon then
    new.overtakes = redis.call('LRANGE', items, head + ahead, head + soon - 1)
    for _, line in ipairs(new.overtakes) do
      local _, duration_ms = id_of(line)
      ahead_ms = ahead_ms + duration_ms
    end
    ahead = soon
  end
  new.ahead, new.ahead_ms, new.pivot = ahead, ahead_ms, redis.call('LINDEX', items, head + ahead)
  return new
end

-- take_place(new, id, duration_ms): what `sorted_place` answered is written. What comes soon stays in front of an item of a
-- lower round, and so it takes that round: the list stays sorted, and its own no longer matters.
local function take_place(new, id, duration_ms)
  for nth, field in ipairs(new.fields) do
    note_field('turns', field)
    redis.call('HSET', turns, field, new.turns[nth])
  end
  if new.reached then
    note_field('meta', 'reached')
    redis.call('HSET', meta, 'reached', new.reached)
  end
  for _, line in ipairs(new.overtakes) do
    local other, other_ms = id_of(line)
    note_item(other, line, line)
    unrank(other, other_ms)
    rank(other, new.score, other_ms)
  end
  rank(id, new.score, duration_ms)
end

-- put(line, pivot): before that line, or (false) at the end. Answers what events say of it: the id of the one behind.
local function put(line, pivot)
  if not pivot then
    redis.call('RPUSH', items, line)
    return 'null'
  end
  redis.call('LINSERT', items, 'BEFORE', pivot, line)
  return '"' .. (id_of(pivot)) .. '"'
end

-- shift(first, last): items that go to the end of another round, one after the other. From ARGV[first] to ARGV[last] stand
-- four for each: id, line, duration_ms, round. Answers what events say of those that changed their place.
local function shift(first, last)
  local head, told = redis.call('HGET', meta, 'head'), {}
  for at = first, last, 4 do
    local id, line, duration_ms, round = unpack(ARGV, at, at + 3)
    unrank(id, duration_ms)
    local place = head + redis.call('ZCOUNT', order, '-inf', round)
    rank(id, round, duration_ms)
    if redis.call('LINDEX', items, place) ~= line then
      redis.call('LREM', items, -1, line)
      local before = put(line, redis.call('LINDEX', items, place))
      table.insert(told, '{"op":"move","id":"' .. id .. '","before":' .. before .. '}')
    end
  end
  return told
end

-- with_moves(changes, told): a list as JSON, or the last field of an event, with these behind it.
local function with_moves(changes, told)
  if not told[1] then return changes end
  return string.sub(changes, 1, -2) .. ',' .. table.concat(told, ',') .. ']'
end

-- note_shifts(first, last): before anything is written, for undo.
local function note_shifts(first, last)
  for at = first, last, 4 do
    note_item(ARGV[at], ARGV[at + 1], ARGV[at + 1])
  end
end
