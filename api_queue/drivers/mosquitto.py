"""The configuration with which `mosquitto` from PATH is our embedded broker.

`config/mosquitto.conf` gives the same rules to people who run their own; a test holds the two equal.
"""

import base64
import hashlib
import ipaddress
import os
import secrets
import shutil
import socket
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

#: Debian keeps daemons where the PATH of an ordinary user does not look.
_SBIN: Final = "/usr/local/sbin:/usr/sbin"

ACL: Final = """\
# Without a login: read everything. The pattern # leaves out the broker's own $SYS.
topic read #

user {publisher}
topic readwrite #

# It reads everything too, presses the buttons of queues, and says that it is there.
user {home}
topic read #
topic write {prefix}/queue/+/press
topic write {discovery}/status
"""
#: Home Assistant's login.
HOME: Final = "home_assistant"

#: What guests may do and cost, the same for every listener; times are seconds.
RULES: Final = """\
per_listener_settings false
allow_anonymous true
max_packet_size 16777216
# What waits for one reader that is slow or away; the first limit that is reached counts.
max_queued_messages 1000
max_queued_bytes 33554432
queue_qos0_messages false
# A client that asks for a persistent session keeps it for a day, over a restart of the broker too. After a kill those
# are lost that began since the last save, and their clients would hear nothing, thinking that they had subscribed.
persistence true
persistent_client_expiration 1d
autosave_interval 5
# Whoever reaches a listener can have as many such sessions as they like, with as many subscriptions. 500 readers with
# 300 kB on the way to each are 150 MB; the file is about a quarter of this.
memory_limit 536870912
# Browsers send the cookies of every server on this host, whatever the port.
websockets_headers_size 8192
sys_interval 0
connection_messages false
set_tcp_nodelay true
"""


def find_binary() -> str | None:
    return shutil.which("mosquitto", path=f"{os.environ.get('PATH', os.defpath)}:{_SBIN}")


@dataclass(frozen=True)
class Logins:
    """Who may say something. Without a password there is no Home Assistant."""

    publisher: str
    password: str = field(repr=False)
    home_password: str = field(default="", repr=False)
    prefix: str = "api_queue"
    discovery: str = "homeassistant"

    def passwords(self) -> str:
        home = _hashed(HOME, self.home_password) if self.home_password else ""
        return _hashed(self.publisher, self.password) + home

    def rules(self) -> str:
        return ACL.format(publisher=self.publisher, home=HOME, prefix=self.prefix, discovery=self.discovery)


def write_configuration(folder: Path, host: str, port: int, ws_port: int, logins: Logins) -> Path:
    """What is written only its own user can read."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _write(folder / "mosquitto.passwd", logins.passwords())
    _write(folder / "mosquitto.acl", logins.rules())
    return _write(folder / "mosquitto.conf", _configuration(folder, host, port, ws_port))


def _configuration(folder: Path, host: str, port: int, ws_port: int) -> str:
    address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][4][0]
    # Without it the websocket listener of 2.0 takes every address, whatever it was told.
    domain = f"socket_domain ipv{ipaddress.ip_address(address).version}"
    lines = [
        f"persistence_location {folder}/",
        f"password_file {folder}/mosquitto.passwd",
        f"acl_file {folder}/mosquitto.acl",
        "log_dest stderr",
        "log_type error",
        "log_type warning",
        # Started by root it would change to a user of its own, who cannot read this folder.
        *(["user root"] if os.geteuid() == 0 else []),
        # 2.0.11 does not start with a websocket listener alone.
        f"listener {port} {address}",
        domain,
        f"listener {ws_port} {address}",
        domain,
        "protocol websockets",
    ]
    return RULES + "\n".join(lines) + "\n"


def _hashed(name: str, password: str) -> str:
    """A line of a password file, as `mosquitto_passwd` writes it; that program takes the password as an argument."""
    salt, rounds = secrets.token_bytes(12), 101
    key = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, rounds)
    return f"{name}:$7${rounds}${base64.b64encode(salt).decode()}${base64.b64encode(key).decode()}\n"


def _write(path: Path, text: str) -> Path:
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_text(text, encoding="utf-8")
    return path
