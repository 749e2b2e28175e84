-- What every verb that writes a queue shares. KEYS are the same for all of them:
--   1 items   LIST of CSV lines in playing order      5 played  HASH t:track, p:singer -> ms of the last start
--   2 index   HASH item id -> line                    6 events  STREAM, see stream/emit
--   3 meta    HASH kind rev head waiting_ms fixed settings settings_rev session session_rev created_at_ms
--              changed_at_ms, and of the speaker: lease_until_ms lease_since_ms report; of the rules: round reached paused cards;
--              of rooms: rekeyed entered
--   4 counts  HASH o:owner, t:track, p:singer -> how many wait, m:owner -> how many ms       7 bell
-- And for the rules (docs/rules.md):
--   8 order   ZSET item id -> round or weight of what waits, empty in fifo     12 undo    LIST, newest first
--   9 bands   HASH round or weight -> ms that wait at it                       13 moves   HASH item id -> JSON
--  10 turns   HASH o:owner, p:singer, g:table -> turns charged              14 lobby   HASH item id -> line
--  11 points  HASH guest id -> milli-points|ms                                 15 joined  HASH guest id -> table or ''
--  16 whose   ZSET o:owner or p:singer, a line break and an item id, each at 0, of what waits
--  17 variants HASH item id -> JSON, of items that are to be shown in other than the default ones
-- A performer is the singers, one on each line.
-- Scripts never parse a line: what they need of it comes as ARGV, and the line itself proves that it still stands.

local items, index, meta, counts, played, events, bell = unpack(KEYS, 1, 7)
local order, bands, turns, points, undo, moves, lobby, joined, whose, variants = unpack(KEYS, 8, 17)

local function tally(field, by)
  if redis.call('HINCRBY', counts, field, by) <= 0 then
    redis.call('HDEL', counts, field)
  end
end

-- list(by, field, id): so that what is whose is found at once, however much waits.
local function list(by, field, id)
  if by > 0 then
    redis.call('ZADD', whose, 0, field .. '\n' .. id)
  else
    redis.call('ZREM', whose, field .. '\n' .. id)
  end
end

-- weigh(by, id, owner, track, performer, duration_ms, fixed): an item begins (by = 1) or ends (by = -1) to wait.
local function weigh(by, id, owner, track, performer, duration_ms, fixed)
  list(by, 'o:' .. owner, id)
  for singer in string.gmatch(performer, '[^\n]+') do
    list(by, 'p:' .. singer, id)
    tally('p:' .. singer, by)
  end
  tally('o:' .. owner, by)
  tally('m:' .. owner, by * duration_ms)
  tally('t:' .. track, by)
  redis.call('HINCRBY', meta, 'waiting_ms', by * duration_ms)
  if fixed == '1' then
    redis.call('HINCRBY', meta, 'fixed', by)
  end
end

-- rank(id, score, duration_ms): a waiting item is sorted by this round or weight; '' where the queue is not sorted.
local function rank(id, score, duration_ms)
  if score == '' then return end
  redis.call('ZADD', order, score, id)
  redis.call('HINCRBY', bands, redis.call('ZSCORE', order, id), duration_ms)
end

-- unrank(id, duration_ms): its round or weight; nil where the queue is not sorted.
local function unrank(id, duration_ms)
  local score = redis.call('ZSCORE', order, id)
  if not score then return nil end
  redis.call('ZREM', order, id)
  if redis.call('HINCRBY', bands, score, -duration_ms) <= 0 then
    redis.call('HDEL', bands, score)
  end
  return score
end

-- stand(id, line): whether the item is still exactly this line.
local function stand(id, line)
  return redis.call('HGET', index, id) == line
end

-- rewrite(id, before, after): the same item in the same place, with another line.
local function rewrite(id, before, after)
  if before == after then return end
  redis.call('LINSERT', items, 'BEFORE', before, after)
  redis.call('LREM', items, 1, before)
  redis.call('HSET', index, id, after)
end

