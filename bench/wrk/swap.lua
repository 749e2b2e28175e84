-- The host adds an item and deletes it again: the queue keeps its length.  -- QUEUE TOKEN TRACK
local path, body
local added = {}

function init(args)
  path = "/queue/" .. args[1] .. "/items"
  body = string.format('{"track_id":"%s","performer_name":"Singer"}', args[3])
  wrk.headers["Authorization"] = "Bearer " .. args[2]
  wrk.headers["Content-Type"] = "application/json"
end

function request()
  local id = table.remove(added)
  if id then return wrk.format("DELETE", path .. "/" .. id, nil, "") end
  return wrk.format("POST", path, nil, body)
end

function response(status, _, answer)
  if status == 201 then added[#added + 1] = string.match(answer, '"id":"(%w+)"') end
end
