-- A guest's points: milli-points|ms at which that was true. They grow by themselves up to a maximum that whoever asks
-- for them names, so what is kept may be more. Needs rows. `queues/points.py` has the same rule.

-- purse(kept, now_ms, most, per_hour): milli-points now, and the ms from which they grow on; kept '' is a full purse.
-- A clock that went back gains nothing, neither now nor when it has caught up.
local function purse(kept, now_ms, most, per_hour)
  if kept == '' then return most, now_ms end
  local milli, at_ms = string.match(kept, '^(%d+)|(%d+)$')
  local passed_ms = math.max(0, now_ms - at_ms)
  return math.min(most, math.floor(milli + passed_ms * per_hour / 3600)), math.max(now_ms, tonumber(at_ms))
end

-- refund(owner, milli): gives back what an add has cost; who has no purse has never paid.
local function refund(owner, milli)
  milli = tonumber(milli)
  local kept = redis.call('HGET', points, owner)
  if not kept or milli == 0 then return end
  note_field('points', owner)
  local had, at_ms = string.match(kept, '^(%d+)|(%d+)$')
  redis.call('HSET', points, owner, string.format('%d|%s', had + milli, at_ms))
end
