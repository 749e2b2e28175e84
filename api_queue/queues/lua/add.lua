-- Adds one item, if the queue and its limits allow it.
-- KEYS  those of rows, then 16 muted HASH guest -> until_ms|reason, 17 ended SET of guests, 18 guests SET, 19 buckets HASH,
--       20 tokens HASH guest -> valid_from|valid_until, last -> end of the last window
-- ARGV  1 queue  2 now_ms  3 kept  4 settings_rev that the limits were read from  5 rev that they hold for, or ''
--       6 id  7 line  8 owner  9 track  10 performer  11 duration_ms
--       12 guest (0, 1): whether mutes and the end of the party concern the owner
--       13 max_items  14 max_per_guest  15 track window ms  16 performer window ms   ('' none; a host only has the first)
--       17 item as JSON  18 id of the waiting item to stand before, '' for the end  19 that one's line
--       20 how the queue is sorted, as order.lua takes it, or ''
--       21... rate buckets, three each: field, capacity, per_ms
-- Returns {'ok', rev, ahead, ahead_ms, fixed, session}: what waits before it, and what was before; or one refusal:
--   {'gone'} {'stale'} {'ended'} {'muted', text} {'rate', ms} {'full', max_items} {'guest', n} {'exists', line}
--   {'track', ms of its last start or ''} {'performer', the same}
--! use queues/rows
--! use queues/order
--! use stream/emit
--! use accounts/bucket

local queue, now_ms, kept = ARGV[1], ARGV[2], ARGV[3]
local id, line, owner, track, performer = ARGV[6], ARGV[7], ARGV[8], ARGV[9], ARGV[10]
local muted, ended, guests, buckets, tokens = unpack(KEYS, 16, 20)

local known = redis.call('HMGET', meta, 'rev', 'settings_rev', 'head', 'waiting_ms', 'fixed', 'session')
if not known[1] then return {'gone'} end
if known[2] ~= ARGV[4] or (ARGV[5] ~= '' and known[1] ~= ARGV[5]) then return {'stale'} end
if ARGV[18] ~= '' and not stand(ARGV[18], ARGV[19]) then return {'stale'} end

local wait = take(buckets, tonumber(now_ms), 21)
if wait > 0 then return {'rate', wait} end

local twice = redis.call('HGET', index, id)
if twice then return {'exists', twice} end
if ARGV[12] == '1' then
  if redis.call('SISMEMBER', ended, owner) == 1 then return {'ended'} end
  local mute = redis.call('HGET', muted, owner)
  if mute then
    local till = tonumber(string.match(mute, '^(-?%d+)|'))
    if not till or till > tonumber(now_ms) then return {'muted', mute} end
  end
end

local ahead = redis.call('LLEN', items) - known[3]
if ARGV[13] ~= '' and ahead >= tonumber(ARGV[13]) then return {'full', ARGV[13]} end
if ARGV[14] ~= '' then
  local own = tonumber(redis.call('HGET', counts, 'o:' .. owner) or 0)
  if own >= tonumber(ARGV[14]) then return {'guest', own} end
end

local last = twice_within('t:' .. track, ARGV[15], now_ms)
if last then return {'track', last} end
last = twice_within('p:' .. performer, ARGV[16], now_ms)
if last then return {'performer', last} end

local ahead_ms, pivot, score, payers, turns_then = known[4], ARGV[18] ~= '' and ARGV[19], '', {}, {}
if ARGV[20] ~= '' then
  ahead, ahead_ms, pivot, score, payers, turns_then = sorted_place(cjson.decode(ARGV[20]), tonumber(known[3]), ahead)
end

pay(payers, turns_then)
rank(id, score, ARGV[11])
local before = put(line, pivot)
redis.call('HSET', index, id, line)
if ARGV[12] == '1' then redis.call('SADD', guests, owner) end
weigh(1, owner, track, performer, ARGV[11], '0')
local rev = revise(now_ms)
emit(events, kept, rev, now_ms, 'items_change', 'queue', '"changes":[{"op":"add","item":' .. ARGV[17] .. ',"before":' .. before .. '}]')
ring(bell, queue)
return {'ok', rev, ahead, ahead_ms, known[5], known[6]}
