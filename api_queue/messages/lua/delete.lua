-- Deletes the message that is held by a receipt.
-- KEYS  the nine of the queue
-- ARGV  1 now_ms  2 receipt
-- Returns 1, or 0: nothing is held by it.
--! use messages/parts

local queue = part(1)
local id = held(queue, ARGV[2], ARGV[1])
return id and drop(queue, ARGV[1], id) and 1 or 0
