-- What a guest has on a queue. Needs rows.

-- holdings(tokens, owner): {waiting, waiting ms, turns or '', milli-points|ms or '', token from|until or '',
-- '+' and the table they joined, '' who has not joined}
local function holdings(tokens, owner)
  local waits = redis.call('HMGET', counts, 'o:' .. owner, 'm:' .. owner)
  local place = redis.call('HGET', joined, owner)
  return {
    waits[1] or '0', waits[2] or '0',
    redis.call('HGET', turns, 'o:' .. owner) or '',
    redis.call('HGET', points, owner) or '',
    redis.call('HGET', tokens, owner) or '',
    place and '+' .. place or '',
  }
end
