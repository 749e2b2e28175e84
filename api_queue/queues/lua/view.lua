-- Reads a queue in one step. Changes nothing.
-- KEYS  1 items  2 meta  3 events  4 undo  5 lobby  6 moves
-- ARGV  1 first and 2 last place of the items wanted, relative to the first waiting one; '' and '' for all, '-' for none
-- Returns {meta as pairs, length of the list, last event id or '', lines, verb and ms of the newest that can be undone, or
-- '', lines of the lobby where all items are wanted, ids of what was moved by hand}; {} if there is no such queue.

local meta = redis.call('HGETALL', KEYS[2])
if #meta == 0 then return {} end
local total = redis.call('LLEN', KEYS[1])
local last = redis.call('XREVRANGE', KEYS[3], '+', '-', 'COUNT', 1)[1]
local lines, asking = {}, {}
if ARGV[1] == '' then
  lines, asking = redis.call('LRANGE', KEYS[1], 0, -1), redis.call('HVALS', KEYS[5])
elseif ARGV[1] ~= '-' then
  local head = tonumber(redis.call('HGET', KEYS[2], 'head'))
  local first = math.max(0, head + ARGV[1])
  if head + ARGV[2] >= first then
    lines = redis.call('LRANGE', KEYS[1], first, head + ARGV[2])
  end
end
local verb, at_ms = string.match(redis.call('LINDEX', KEYS[4], 0) or '', '^{"verb":"(%a+)","by":"%a+","at_ms":(%d+)')
return {meta, total, last and last[1] or '', lines, verb or '', at_ms or '', asking, redis.call('HKEYS', KEYS[6])}
