-- Guests add tracks, each of a thousand by its own cookie.  -- QUEUE TRACK...
local tracks, turn = {}, 0

function init(args)
  wrk.method = "POST"
  wrk.path = "/queue/" .. args[1] .. "/items"
  for at = 2, #args do tracks[#tracks + 1] = args[at] end
end

function request()
  turn = turn + 1
  local headers = { Cookie = string.format("session_id=guest-number-%012d", turn % 1000), ["Content-Type"] = "application/json" }
  local body = string.format('{"track_id":"%s","performer_name":"Singer %d"}', tracks[turn % #tracks + 1], turn % 1000)
  return wrk.format(nil, nil, headers, body)
end
