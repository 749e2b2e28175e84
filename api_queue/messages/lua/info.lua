-- Counts, without touching anything.
-- KEYS  the nine of the queue, then 10 facts of its dead letters
-- ARGV  1 now_ms
-- Returns {messages, hidden ones, size_bytes, dead letters, created_at_ms, changed_at_ms}; the last two '' for a queue
-- that nobody used.
--! use messages/parts

local queue = part(1)
local meta = redis.call('HMGET', queue.meta, 'size_bytes', 'created_at_ms', 'changed_at_ms')
local hidden = redis.call('ZCOUNT', queue.flight, '(' .. ARGV[1], '+inf')
return {redis.call('HLEN', queue.facts), hidden, tonumber(meta[1] or 0), redis.call('HLEN', KEYS[10]),
  meta[2] or '', meta[3] or ''}
