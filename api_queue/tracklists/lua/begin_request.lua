-- Asks for the site: one at a time in the order of coming, and not before its pause is over. Who holds it keeps it.
-- The times are Redis's own, so that machines whose clocks differ pause alike.
-- KEYS  1 turn  2 line  3 seen  4 pause  5 open
-- ARGV  1 who asks, CALLER:ID  2 turn_ms: how long a turn lasts without another sign  3 gone_ms: who was not seen so long has left
--       4 how many may wait  5 and of one caller, unless the caller is empty
-- Returns {what, ms, reason}. turn: it is theirs. wait: ask again after so long. open: not before so long, and why.
--         full: too many wait.

local open_ms = redis.call('PTTL', KEYS[5])
if open_ms > 0 then
  redis.call('ZREM', KEYS[2], ARGV[1])
  return {'open', open_ms, redis.call('GET', KEYS[5])}
end

local time = redis.call('TIME')
local now_us = time[1] * 1000000 + time[2]
for _, gone in ipairs(redis.call('ZRANGEBYSCORE', KEYS[3], '-inf', now_us - ARGV[3] * 1000)) do
  redis.call('ZREM', KEYS[2], gone)
  redis.call('ZREM', KEYS[3], gone)
end

local holder = redis.call('GET', KEYS[1])
if holder ~= ARGV[1] then
  if not redis.call('ZSCORE', KEYS[2], ARGV[1]) then
    local caller, waiting, theirs = string.match(ARGV[1], '^(.*:)'), redis.call('ZRANGE', KEYS[2], 0, -1), 0
    for _, each in ipairs(waiting) do
      if string.sub(each, 1, #caller) == caller then theirs = theirs + 1 end
    end
    if #waiting >= tonumber(ARGV[4]) or (caller ~= ':' and theirs >= tonumber(ARGV[5])) then
      return {'full', 0, ''}
    end
  end
  redis.call('ZADD', KEYS[2], 'NX', string.format('%.0f', now_us), ARGV[1])
  redis.call('ZADD', KEYS[3], string.format('%.0f', now_us), ARGV[1])
  redis.call('PEXPIRE', KEYS[2], 60000)
  redis.call('PEXPIRE', KEYS[3], 60000)
  if holder or redis.call('ZRANGE', KEYS[2], 0, 0)[1] ~= ARGV[1] then
    return {'wait', math.max(redis.call('PTTL', KEYS[4]), 0), ''}
  end
end

local pause_ms = redis.call('PTTL', KEYS[4])
if pause_ms > 0 then
  if holder == ARGV[1] then redis.call('PEXPIRE', KEYS[1], pause_ms + ARGV[2]) end
  return {'wait', pause_ms, ''}
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
redis.call('ZREM', KEYS[2], ARGV[1])
redis.call('ZREM', KEYS[3], ARGV[1])
return {'turn', 0, ''}
