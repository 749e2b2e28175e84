"""Which file of a built client an address means, and how long a browser may keep it.

The clients are single-page apps: what names no file of theirs is a place in the app, so it gets `index.html`.
"""

import re
from pathlib import Path, PurePath
from typing import Final

INDEX: Final = "index.html"
#: Any other is `application/octet-stream`, which browsers take for pictures, sounds and fonts all the same.
CONTENT_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".gif": "image/gif",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/vnd.microsoft.icon",
    ".jpg": "image/jpeg",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".map": "application/json",
    ".mjs": "text/javascript; charset=utf-8",
    ".mp4": "video/mp4",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".ttf": "font/ttf",
    ".txt": "text/plain; charset=utf-8",
    ".vtt": "text/vtt; charset=utf-8",
    ".wasm": "application/wasm",
    ".webm": "video/webm",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
}
#: What builders put into a name: `index-DaB3x9Zk.js`, `main.1a2b3c4d.css`, or more hexadecimal digits. Without a digit
#: it may be a plain word, and of another length something else that is counted: `icon-1024x1024.png`.
_HASHED: Final = re.compile(r".+[-.](?=[\w-]*\d)([\w-]{8}|[0-9a-f]{16,})\.\w+")
#: As KaraKara's own proxy says it: a week.
_KEPT: Final = "public, max-age=604800, immutable"


def find(folder: Path, path: str) -> Path | None:
    """The file in the client's folder; None where there is none. Links out of the folder lead nowhere."""
    names = path.split("/")
    if "\0" in path or any(not name or name.startswith(".") for name in names[:-1]) or names[-1].startswith("."):
        return None
    root = folder.resolve()
    there = (root / path if "." in names[-1] else root / INDEX).resolve()
    try:
        return there if there.is_relative_to(root) and there.is_file() else None
    except OSError:  # a name that is too long for any
        return None


def content_type(file: PurePath) -> str:
    return CONTENT_TYPES.get(file.suffix.lower(), "application/octet-stream")


def caching(file: PurePath) -> str:
    """Who changes a hashed file gives it another name; all others are asked for again at each visit."""
    return _KEPT if _HASHED.fullmatch(file.name) else "no-cache"
