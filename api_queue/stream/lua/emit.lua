-- emit(events, kept, rev, ts, name, kind, fields): appends one event to a queue's stream.
--   events  key of the stream        kept    about how many entries it keeps
--   rev     the queue's revision     ts      ms since 1970
--   name    of events.py             kind    its type there
--   fields  the rest of the JSON object, without braces: '"changes":[...]'
local function emit(events, kept, rev, ts, name, kind, fields)
  local head = string.format('{"rev":%d,"type":"%s","ts":%d,', rev, kind, ts)
  return redis.call('XADD', events, 'MAXLEN', '~', kept, '*',
    'name', name, 'rev', string.format('%d', rev), 'data', head .. fields .. '}')
end

-- ring(bell, queue): tells whoever follows this queue to read its stream now and once more 15 ms later.
-- While the 10 ms mark stands it is not rung again, so a burst costs its followers a hundred notices a second, not thousands.
local function ring(bell, queue)
  if redis.call('SET', bell, '1', 'NX', 'PX', 10) then
    redis.call('PUBLISH', 'q:bell', queue)
  end
end
