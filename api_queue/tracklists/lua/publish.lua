-- Appends an event of tracklists to their stream, with the next revision, and rings.
-- KEYS  1 events  2 bell  3 meta
-- ARGV  1 queue  2 kept  3 now_ms  4 name of the event  5 the rest of its JSON object without braces
-- Returns the revision.

--! use stream/emit

local rev = redis.call('HINCRBY', KEYS[3], 'rev', 1)
emit(KEYS[1], ARGV[2], rev, ARGV[3], ARGV[4], 'tracklist', ARGV[5])
ring(KEYS[2], ARGV[1])
return rev
