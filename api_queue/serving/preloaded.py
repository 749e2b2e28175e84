"""What the fork server does before it forks anything (`forking.py`). Only it imports this.

`forking` is not among the imports: each process runs it anew, as its main module.
"""

import gc

from api_queue import app  # noqa: F401 - what a web worker runs
from api_queue.drivers.parent_death import die_with_maker
from api_queue.drivers.process_name import name_process
from api_queue.serving import roles  # noqa: F401 - what the others run

die_with_maker()
name_process("fork")
gc.freeze()  # no collection looks at what was imported, or writes to this memory, which all share
