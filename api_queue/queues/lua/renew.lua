-- A heartbeat of the speaker: its lease lasts longer, and where it is is kept. No revision, no event.
-- KEYS  1 meta
-- ARGV  1 device  2 generation  3 now_ms  4 lease_until_ms  5 its report as JSON
-- Returns {'ok'}, {'gone'}, {'stale', generation that is active, its speaker's name or ''}, or {'lost'}: it had
-- lost its seat, or had left it, and its coming back takes a revision.

local kept = redis.call('HMGET', KEYS[1], 'session', 'lease_until_ms')
if not kept[1] then return {'gone'} end
local session = cjson.decode(kept[1])
if session.speaker ~= ARGV[1] or session.generation ~= tonumber(ARGV[2]) then
  return {'stale', session.generation, type(session.speaker_name) == 'string' and session.speaker_name or ''}
end
redis.call('HSET', KEYS[1], 'report', ARGV[5])
local until_ms = tonumber(kept[2] or 0)
if until_ms == 0 then return {'lost'} end
if until_ms <= tonumber(ARGV[3]) then
  redis.call('HSET', KEYS[1], 'lease_since_ms', ARGV[3])
end
redis.call('HSET', KEYS[1], 'lease_until_ms', ARGV[4])
return {'ok'}
