-- Hides the first messages that fit until their time is over, or deletes them. Who was received too often dies.
-- KEYS  the nine of the queue, then the nine of its dead letters
-- ARGV  1 now_ms  2 visible_at_ms  3 receive_max (0: no bound)  4 only_new (0, 1)  5 consumer or ''  6 delete (0, 1)
--       7 place to begin at ('-inf', or '(' and a place)  8... receipts, one for each message that may be taken
-- Returns {} while there is more to put back: call again; else {place to go on from if the end was not reached, else '',
--   visible_at_ms of the next hidden one or '', {id, facts, body}...}. One call looks at no more than WINDOW of those that the consumer may have had.
--! use messages/parts

local queue, dead = part(1), part(10)
local now_ms, receive_max, consumer, delete = ARGV[1], tonumber(ARGV[3]), ARGV[5], ARGV[6] == '1'
local WINDOW = 500
local most, taken, answer = #ARGV - 7, 0, {'', ''}

local function had(id)
  local seen = redis.call('HGET', queue.seen, id)
  return seen and string.find(seen, '\n' .. consumer .. '\n', 1, true)
end

-- Each consumer is a line with a line end before it, too.
local function remember(id)
  local seen = (redis.call('HGET', queue.seen, id) or '\n') .. consumer .. '\n'
  local _, lines = string.gsub(seen, '\n', '')
  if lines > 101 then seen = string.gsub(seen, '^\n[^\n]*', '', 1) end
  redis.call('HSET', queue.seen, id, seen)
end

local function die(id, count, rest)
  local timestamp, body = string.match(rest, '^[^|]*'), redis.call('HGET', queue.bodies, id)
  drop(queue, now_ms, id)
  put(dead, now_ms, id, body, count, '0',
    timestamp .. '|' .. now_ms .. '|Received ' .. count .. ' times and never deleted.')
end

local function take(id, place, count, rest)
  local body = redis.call('HGET', queue.bodies, id)
  taken = taken + 1
  if delete then
    drop(queue, now_ms, id)
    answer[#answer + 1] = {id, table.concat({place, count + 1, '0', '', rest}, '|'), body}
    return
  end
  local receipt = ARGV[7 + taken]
  lift(queue, id, count, '0')
  redis.call('ZADD', queue.flight, ARGV[2], id)
  redis.call('HSET', queue.receipts, receipt, id)
  if consumer ~= '' then remember(id) end
  answer[#answer + 1] = {id, note(queue, id, place, count + 1, ARGV[2], receipt, rest), body}
end

if settle(queue, now_ms) then return {} end
local old = ARGV[4] == '1' and 0 or consumer == '' and most or WINDOW
local ids, left_out = from(queue, ARGV[7], most, old)
for _, id in ipairs(ids) do
  if taken == most then break end
  local place, count, _, _, rest = facts_of(queue, id)
  if receive_max > 0 and tonumber(count) >= receive_max then
    die(id, count, rest)
  elseif consumer == '' or not had(id) then
    take(id, place, count, rest)
  end
end
if taken < most and left_out then
  answer[1] = '(' .. left_out
elseif taken == 0 then
  answer[2] = redis.call('ZRANGE', queue.flight, 0, 0, 'WITHSCORES')[2] or ''
end
return answer
