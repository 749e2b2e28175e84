-- Drops the stream of tasks and rings: no position of before is in it any more. Revisions go on.
-- KEYS  1 events  2 bell
-- ARGV  1 queue
-- Returns nothing.

--! use stream/emit

redis.call('DEL', KEYS[1])
ring(KEYS[2], ARGV[1])
