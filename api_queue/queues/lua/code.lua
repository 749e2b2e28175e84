-- The join code of a queue: the one that there is, or a new one where that has expired or another is wanted.
-- KEYS  1 meta  2 code
-- ARGV  1 now_ms  2 new code as code|ms of its end  3 whether another is wanted (0, 1)
-- Returns the code as code|ms of its end; '' if there is no such queue.

if redis.call('EXISTS', KEYS[1]) == 0 then return '' end
local kept = redis.call('GET', KEYS[2])
if kept and ARGV[3] == '0' and tonumber(string.match(kept, '|(%d+)$')) > tonumber(ARGV[1]) then
  return kept
end
redis.call('SET', KEYS[2], ARGV[2])
return ARGV[2]
