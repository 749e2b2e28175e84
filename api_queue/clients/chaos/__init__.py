"""Chaos: a server under load, whose processes are killed at random, and a count of what was lost.

    plan (of a seed) -> blows -> processes of the server
    guests, host -> wishes: what was answered, and so has to hold --+
    screens over SSE, a reader over MQTT: what they were told ------+-> judge -> verdict
    GET, retained topics, at the end -------------------------------+

Plan, wishes, replica and judge are pure. What was not answered may have happened or not, and both is right.
"""
