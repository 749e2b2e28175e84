-- Writes the sets and sums of a queue anew from the facts of its messages. What has no body, or no facts, is left out of
-- them, and stays where it is.
-- KEYS  the nine of the queue
-- ARGV  none
-- Returns {{id, facts, ...}, {id, body, ...}}: what has no body, and what has no facts.
--! use messages/parts

local queue = part(1)
local facts, bodies = redis.call('HGETALL', queue.facts), redis.call('HGETALL', queue.bodies)
local bodiless, factless, size_bytes, places = {}, {}, 0, tonumber(redis.call('HGET', queue.meta, 'places') or 0)
redis.call('DEL', queue.fresh, queue.again, queue.flight, queue.receipts)
for at = 1, #facts, 2 do
  local id = facts[at]
  local place, count, visible_at_ms, receipt = facts_of(queue, id)
  if not place or redis.call('HEXISTS', queue.bodies, id) == 0 then
    table.insert(bodiless, id)
    table.insert(bodiless, facts[at + 1])
  else
    places = math.max(places, tonumber(place))
    size_bytes = size_bytes + redis.call('HSTRLEN', queue.bodies, id)
    if visible_at_ms == '0' then lay(queue, id, place, count) else redis.call('ZADD', queue.flight, visible_at_ms, id) end
    if receipt ~= '' then redis.call('HSET', queue.receipts, receipt, id) end
  end
end
for at = 1, #bodies, 2 do
  if redis.call('HEXISTS', queue.facts, bodies[at]) == 0 then
    table.insert(factless, bodies[at])
    table.insert(factless, bodies[at + 1])
  end
end
redis.call('HSET', queue.meta, 'places', string.format('%d', places), 'size_bytes', size_bytes)
return {bodiless, factless}
