-- Brings the first dead letters back to the end of their queue, as if nobody had received them.
-- KEYS  the nine of the queue, then the nine of its dead letters
-- ARGV  1 queue  2 now_ms  3 at most so many
-- Returns how many.
--! use messages/parts

local queue, dead, now_ms, most = part(1), part(10), ARGV[2], tonumber(ARGV[3])
settle(dead, now_ms)
local moved = 0
for _, id in ipairs((from(dead, '-inf', most, most))) do
  if moved == most then break end
  local _, _, _, _, rest = facts_of(dead, id)
  local body = redis.call('HGET', dead.bodies, id)
  drop(dead, now_ms, id)
  put(queue, now_ms, id, body, '0', '0', string.match(rest, '^[^|]*') .. '||')
  moved = moved + 1
end
if moved > 0 then ring(queue, ARGV[1]) end
return moved
