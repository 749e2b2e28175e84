-- Puts an event that changes no queue onto a queue's stream; it carries the revision as it is.
-- KEYS  1 meta  2 events  3 bell
-- ARGV  1 queue  2 now_ms  3 kept  4 name  5 type  6 fields
-- Returns {'ok', rev} or {'gone'}.
--! use stream/emit

local rev = redis.call('HGET', KEYS[1], 'rev')
if not rev then return {'gone'} end
emit(KEYS[2], ARGV[3], rev, ARGV[2], ARGV[4], ARGV[5], ARGV[6])
ring(KEYS[3], ARGV[1])
return {'ok', rev}
