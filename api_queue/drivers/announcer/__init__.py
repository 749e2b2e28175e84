"""A broker of our own for a machine without Mosquitto: MQTT 3.1.1, QoS 0 and 1, over TCP and websocket.

Anyone may subscribe, only the server may publish, and nothing outlives the process: the relay publishes the
retained state again at each of its connects. Who comes back to a persistent session has its subscriptions again and is
sent the retained state, not what was said meanwhile. `docs/decisions/0004-mqtt.md` says why it exists and what it
leaves out.
"""
