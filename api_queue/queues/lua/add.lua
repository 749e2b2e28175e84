-- Adds one item, if the queue and its limits allow it.
-- KEYS  those of rows, then 18 muted HASH guest -> until_ms|reason, 19 ended SET of guests, 20 guests SET, 21 buckets HASH,
--       22 tokens HASH guest -> valid_from|valid_until, last -> end of the last window
-- ARGV  1 queue  2 now_ms  3 kept  4 settings_rev that the limits were read from  5 rev that they hold for, or ''
--       6 id  7 line  8 owner  9 track  10 performer  11 duration_ms
--       12 guest (0, 1): whether mutes and the end of the party concern the owner
--       13 max_items  14 max_per_guest  15 track window ms  16 performer window ms   ('' none, as below; a host has none)
--       17 item as JSON  18 id of the waiting item to stand before, '' for the end  19 that one's line
--       20 dry (0, 1): nothing is written but the rate  21 most items whoever adds  22 most ms of a guest
--       23 join code needed (0, 1)  24 ms of music and pauses that end with the event, by the session of  25 session_rev
--       26 ms of a pause
--       27 milli-points that it costs  28 most milli-points of a purse  29 points that come back in an hour
--       30 ms of a token's window  31 ms from now in which they begin  32 ms at which the event ends
--       33 how the queue is sorted, as order.lua takes it, or ''
--       34 'all': it asks to be let in; 'excess': it does where a limit that a lobby is for refuses; 'admit': it is let in; or ''
--       35 its line in the lobby  36 as JSON there  37 deed that can be undone as JSON, or ''
--       38 its variants as JSON, or ''
--       39... rate buckets, three each: field, capacity, per_ms
-- Returns {'lobby', rev}: it waits there; or {'ok', rev, ahead, ahead_ms, uneven, session, waiting, waiting_ms, holdings}: what waits before it, whether sums of
--   that do not say when it starts (0, 1); the rest as it was but rev and the guest's turns; or one refusal:
--   {'gone'} {'stale'} {'ended'} {'muted', text} {'join'} {'rate', ms} {'exists', line} {'full', max_items}
--   {'track', ms of its last start or ''} {'performer', the same} {'points', milli-points there are}
--   {'lobby_full', most} {'lobby_own', those of this guest}
--   and, with what tokens.lua says of a token, '' where there are none: {'full', max_items, token} {'guest', n, token}
--   {'minutes', ms, token} {'late', ms of the longest that fits, token}
--! use queues/rows
--! use queues/order
--! use queues/holdings
--! use queues/points
--! use queues/tokens
--! use queues/lobby
--! use stream/emit
--! use accounts/bucket

local queue, now_ms, kept = ARGV[1], tonumber(ARGV[2]), ARGV[3]
local id, line, owner, track, performer, duration_ms = unpack(ARGV, 6, 11)
local guest, dry = ARGV[12] == '1', ARGV[20] == '1'
local muted, ended, guests, buckets, tokens = unpack(KEYS, 18, 22)

local known = redis.call('HMGET', meta, 'rev', 'settings_rev', 'head', 'waiting_ms', 'fixed', 'session', 'session_rev',
  'paused')
if not known[1] then return {'gone'} end
if known[2] ~= ARGV[4] or (ARGV[5] ~= '' and known[1] ~= ARGV[5]) then return {'stale'} end
if ARGV[24] ~= '' then
  if (known[7] or '0') ~= ARGV[25] then return {'stale'} end
  if known[5] ~= '0' and ARGV[5] == '' then return {'stale'} end -- sums say nothing where a start was set by hand
end
if ARGV[18] ~= '' and not stand(ARGV[18], ARGV[19]) then return {'stale'} end

local wait = take(buckets, now_ms, 39)
if wait > 0 then return {'rate', wait} end

local approval, asking = ARGV[34], ARGV[35]
if approval == 'admit' and redis.call('HGET', lobby, id) ~= asking then return {'stale'} end

local twice = redis.call('HGET', index, id) or (approval ~= 'admit' and redis.call('HGET', lobby, id))
if twice then return {'exists', twice} end
local has = holdings(tokens, owner, ARGV[33] ~= '', ARGV[27] ~= '', ARGV[30] ~= '')
if guest then
  if redis.call('SISMEMBER', ended, owner) == 1 then return {'ended'} end
  local mute = redis.call('HGET', muted, owner)
  if mute then
    local till = tonumber(string.match(mute, '^(-?%d+)|'))
    if not till or till > now_ms then return {'muted', mute} end
  end
  if ARGV[23] == '1' and has[6] == '' then return {'join'} end
