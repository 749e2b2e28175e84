-- What a guest has on a queue.
-- Needs queues/rows.

-- holdings(tokens, owner, fair, paid, given): {waiting, waiting ms, turns or '', milli-points|ms or '', token from|until
-- or '', '+' and the table they joined, '' who has not joined}. Turns, points and tokens as far as the rules have them.
local function holdings(tokens, owner, fair, paid, given)
  local waits = redis.call('HMGET', counts, 'o:' .. owner, 'm:' .. owner)
  local place = redis.call('HGET', joined, owner)
  return {
    waits[1] or '0', waits[2] or '0',
    fair and redis.call('HGET', turns, 'o:' .. owner) or '',
    paid and redis.call('HGET', points, owner) or '',
    given and redis.call('HGET', tokens, owner) or '',
    place and '+' .. place or '',
  }
end
