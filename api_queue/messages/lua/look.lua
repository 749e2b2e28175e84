-- Reads messages that can be had, and changes none. Those whose time is over are put back to their places first.
-- KEYS  the nine of the queue
-- ARGV  1 now_ms  2 offset  3 limit
-- Returns {} while there is more to put back: call again; else {how many can be had, {id, facts, body}...}.
--! use messages/parts

local queue, offset, limit = part(1), tonumber(ARGV[2]), tonumber(ARGV[3])
if settle(queue, ARGV[1]) then return {} end
local total = redis.call('ZCARD', queue.fresh) + redis.call('ZCARD', queue.again)
local answer = {total}
if offset >= total then return answer end

local function before(place)
  return redis.call('ZCOUNT', queue.fresh, '-inf', '(' .. place) + redis.call('ZCOUNT', queue.again, '-inf', '(' .. place)
end

-- The highest place with no more than `offset` before it is that of the first on the page.
local low, high = 0, tonumber(redis.call('HGET', queue.meta, 'places'))
while low < high do
  local middle = math.ceil((low + high) / 2)
  if before(middle) <= offset then low = middle else high = middle - 1 end
end
for at, id in ipairs((from(queue, low, limit, limit))) do
  if at > limit then break end
  answer[#answer + 1] = {id, redis.call('HGET', queue.facts, id), redis.call('HGET', queue.bodies, id)}
end
return answer