end

local waiting, waiting_ms = redis.call('LLEN', items) - known[3], tonumber(known[4])
if ARGV[21] ~= '' and waiting >= tonumber(ARGV[21]) then return {'full', ARGV[21]} end

-- The first limit that this add would break, with its fact; nil without.
local function beyond()
  if ARGV[13] ~= '' and waiting >= tonumber(ARGV[13]) then return 'full', ARGV[13] end
  if ARGV[14] ~= '' and tonumber(has[1]) >= tonumber(ARGV[14]) then return 'guest', has[1] end
  if ARGV[22] ~= '' and has[2] + duration_ms > tonumber(ARGV[22]) then return 'minutes', has[2] end
  if ARGV[24] == '' then return nil end
  local longest_ms = ARGV[24] - waiting_ms - (waiting + 1) * ARGV[26]
  if duration_ms - longest_ms > 0 then return 'late', string.format('%d', math.max(0, longest_ms)) end
end

local over, fact = beyond()
local from, till
if ARGV[30] ~= '' then from, till = live(has[5], now_ms, ARGV[32]) end
local turn = from and now_ms >= from -- whoever adds in their window uses their token up, needed or not
local asks = approval == 'all' and (turn or over ~= 'late')
  or approval == 'excess' and not turn and (over == 'full' or over == 'guest' or over == 'minutes')
if over and not turn and not asks then
  local token = ''
  if ARGV[30] ~= '' then
    token = from and has[5] or dry and '' or issue(tokens, owner, now_ms, ARGV[30] + 0, ARGV[31] + 0, ARGV[32])
  end
  return {over, fact, token}
end

local last = twice_within('t:' .. track, ARGV[15], now_ms)
if last then return {'track', last} end
last = sings_within(performer, '', ARGV[16], now_ms)
if last then return {'performer', last} end

if asks then
  local full = crowded(owner)
  if full or dry then return full or {'lobby', known[1]} end
  redis.call('HSET', lobby, id, asking)
  if ARGV[38] ~= '' then redis.call('HSET', variants, id, ARGV[38]) end
  redis.call('SADD', guests, owner)
  local rev = revise(now_ms)
  emit(events, kept, rev, now_ms, 'items_change', 'queue', '"changes":[{"op":"add","item":' .. ARGV[36] .. ',"before":null}]')
  ring(bell, queue)
  return {'lobby', rev}
end

local milli, grows_ms
if ARGV[27] ~= '' then
  milli, grows_ms = purse(has[4], now_ms, ARGV[28] + 0, ARGV[29] + 0)
  if milli < ARGV[27] + 0 then return {'points', string.format('%d', milli)} end
end

local new = {ahead = waiting, ahead_ms = known[4], pivot = ARGV[18] ~= '' and ARGV[19], fields = {}}
if ARGV[33] ~= '' then new = sorted_place(cjson.decode(ARGV[33]), tonumber(known[3]), waiting) end
for nth, payer in ipairs(new.fields) do
  if payer == 'o:' .. owner then has[3] = tostring(new.turns[nth]) end
end
local uneven = (known[5] ~= '0' or (known[8] or '{}') ~= '{}') and 1 or 0
if dry then return {'ok', known[1], new.ahead, new.ahead_ms, uneven, known[6], waiting, known[4], has} end

undoable(ARGV[37])
if approval == 'admit' then leave_lobby(id) end
if new.score then take_place(new, id, duration_ms) end
local before = put(line, new.pivot)
redis.call('HSET', index, id, line)
if ARGV[38] ~= '' then redis.call('HSET', variants, id, ARGV[38]) end
if guest then redis.call('SADD', guests, owner) end
if milli then note_field('points', owner) end
if milli then redis.call('HSET', points, owner, string.format('%d|%d', milli - ARGV[27], grows_ms)) end
if turn then redis.call('HDEL', tokens, owner) end
weigh(1, id, owner, track, performer, duration_ms, '0')
remember()
local rev = revise(now_ms)
local change = '{"op":"add","item":' .. ARGV[17] .. ',"before":' .. before .. '}'
if approval == 'admit' then change = '{"op":"remove","id":"' .. id .. '"},' .. change end
emit(events, kept, rev, now_ms, 'items_change', 'queue', '"changes":[' .. change .. ']')
ring(bell, queue)
return {'ok', rev, new.ahead, new.ahead_ms, uneven, known[6], waiting, known[4], has}
