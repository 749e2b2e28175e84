-- Makes a queue, if there is none of this name. Revisions go on where a deleted one of the same name ended,
-- so that a reader who drops what it has seen is not deaf to the new one.
-- KEYS  those of rows
-- ARGV  1 queue  2 now_ms  3 kept  4 kind  5 settings as JSON  6 session as JSON
-- Returns {'ok', rev} or {'exists'}.
-- settings_rev and session_rev begin where no earlier queue of the name has been: what was worked out from that is stale.
--! use queues/rows
--! use stream/emit

local now_ms = ARGV[2]
if redis.call('EXISTS', meta) == 1 then return {'exists'} end
local rev = 1
local last = redis.call('XREVRANGE', events, '+', '-', 'COUNT', 1)[1]
if last then
  for at = 1, #last[2], 2 do
    if last[2][at] == 'rev' then rev = last[2][at + 1] + 1 end
  end
  redis.call('PERSIST', events)
end
redis.call('HSET', meta, 'kind', ARGV[4], 'rev', rev, 'head', 0, 'waiting_ms', 0, 'fixed', 0, 'settings', ARGV[5],
  'settings_rev', now_ms + rev, 'session', ARGV[6], 'session_rev', now_ms + rev,
   'created_at_ms', now_ms, 'changed_at_ms', now_ms)
emit(events, ARGV[3], rev, now_ms, 'settings_change', 'settings', '"settings":' .. ARGV[5])
ring(bell, ARGV[1])
return {'ok', rev}
