-- Token buckets in one HASH: field -> the time (ms) at which that bucket is full again. A time that is past, or no
-- field, is a full bucket, so one number is all there is to keep.

-- Buckets at random are dropped if they are full: each new one pays for two old ones, so guests who come and go by the
-- thousand leave a hash no longer than about twice those who are there.
local function bucket_sweep(key, now_ms, count)
  local some = redis.call('HRANDFIELD', key, count, 'WITHVALUES')
  for at = 1, #some, 2 do
    if tonumber(some[at + 1]) <= now_ms then redis.call('HDEL', key, some[at]) end
  end
end

-- take(key, now_ms, first): takes a token from each of several buckets, or from none of them. From ARGV[first] on stand
-- three for each bucket: field, capacity (tokens of a full one), per_ms (in which one token comes back).
-- Answers 0, or the ms until all of them have a token.
local function take(key, now_ms, first)
  local fields, row, longest, last_full_at = {}, {}, 0, now_ms
  for at = first, #ARGV, 3 do fields[#fields + 1] = ARGV[at] end
  if not fields[1] then return 0 end

  local known = redis.call('HMGET', key, unpack(fields))
  for n, field in ipairs(fields) do
    local capacity, per_ms = ARGV[first + 3 * n - 2], ARGV[first + 3 * n - 1]
    local was_ms, empty_ms = tonumber(known[n] or 0), now_ms + capacity * per_ms
    if was_ms > empty_ms + 60000 then was_ms = 0 end -- the clock was set back; less is how far those of two servers differ
    was_ms = math.min(was_ms, empty_ms)
    local full_at = math.max(was_ms, now_ms) + per_ms
    longest = math.max(longest, math.ceil(full_at - capacity * per_ms - now_ms))
    last_full_at = math.max(last_full_at, full_at)
    row[2 * n - 1], row[2 * n] = field, string.format('%d', full_at)
  end
  if longest > 0 then return longest end

  local new = redis.call('HSET', key, unpack(row))
  if new > 0 then bucket_sweep(key, now_ms, 2 * new) end
  local left_ms = last_full_at - now_ms -- and a minute, for clocks that differ from Redis's; not renewed by each call
  if redis.call('PTTL', key) < left_ms + 30000 then redis.call('PEXPIRE', key, left_ms + 60000) end
  return 0
end
