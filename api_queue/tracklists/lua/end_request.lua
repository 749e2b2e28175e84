-- A request is over: nobody asks the site during the pause. Failures in a row open the breaker, and so does one block;
-- each further one while it is half open opens it again, for twice as long. What went well closes it.
-- KEYS  1 turn  2 pause  3 open  4 failures
-- ARGV  1 who asked  2 pause_ms  3 turn_ms  4 what came of it: ok, failed, blocked, left (nobody knows)  5 why
--       6 open_ms: how long it is open at first  7 longest_ms  8 how many failures open it  9 at_least_ms: as the site asks
-- Returns for how many ms the breaker is open now, 0: it is closed.

if tonumber(ARGV[2]) > 0 then redis.call('SET', KEYS[2], '1', 'PX', ARGV[2]) end
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('PEXPIRE', KEYS[1], ARGV[2] + ARGV[3]) end

if ARGV[4] == 'ok' then
  redis.call('DEL', KEYS[3], KEYS[4])
  return 0
end
if ARGV[4] == 'left' then return 0 end

local most = tonumber(ARGV[8])
local failures = redis.call('INCR', KEYS[4])
if ARGV[4] == 'blocked' and failures < most then
  failures = most
  redis.call('SET', KEYS[4], failures)
end
redis.call('PEXPIRE', KEYS[4], 86400000)
if failures < most then return 0 end
local open_ms = math.min(ARGV[6] * 2 ^ math.min(failures - most, 30), tonumber(ARGV[7]))
open_ms = math.floor(math.max(open_ms, tonumber(ARGV[9])))
redis.call('SET', KEYS[3], ARGV[4] .. ': ' .. ARGV[5], 'PX', open_ms)
return open_ms
