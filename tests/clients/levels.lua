-- Each file that mpv plays goes through an ear, which writes down how high the sound stood, 10 ms at a time.

local out = debug.getinfo(1, "S").source:sub(2) .. ".heard"
local number = 0

mp.add_hook("on_preloaded", 50, function()
    number = number + 1
    local graph = "asetnsamples=n=80:p=0,astats=metadata=1:reset=1:measure_perchannel=none"
        .. ":measure_overall=Min_level+Max_level,ametadata=mode=print:direct=1:file=" .. out .. number
    mp.commandv("af", "add", "lavfi=[" .. graph .. "]")
end)
