-- Reads what a guest has on a queue. Changes nothing.
-- KEYS  those of rows, then 18 tokens
-- ARGV  1 guest id
-- Returns that of holdings; of a queue that is not there nothing of it.
--! use queues/rows
--! use queues/holdings

return holdings(KEYS[18], ARGV[1], true, true, true)
