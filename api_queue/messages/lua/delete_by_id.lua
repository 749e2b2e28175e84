-- Deletes a message, hidden or not.
-- KEYS  the nine of the queue
-- ARGV  1 now_ms  2 id
-- Returns 1, or 0: there is none.
--! use messages/parts

return drop(part(1), ARGV[1], ARGV[2]) and 1 or 0