-- twice_within(field, window_ms, now_ms): the ms of the last start of a track or performer that comes again too early,
-- '' while it waits; nil if it may come.
local function twice_within(field, window_ms, now_ms)
  if window_ms == '' then return nil end
  if redis.call('HEXISTS', counts, field) == 1 then return '' end
  local last = redis.call('HGET', played, field)
  if last and tonumber(now_ms) - last < tonumber(window_ms) then return last end
end

-- sings_within(performer, before, window_ms, now_ms): the same of each singer who is none of the performer `before`.
local function sings_within(performer, before, window_ms, now_ms)
  for singer in string.gmatch(performer, '[^\n]+') do
    if not string.find('\n' .. before .. '\n', '\n' .. singer .. '\n', 1, true) then
      local last = twice_within('p:' .. singer, window_ms, now_ms)
      if last then return last end
    end
  end
end

-- What can be undone (docs/rules.md): a script says `undoable` first, then `note_item` of all items and `note_field` of
-- what it is about to write, and `remember` once it has. All but the first do nothing where it was given ''.
local parts = {meta = meta, turns = turns, points = points, moves = moves, lobby = lobby, played = played,
  variants = variants}
local memory

-- undoable(deed): what a host does, as a JSON object that is not empty.
local function undoable(deed)
  if deed ~= '' then memory = {deed = deed, items = {}, fields = {}} end
end

-- note_at(place, id, before, after, ahead, behind): as note_item, between these two lines (nil or false: none).
local function note_at(place, id, before, after, ahead, behind)
  if not memory then return end
  local score = redis.call('ZSCORE', order, id) or ''
  table.insert(memory.items, {place, before, after, ahead or '', behind or '', score})
end

-- note_item(id, before, after): a waiting item becomes another line, goes elsewhere, or leaves (''). Its place in the
-- list, nil where nothing is noted.
local function note_item(id, before, after)
  if not memory then return end
  local place = redis.call('LPOS', items, before, 'RANK', -1)
  local first = place == tonumber(redis.call('HGET', meta, 'head'))
  local ahead = not first and redis.call('LINDEX', items, place - 1)
  note_at(place, id, before, after, ahead, redis.call('LINDEX', items, place + 1))
  return place
end

-- note_field(part, field): a field of one of the parts is written.
local function note_field(part, field)
  if not memory then return end
  memory.fields[part] = memory.fields[part] or {}
  memory.fields[part][field] = memory.fields[part][field] or {redis.call('HGET', parts[part], field) or ''}
end

-- remember(): newest first, for a minute; more than twenty in that time are no mistake.
local function remember()
  if not memory then return end
  for part, fields in pairs(memory.fields) do
    for field, values in pairs(fields) do
      values[2] = redis.call('HGET', parts[part], field) or ''
    end
  end
  local noted = #memory.items > 0 and ',"items":' .. cjson.encode(memory.items) or ''
  noted = noted .. ',"fields":' .. cjson.encode(memory.fields) .. '}'
  redis.call('LPUSH', undo, string.sub(memory.deed, 1, -2) .. noted)
  redis.call('LTRIM', undo, 0, 19)
  redis.call('PEXPIRE', undo, 60000)
end

-- tell_move(id, entry): of how an item was moved by hand the last twenty times are told.
local function tell_move(id, entry)
  local told = cjson.decode(redis.call('HGET', moves, id) or '[]')
  table.insert(told, entry)
  if #told > 20 then table.remove(told, 1) end
  redis.call('HSET', moves, id, cjson.encode(told))
end

-- leave(id): what stands beside an item goes with it, and comes back with it: who moved it, and its variants.
local function leave(id)
  for _, part in ipairs({'moves', 'variants'}) do
    if redis.call('HEXISTS', parts[part], id) == 1 then
      note_field(part, id)
      redis.call('HDEL', parts[part], id)
    end
  end
end

-- moved_json(): beside the changes of an event, all items that were moved by hand.
local function moved_json()
  local ids = redis.call('HKEYS', moves)
  return ',"moved":' .. (ids[1] and cjson.encode(ids) or '[]')
end

-- revise(now_ms): the next revision.
local function revise(now_ms)
  redis.call('HSET', meta, 'changed_at_ms', now_ms)
  return redis.call('HINCRBY', meta, 'rev', 1)
end
