-- Makes a device the speaker of a queue, or leaves the queue without one.
-- KEYS  the seven of rows
-- ARGV  1 queue  2 now_ms  3 kept  4 rev that it was worked out from  5 session as JSON  6 lease_until_ms  7 fields of the event
-- Returns {'ok', rev}, {'gone'} or {'moved'}.
--! use queues/rows
--! use stream/emit

local now_ms = ARGV[2]
local rev = redis.call('HGET', meta, 'rev')
if not rev then return {'gone'} end
if rev ~= ARGV[4] then return {'moved'} end
redis.call('HSET', meta, 'session', ARGV[5], 'lease_until_ms', ARGV[6])
rev = revise(now_ms)
emit(events, ARGV[3], rev, now_ms, 'speaker_change', 'speaker', ARGV[7])
ring(bell, ARGV[1])
return {'ok', rev}
