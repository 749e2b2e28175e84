-- Deletes a queue and everything of it. Its event stream stays for a day, to tell its readers.
-- KEYS  those of rows, then every other key of the queue
-- ARGV  1 queue  2 now_ms  3 kept  4 rev that it must still have, or ''
-- Returns {'ok', rev}, {'gone'} or {'moved'}.
--! use queues/rows
--! use stream/emit

local now_ms = ARGV[2]
local rev = redis.call('HGET', meta, 'rev')
if not rev then return {'gone'} end
if ARGV[4] ~= '' and rev ~= ARGV[4] then return {'moved'} end
rev = revise(now_ms)
emit(events, ARGV[3], rev, now_ms, 'settings_change', 'settings', '"settings":null')
redis.call('PEXPIRE', events, 86400000)
redis.call('DEL', items, index, meta, counts, played)
for at = 8, #KEYS do
  redis.call('DEL', KEYS[at])
end
redis.call('DEL', bell)
ring(bell, ARGV[1])
return {'ok', rev}
