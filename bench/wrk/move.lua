-- The host moves any waiting item before any other.  -- QUEUE TOKEN FILE_OF_IDS
local ids = {}

function init(args)
  wrk.method = "PUT"
  wrk.path = "/queue/" .. args[1]
  wrk.headers["Authorization"] = "Bearer " .. args[2]
  wrk.headers["Content-Type"] = "application/json"
  for id in io.lines(args[3]) do ids[#ids + 1] = id end
end

function request()
  local from = math.random(#ids)
  local to = (from + math.random(#ids - 1) - 1) % #ids + 1
  return wrk.format(nil, nil, nil, string.format('{"source":"%s","target":"%s"}', ids[from], ids[to]))
end
