"""`python -m api_queue`."""

import sys

from api_queue.command_line import main

if __name__ == "__main__":
    sys.exit(main())
