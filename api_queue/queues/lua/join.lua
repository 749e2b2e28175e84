-- A guest joins, or sits down at another table.
-- KEYS  those of rows, then 18 muted, 19 ended SET of guests, 20 guests SET
-- ARGV  1 guest  2 whether the end of the party concerns them (0, 1)  3 whether they may come in as new (0, 1)
--       4 whether they say where they sit (0, 1)  5 the table, '' for none
-- Returns {'ok', table}; or one refusal: {'gone'} {'ended'} {'code'} {'waits', how many of their items wait or play}
--! use queues/rows
--! use queues/lobby

local guest, ended, guests = ARGV[1], KEYS[19], KEYS[20]

-- playing(): how many of their items do, 0 or 1.
local function playing()
  local id = cjson.decode(redis.call('HGET', meta, 'session')).item_id
  local line = type(id) == 'string' and redis.call('HGET', index, id)
  return line and owner_of(id, line) == guest and 1 or 0
end

if redis.call('EXISTS', meta) == 0 then return {'gone'} end
if ARGV[2] == '1' and redis.call('SISMEMBER', ended, guest) == 1 then return {'ended'} end
local known = redis.call('HGET', joined, guest)
if not known and ARGV[3] == '0' then return {'code'} end

local before = known or ''
local after = ARGV[4] == '1' and ARGV[5] or before
if after ~= before then
  local theirs = (redis.call('HGET', counts, 'o:' .. guest) or 0) + playing()
  if theirs > 0 then return {'waits', theirs} end
  -- Who has had turns takes along those of the old table where they are more: else leaving it would be a gain.
  local own, old = redis.call('HGET', turns, 'o:' .. guest), redis.call('HGET', turns, 'g:' .. before)
  if own and old and tonumber(old) > tonumber(own) then redis.call('HSET', turns, 'o:' .. guest, old) end
end
redis.call('HSET', joined, guest, after)
if ARGV[2] == '1' then redis.call('SADD', guests, guest) end
return {'ok', after}
