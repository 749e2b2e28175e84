-- What every verb on messages shares. A queue is nine keys, and its dead letters are nine more of the same kinds:
--   fresh   ZSET of ids nobody received yet, by place     facts     HASH id -> place|receive_count|visible_at_ms|receipt|
--   again   ZSET of those received before, by place                 timestamp|ms of death|reason of it
--   flight  ZSET of the hidden ones, by visible_at_ms     receipts  HASH receipt -> id
--   bodies  HASH id -> JSON                               seen      HASH id -> consumers that had it, a line each
--   meta    HASH places size_bytes created_at_ms changed_at_ms
--   waiting a mark: somebody waits for a message
-- An id is in flight while its visible_at_ms is not 0; else in fresh when its receive_count is 0, in again when it is not.

-- So many come back from flight in one script. Whoever wants the first calls until none is left over; counts are right before.
local SLICE = 200

-- part(at): the nine keys from KEYS[at] on.
local function part(at)
  local fresh, again, flight, bodies, facts, receipts, seen, meta, waiting = unpack(KEYS, at, at + 8)
  return {fresh = fresh, again = again, flight = flight, bodies = bodies, facts = facts, receipts = receipts,
    seen = seen, meta = meta, waiting = waiting}
end

-- facts_of(queue, id): place, receive_count, visible_at_ms, receipt, rest; all are texts. nil if there is no such message.
local function facts_of(queue, id)
  local facts = redis.call('HGET', queue.facts, id)
  if facts then return string.match(facts, '^(%d+)|(%d+)|(%d+)|([^|]*)|(.*)$') end
end

-- note(queue, id, place, count, visible_at_ms, receipt, rest): the facts as they are from now on.
local function note(queue, id, ...)
  local facts = table.concat({...}, '|')
  redis.call('HSET', queue.facts, id, facts)
  return facts
end

-- lay(queue, id, place, count): among those that can be had.
local function lay(queue, id, place, count)
  redis.call('ZADD', tonumber(count) == 0 and queue.fresh or queue.again, place, id)
end

-- lift(queue, id, count, visible_at_ms): out of the set where it is; lay and flight are where it may go.
local function lift(queue, id, count, visible_at_ms)
  local set = visible_at_ms ~= '0' and queue.flight or count == '0' and queue.fresh or queue.again
  redis.call('ZREM', set, id)
end

-- void(queue, receipt): nobody holds it any more.
local function void(queue, receipt)
  if receipt ~= '' then redis.call('HDEL', queue.receipts, receipt) end
end

-- changed(queue, now_ms, by): the queue holds so many bytes more.
local function changed(queue, now_ms, by)
  if redis.call('HSET', queue.meta, 'changed_at_ms', now_ms) == 1 then
    redis.call('HSET', queue.meta, 'created_at_ms', now_ms)
  end
  redis.call('HINCRBY', queue.meta, 'size_bytes', by)
end

-- put(queue, now_ms, id, body, count, visible_at_ms, rest): a new message at the end.
local function put(queue, now_ms, id, body, count, visible_at_ms, rest)
  local place = string.format('%d', redis.call('HINCRBY', queue.meta, 'places', 1))
  redis.call('HSET', queue.bodies, id, body)
  note(queue, id, place, count, visible_at_ms, '', rest)
  if visible_at_ms == '0' then
    lay(queue, id, place, count)
  else
    redis.call('ZADD', queue.flight, visible_at_ms, id)
  end
  changed(queue, now_ms, #body)
end

-- drop(queue, now_ms, id): whether there was such a message; it is gone.
local function drop(queue, now_ms, id)
  local _, count, visible_at_ms, receipt = facts_of(queue, id)
  if not count then return false end
  lift(queue, id, count, visible_at_ms)
  void(queue, receipt)
  changed(queue, now_ms, -redis.call('HSTRLEN', queue.bodies, id))
  redis.call('HDEL', queue.bodies, id)
  redis.call('HDEL', queue.facts, id)
  redis.call('HDEL', queue.seen, id)
  return true
end

-- settle(queue, now_ms): those whose time is over are in their places again. Whether there may be more of them.
local function settle(queue, now_ms)
  local over = redis.call('ZRANGEBYSCORE', queue.flight, '-inf', now_ms, 'LIMIT', 0, SLICE)
  for _, id in ipairs(over) do
    local place, count, visible_at_ms, receipt, rest = facts_of(queue, id)
    lift(queue, id, count, visible_at_ms)
    void(queue, receipt)
    note(queue, id, place, count, '0', '', rest)
    lay(queue, id, place, count)
  end
  return #over == SLICE
end

-- held(queue, receipt, now_ms): id, place, receive_count, rest of what is held by this receipt; nil if nothing is.
local function held(queue, receipt, now_ms)
  local id = redis.call('HGET', queue.receipts, receipt)
  if not id then return nil end
  local place, count, visible_at_ms, _, rest = facts_of(queue, id)
  if tonumber(visible_at_ms) > tonumber(now_ms) then return id, place, count, rest end
end

-- from(queue, place, fresh, again): those that can be had from a place on, in order: at most so many of the fresh and so
-- many of the others. The second answer is the place where what was left out begins, nil if nothing was.
local function from(queue, place, fresh, again)
  local function read(set, most)
    if most == 0 then return {} end
    return redis.call('ZRANGEBYSCORE', set, place, '+inf', 'WITHSCORES', 'LIMIT', 0, most)
  end
  local left, right = read(queue.fresh, fresh), read(queue.again, again)
  local ids, at_left, at_right = {}, 2, 2
  while true do
    local a, b = tonumber(left[at_left]), tonumber(right[at_right])
    if not a and #left == 2 * fresh and fresh > 0 then return ids, left[#left] end
    if not b and #right == 2 * again and again > 0 then return ids, right[#right] end
    if not a and not b then return ids end
    if a and (not b or a < b) then
      ids[#ids + 1] = left[at_left - 1]
      at_left = at_left + 2
    else
      ids[#ids + 1] = right[at_right - 1]
      at_right = at_right + 2
    end
  end
end

-- ring(queue, name): wakes who waits.
local function ring(queue, name)
  if redis.call('EXISTS', queue.waiting) == 1 then redis.call('PUBLISH', 'messages:bell', name) end
end
