"""The drill: a party of its own, struck again and again, and ears that hear whether ever two speakers sound.

    plan (of a seed) -> strikes -> server, broker, speakers, host's controls
    mpv's sockets, the page's <audio> -> ears -> samples --+
    GET /sessions/X -> seen -------------------------------+-> judge -> verdict

Plan and judge are pure. The ears ask what plays, never the programs that drive it.
"""
