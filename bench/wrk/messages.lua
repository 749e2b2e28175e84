-- A program sends, receives or deletes messages, one at a time.  -- VERB QUEUE KEY FILE_OF_RECEIPTS
local verb, path
local receipts, turn = {}, 0
local headers = { ["Content-Type"] = "application/json" }

function init(args)
  verb, path = args[1], "/api/v1/queues/" .. args[2] .. "/messages"
  headers["X-API-Key"] = args[3]
  for receipt in io.lines(args[4]) do receipts[#receipts + 1] = receipt end
end

function request()
  if verb == "send" then
    return wrk.format("POST", path, headers, '{"message_body":{"type":"user_signup","user_id":"123"}}')
  elseif verb == "receive" then
    return wrk.format("POST", path .. "/receive?max_messages=1&visibility_timeout=600", headers)
  end
  turn = turn + 1
  return wrk.format("DELETE", path .. "/" .. (receipts[turn] or "none-is-left"), headers)
end
