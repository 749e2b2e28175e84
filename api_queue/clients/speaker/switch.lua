-- The dead man's switch, inside mpv: no sound without a lease, whatever becomes of the program that drives mpv.
-- It owns `volume`, fades it down to nothing at the end of the lease, pauses then, and lets nobody start mpv without one.
--
-- script-message-to switch clock             answers `script-message switch-clock SECONDS`: this script's own clock
-- script-message-to switch lease SECONDS     may sound until then by that clock; `inf` for ever, 0 not at all
-- script-message-to switch volume PERCENT S  goes there within S seconds

local FADE_S = 0.4
local STEP_S = 0.02

local lease_s = 0
local ramp = { from = 0, to = 0, start_s = 0, length_s = 0 }
local timer = nil

local function ramped(now_s)
    if now_s >= ramp.start_s + ramp.length_s then
        return ramp.to
    end
    return ramp.from + (ramp.to - ramp.from) * (now_s - ramp.start_s) / ramp.length_s
end

local function fade(now_s)
    return math.max(0, math.min(1, (lease_s - now_s) / FADE_S))
end

local turn

local function wake_in(seconds)
    if timer then
        timer:kill()
    end
    timer = mp.add_timeout(seconds, turn)
end

turn = function()
    local now_s = mp.get_time()
    mp.set_property_number("volume", ramped(now_s) * fade(now_s))
    if now_s >= lease_s then
        mp.set_property_bool("pause", true)
    elseif now_s < ramp.start_s + ramp.length_s or fade(now_s) < 1 then
        wake_in(STEP_S)
    elseif lease_s < math.huge then
        wake_in(lease_s - FADE_S - now_s)
    end
end

mp.register_script_message("clock", function()
    mp.commandv("script-message", "switch-clock", string.format("%.6f", mp.get_time()))
end)

mp.register_script_message("lease", function(seconds)
    lease_s = seconds == "inf" and math.huge or tonumber(seconds)
    turn()
end)

mp.register_script_message("volume", function(percent, length_s)
    local now_s = mp.get_time()
    ramp = { from = ramped(now_s), to = tonumber(percent), start_s = now_s, length_s = tonumber(length_s) }
    turn()
end)

mp.observe_property("pause", "bool", turn)
