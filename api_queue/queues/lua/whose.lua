-- Reads the waiting items of some owners and singers, and what stands beside them. Changes nothing.
-- KEYS  those of rows
-- ARGV  1 how many of the lowest rounds are wanted, at least 1  2... fields of turns
-- Returns {rev, ids and lowest rounds as pairs, joined as pairs, turns of the fields or '0', then of the items lines, rounds or
-- '', and whether they were moved by hand (0, 1)}; {} if there is no such queue.
--! use queues/rows

local rev = redis.call('HGET', meta, 'rev')
if not rev then return {} end
local charged, seen, lines, rounds, moved = {}, {}, {}, {}, {}
for at = 2, #ARGV do
  local field = ARGV[at]
  table.insert(charged, redis.call('HGET', turns, field) or '0')
  for _, member in ipairs(redis.call('ZRANGEBYLEX', whose, '[' .. field .. '\n', '(' .. field .. '\v')) do
    local id = string.sub(member, #field + 2)
    if not seen[id] then
      seen[id] = true
      table.insert(lines, redis.call('HGET', index, id))
      table.insert(rounds, redis.call('ZSCORE', order, id) or '')
      table.insert(moved, redis.call('HEXISTS', moves, id))
    end
  end
end
local lowest = redis.call('ZRANGE', order, 0, ARGV[1] - 1, 'WITHSCORES')
return {rev, lowest, redis.call('HGETALL', joined), charged, lines, rounds, moved}
