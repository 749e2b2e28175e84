-- Reads on in a queue's event stream. Changes nothing.
-- KEYS  1 events
-- ARGV  1 position  2 at most so many entries
-- Returns {1 if the position is still in the stream, last id, entries after the position}.

local after = ARGV[1]
if redis.call('EXISTS', KEYS[1]) == 0 then
  return {after == '0-0' and 1 or 0, '0-0', {}}
end
local about, last = redis.call('XINFO', 'STREAM', KEYS[1]), nil
for at = 1, #about, 2 do
  if about[at] == 'last-generated-id' then last = about[at + 1] end
end
local known = after == '0-0' or after == last or #redis.call('XRANGE', KEYS[1], after, after) == 1
return {known and 1 or 0, last, redis.call('XRANGE', KEYS[1], '(' .. after, '+', 'COUNT', ARGV[2])}
