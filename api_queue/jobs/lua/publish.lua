-- Appends events of tasks to their stream, each with the next revision, and rings once.
-- KEYS  1 events  2 bell  3 meta
-- ARGV  1 queue  2 kept  3 now_ms  4... for each event: its name, and the rest of its JSON object without braces
-- Returns the last revision.

--! use stream/emit

local rev
for at = 4, #ARGV, 2 do
  rev = redis.call('HINCRBY', KEYS[3], 'rev', 1)
  emit(KEYS[1], ARGV[2], rev, ARGV[3], ARGV[at], 'task', ARGV[at + 1])
end
ring(KEYS[2], ARGV[1])
return rev
