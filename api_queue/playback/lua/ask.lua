-- A device asks to be let in. Requests whose time is over make room.
-- KEYS  1 pairings
-- ARGV  1 now_ms  2 code  3 request as JSON  4 most that may wait  5 ms for which it waits
-- Returns 'ok', 'taken': another one has this code, or 'full'.

local waiting = 0
local kept = redis.call('HGETALL', KEYS[1])
for at = 1, #kept, 2 do
  local request = cjson.decode(kept[at + 1])
  if request.expires_at_ms <= tonumber(ARGV[1]) then
    redis.call('HDEL', KEYS[1], kept[at])
  elseif request.state == 'waiting' then
    waiting = waiting + 1
  end
end
if waiting >= tonumber(ARGV[4]) then return 'full' end
if redis.call('HSETNX', KEYS[1], ARGV[2], ARGV[3]) == 0 then return 'taken' end
redis.call('PEXPIRE', KEYS[1], ARGV[5])
return 'ok'
