-- How far the stream of tasks is. Changes nothing.
-- KEYS  1 events  2 meta
-- ARGV  none
-- Returns {revision, id of the last event, or '0-0'}.

local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
return {tonumber(redis.call('HGET', KEYS[2], 'rev') or 0), last and last[1] or '0-0'}
