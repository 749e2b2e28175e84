"""What `serve` does: everything on one machine, started in order, watched, and ended in order.

`docs/decisions/0001-processes.md` says why it is put together like this.
"""
