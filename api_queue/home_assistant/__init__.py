"""Home Assistant finds queues by MQTT discovery: what plays, how much waits, who is next, and buttons."""
