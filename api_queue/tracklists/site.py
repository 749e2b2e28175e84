"""The one site that tracklists are fetched from: its hosts, and which addresses are its own. Nothing is sent here."""

import re
from dataclasses import dataclass
from typing import Final, Self
from urllib.parse import SplitResult, urljoin, urlsplit

from api_queue.errors import ForeignAddress, StartRefused

#: The site answers by these; the first redirects to the second, the third is for short links.
_NAMES: Final = ("1001tracklists.com", "www.1001tracklists.com", "1001.tl")
_SHORT_LINKS: Final = _NAMES[2]
_PORTS: Final = {"http": 80, "https": 443}
#: What comes after the id is the page's title, which the site itself ignores. No dots that lead to another path, quoted
#: or not, and nothing that a firewall might take for an attack, for which all of us would be shut out.
_PAGE: Final = re.compile(
    r"/tracklist/[\w-]{1,64}(?:/(?!\.)(?:[\w.~&,'()+!-]|%(?!2[ef]|5c|[01])[0-9a-f]{2})*)*", re.ASCII | re.IGNORECASE
)
_SHORT: Final = re.compile(r"/[0-9A-Za-z]+/?")
_LONGEST: Final = 2000


@dataclass(frozen=True, slots=True)
class Site:
    """`base` is `scheme://host[:port]`; `hosts` are names as a URL has them, without ports."""

    base: str
    scheme: str
    port: int
    hosts: frozenset[str]

    @classmethod
    def of(cls, base_url: str) -> Self:
        """From the setting: of 1001tracklists.com all names, of another site just the one. Raises StartRefused."""
        parts = _split(base_url)
        if parts is None or not _is_base(parts):
            raise StartRefused(reason=f"tracklists_base_url is '{base_url}', and has to be https:// and a host.")
        name, port = f"{parts.hostname}", parts.port or _PORTS[parts.scheme]
        hosts = frozenset(_NAMES if name in _NAMES else [name])
        host = _NAMES[1] if name in _NAMES else f"[{name}]" if ":" in name else name
        behind = "" if port == _PORTS[parts.scheme] else f":{port}"
        return cls(f"{parts.scheme}://{host}{behind}", parts.scheme, port, hosts)

    def owns(self, url: str) -> bool:
        """Whether it may be asked for: by the parsed name, so that what only looks like one of ours is none."""
        parts = _split(url)
        return parts is not None and self._is_ours(parts) and parts.scheme == self.scheme

    def page(self, text: str) -> str:
        """The address of a tracklist, the same for each of its spellings. Raises ForeignAddress."""
        parts = _split(text.strip())
        if parts is None or not self._is_ours(parts, upgraded=True):
            raise self._foreign(text)
        if parts.hostname == _SHORT_LINKS and _SHORT.fullmatch(parts.path):
            return f"{self.scheme}://{_SHORT_LINKS}{parts.path.rstrip('/')}"
        if not _PAGE.fullmatch(parts.path) or parts.hostname == _SHORT_LINKS:
            raise self._foreign(text)
        return f"{self.base}{parts.path}"

    def after(self, url: str, location: str) -> str:
        """Where a redirect leads. Raises ForeignAddress before anything is sent there."""
        try:
            target = urljoin(url, location)
        except ValueError:
            raise self._foreign(location) from None
        parts = _split(target)
        if parts is not None and parts.scheme != self.scheme and self._is_ours(parts, upgraded=True):
            target = f"{self.scheme}://{parts.hostname}{target.partition(parts.netloc)[2]}"
        if not self.owns(target):
            raise self._foreign(target)
        return target

    def _is_ours(self, parts: SplitResult, *, upgraded: bool = False) -> bool:
        """`upgraded`: an `http` that will be sent as our own scheme counts as well."""
        if parts.username is not None or parts.password is not None or parts.hostname not in self.hosts:
            return False
        if parts.scheme == self.scheme:
            return (parts.port or _PORTS[self.scheme]) == self.port
        return upgraded and parts.scheme == "http" and parts.port in {None, 80} and self.port == _PORTS["https"]

    def _foreign(self, text: str) -> ForeignAddress:
        return ForeignAddress(url=text[:200], example=f"{self.base}/tracklist/...")


def _is_base(parts: SplitResult) -> bool:
    beside = (parts.username, parts.password, parts.path.strip("/"), parts.query)
    return parts.scheme in _PORTS and parts.hostname is not None and not any(beside)


def _split(url: str) -> SplitResult | None:
    """None for what two readers might read in two ways: blanks, backslashes, control characters, other alphabets."""
    if len(url) > _LONGEST or not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        return None
    try:
        parts = urlsplit(url)
        _ = parts.port  # raises where it is no number
    except ValueError:
        return None
    return parts
