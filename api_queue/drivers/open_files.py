"""How many files a process may have open; each connection is one, and a shell gives 1024."""

import resource


def allow_open_files(wanted: int) -> None:
    """And what it starts from now on: at least so many, or as many as it may allow itself."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY:
        wanted = min(wanted, hard)
    if soft != resource.RLIM_INFINITY:
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))
