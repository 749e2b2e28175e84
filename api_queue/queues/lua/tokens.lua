-- Priority tokens: windows in which a guest's next add passes the limits. No two windows overlap.
-- Needs queues/rows.

-- live(own, now_ms, end_ms): from and until of a token that is not over; nil without. own '' or from|until; end_ms is
-- that of the event, '' for none: a host may have set it to before the window since.
local function live(own, now_ms, end_ms)
  local from, till = string.match(own, '^(%d+)|(%d+)$')
  if not from or now_ms >= tonumber(till) then return nil end
  if end_ms ~= '' and tonumber(till) > tonumber(end_ms) then return nil end
  return tonumber(from), tonumber(till)
end

-- issue(tokens, owner, now_ms, window_ms, horizon_ms, end_ms): a new one as from|until; or why none can be had: 'end',
-- 'horizon'.
local function issue(tokens, owner, now_ms, window_ms, horizon_ms, end_ms)
  local from = tonumber(redis.call('HGET', tokens, 'last') or 0)
  if from <= now_ms then from = now_ms + window_ms end
  local till = from + window_ms
  if end_ms ~= '' and till > tonumber(end_ms) then return 'end' end
  if from - now_ms > horizon_ms then return 'horizon' end
  local token = string.format('%d|%d', from, till)
  redis.call('HSET', tokens, owner, token, 'last', string.format('%d', till))
  return token
end
