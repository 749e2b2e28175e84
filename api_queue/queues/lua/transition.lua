-- Writes what was worked out for a session, and the items that began or ceased to play.
-- KEYS  the seven of rows
-- ARGV  1 queue  2 now_ms  3 kept  4 rev that it was worked out from  5 session as JSON  6 number of items  7 number of events
--       8 lease_until_ms that it was worked out from, '' when the speaker's seat is not touched  9 lease_until_ms and
--       10 lease_since_ms from now on
--       then for each item eleven: id, line before, line after, waits before (0, 1), waits after, owner, track, performer,
--       duration_ms, fixed before, ms of its start now or ''
--       then for each event three: name, type, fields
-- Returns {'ok', rev}, {'gone'} or {'moved'}.
--! use queues/rows
--! use stream/emit

local now_ms = ARGV[2]
local rev = redis.call('HGET', meta, 'rev')
if not rev then return {'gone'} end
if rev ~= ARGV[4] then return {'moved'} end
if ARGV[8] ~= '' then
  -- A heartbeat costs no revision, and whoever is to be silent when the old lease ends must not have got a longer one.
  if (redis.call('HGET', meta, 'lease_until_ms') or '0') ~= ARGV[8] then return {'moved'} end
  redis.call('HSET', meta, 'lease_until_ms', ARGV[9], 'lease_since_ms', ARGV[10])
end

-- What changes stands around the first waiting item: a whole round of thousands is written by place, not found by scanning.
local many, head = tonumber(ARGV[6]), tonumber(redis.call('HGET', meta, 'head'))
local first = math.max(0, head - many - 1)
local place = {}
for nth, line in ipairs(redis.call('LRANGE', items, first, head)) do
  place[line] = first + nth - 1
end

redis.call('HSET', meta, 'session', ARGV[5])
local at = 11
for _ = 1, many do
  local id, before, after, waited, waits, owner, track, performer, duration_ms, fixed, start = unpack(ARGV, at, at + 10)
  redis.call('LSET', items, place[before], after)
  redis.call('HSET', index, id, after)
  place[after] = place[before]
  local by = tonumber(waits) - tonumber(waited)
  if by ~= 0 then
    weigh(by, owner, track, performer, duration_ms, fixed)
    redis.call('HINCRBY', meta, 'head', -by)
  end
  if start ~= '' then
    redis.call('HSET', played, 't:' .. track, start, 'p:' .. performer, start)
  end
  at = at + 11
end
rev = revise(now_ms)
for _ = 1, tonumber(ARGV[7]) do
  emit(events, ARGV[3], rev, now_ms, ARGV[at], ARGV[at + 1], ARGV[at + 2])
  at = at + 3
end
ring(bell, ARGV[1])
return {'ok', rev}
