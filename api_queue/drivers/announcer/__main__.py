"""`python -m api_queue.drivers.announcer HOST PORT WS_PORT`: what the supervisor starts, without the whole product."""

import sys

from api_queue.drivers.announcer.server import run_announcer
from api_queue.drivers.process_name import name_process

if __name__ == "__main__":
    name_process("announcer")
    host, port, ws_port = sys.argv[1:]
    run_announcer(host, int(port), int(ws_port))
