-- Writes a key, or more of one that is being written.
-- KEYS  1 the key
-- ARGV  1 type  2 ms since 1970 at which it ends, or -1  3 first: what is there goes (0, 1)  4... values, as read.lua has them
-- Returns 1.

local key, kind = KEYS[1], ARGV[1]
if ARGV[3] == '1' then redis.call('DEL', key) end

-- each(wide, write): the values in turns that a call can take, `wide` of them belonging together.
local function each(wide, write)
  local turn = 1000 * wide
  for at = 4, #ARGV, turn do
    write(unpack(ARGV, at, math.min(#ARGV, at + turn - 1)))
  end
end

local function swapped(...)
  local pairs = {...}
  for at = 1, #pairs, 2 do pairs[at], pairs[at + 1] = pairs[at + 1], pairs[at] end
  return unpack(pairs)
end

local function entries()
  local at = 4
  while at <= #ARGV do
    local parts = tonumber(ARGV[at + 1])
    redis.call('XADD', key, ARGV[at], unpack(ARGV, at + 2, at + 1 + parts))
    at = at + 2 + parts
  end
end

local writers = {
  string = function() redis.call('SET', key, ARGV[4]) end,
  list = function() each(1, function(...) redis.call('RPUSH', key, ...) end) end,
  set = function() each(1, function(...) redis.call('SADD', key, ...) end) end,
  hash = function() each(2, function(...) redis.call('HSET', key, ...) end) end,
  zset = function() each(2, function(...) redis.call('ZADD', key, swapped(...)) end) end,
  stream = entries,
}
if writers[kind] then writers[kind]() end
if ARGV[2] ~= '-1' then redis.call('PEXPIREAT', key, ARGV[2]) end
return 1
