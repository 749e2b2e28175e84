-- Deletes a queue and everything of it. Its event stream stays for a day, to tell its readers.
-- KEYS  the seven of rows, then every other key of the queue
-- ARGV  1 queue  2 now_ms  3 kept
-- Returns {'ok', rev} or {'gone'}.
--! use queues/rows
--! use stream/emit

local now_ms = ARGV[2]
if redis.call('EXISTS', meta) == 0 then return {'gone'} end
local rev = revise(now_ms)
emit(events, ARGV[3], rev, now_ms, 'settings_change', 'settings', '"settings":null')
redis.call('PEXPIRE', events, 86400000)
redis.call('DEL', items, index, meta, counts, played)
for at = 8, #KEYS do
  redis.call('DEL', KEYS[at])
end
redis.call('DEL', bell)
ring(bell, ARGV[1])
return {'ok', rev}
