-- Reads keys whole, all at one instant. Changes nothing.
-- KEYS  those to read; on a Redis Cluster they share a hash tag
-- ARGV  none
-- Returns for each key that is there {key, type, ms since 1970 at which it ends or -1, values}: of a string the one, of a
--   list and a set all, of a hash and a sorted set pairs, of a stream id, number of parts and the parts of each entry.

local function stream(key)
  local flat = {}
  for _, entry in ipairs(redis.call('XRANGE', key, '-', '+')) do
    table.insert(flat, entry[1])
    table.insert(flat, tostring(#entry[2]))
    for _, part in ipairs(entry[2]) do table.insert(flat, part) end
  end
  return flat
end

local readers = {
  string = function(key) return {redis.call('GET', key)} end,
  list = function(key) return redis.call('LRANGE', key, 0, -1) end,
  set = function(key) return redis.call('SMEMBERS', key) end,
  hash = function(key) return redis.call('HGETALL', key) end,
  zset = function(key) return redis.call('ZRANGE', key, 0, -1, 'WITHSCORES') end,
  stream = stream,
}

local time = redis.call('TIME')
local now_ms = time[1] * 1000 + math.floor(time[2] / 1000)
local found = {}
for _, key in ipairs(KEYS) do
  local kind = redis.call('TYPE', key).ok
  if readers[kind] then
    local left_ms = redis.call('PTTL', key)
    local ends_at_ms = left_ms < 0 and '-1' or string.format('%d', now_ms + left_ms)
    table.insert(found, {key, kind, ends_at_ms, readers[kind](key)})
  end
end
return found
