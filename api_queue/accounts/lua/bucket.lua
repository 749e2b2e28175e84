-- Token buckets in one HASH: field -> the time (ms) at which that bucket is full again. A time that is past, or no
-- field, is a full bucket, so one number is all there is to keep.
--   key   of the HASH       field   one bucket       now_ms  ms since 1970
--   capacity  tokens of a full bucket                per_ms  ms in which one token comes back

-- bucket_wait(...): ms until the bucket has a token, 0 for now; and when it would be full again after taking it.
local function bucket_wait(key, field, capacity, per_ms, now_ms)
  local full_at = math.max(tonumber(redis.call('HGET', key, field) or 0), now_ms) + per_ms
  return math.max(0, math.ceil(full_at - capacity * per_ms - now_ms)), full_at
end

-- Two buckets at random are dropped if they are full: each new one pays for two old ones, so guests who come and go
-- by the thousand leave a hash no longer than about twice those who are there.
local function bucket_sweep(key, now_ms)
  local some = redis.call('HRANDFIELD', key, 2, 'WITHVALUES')
  for at = 1, #some, 2 do
    if tonumber(some[at + 1]) <= now_ms then redis.call('HDEL', key, some[at]) end
  end
end

-- take(...): takes one token and answers 0; or takes none and answers the ms to wait.
local function take(key, field, capacity, per_ms, now_ms)
  local wait, full_at = bucket_wait(key, field, capacity, per_ms, now_ms)
  if wait > 0 then return wait end
  if redis.call('HSET', key, field, string.format('%d', full_at)) == 1 then bucket_sweep(key, now_ms) end
  local keep_ms = full_at - now_ms + 60000 -- and a minute, for clocks that differ from Redis's
  if redis.call('PTTL', key) < keep_ms then redis.call('PEXPIRE', key, keep_ms) end
  return 0
end
