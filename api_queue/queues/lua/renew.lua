-- A heartbeat: the lease of the active speaker lasts longer. No revision, no event.
-- KEYS  1 meta
-- ARGV  1 device  2 generation  3 lease_until_ms
-- Returns {'ok'}, {'gone'}, or {'stale', generation that is active}.

local kept = redis.call('HGET', KEYS[1], 'session')
if not kept then return {'gone'} end
local session = cjson.decode(kept)
if session.speaker ~= ARGV[1] or session.generation ~= tonumber(ARGV[2]) then
  return {'stale', session.generation}
end
redis.call('HSET', KEYS[1], 'lease_until_ms', ARGV[3])
return {'ok'}
