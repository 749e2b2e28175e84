"""The speaker: a machine that plays a queue with mpv.

    feeds (MQTT, else SSE) -> room --+
    reports not yet taken -----------+-> plan --+
    heartbeats -> clock, lease -----------------+-> steering -> deck -> mpv

What stands left of the deck is pure but for the feeds and the heartbeats, so every rule can be tried without a sound.
"""
