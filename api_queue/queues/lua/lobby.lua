-- What waits to be let in by a host: at most MOST, and MOST_OF_ONE of each guest.
-- Needs queues/rows.

local MOST, MOST_OF_ONE = 100, 5

-- owner_of(id, line): the columns behind it are never quoted, however the names before it are written.
local function owner_of(id, line)
  return string.match(line, ',([^,]*),[^,]*,' .. id .. ',%d+,%d+,[^,]*,[^,]*,[^,]*,[^,]*,[^,]*$')
end

-- crowded(owner): the refusal where no more of this guest, or no more at all, may ask; nil where there is room.
local function crowded(owner)
  local kept, own = redis.call('HGETALL', lobby), 0
  if #kept >= 2 * MOST then return {'lobby_full', MOST} end
  for at = 1, #kept, 2 do
    if owner_of(kept[at], kept[at + 1]) == owner then own = own + 1 end
  end
  if own >= MOST_OF_ONE then return {'lobby_own', own} end
end

-- leave_lobby(id): what a host let in or sent away.
local function leave_lobby(id)
  note_field('lobby', id)
  redis.call('HDEL', lobby, id)
end
