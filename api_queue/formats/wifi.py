"""The text of a QR code that lets a phone join a network, as ZXing has written it down and Android and iOS read it."""

from typing import Final

_ESCAPES: Final = str.maketrans({sign: f"\\{sign}" for sign in '\\;,":'})


def wifi_text(ssid: str, password: str = "", *, hidden: bool = False) -> str:
    """`WPA` is every kind of it; without a password the network is open."""
    security, secret = ("WPA", f"P:{password.translate(_ESCAPES)};") if password else ("nopass", "")
    return f"WIFI:T:{security};S:{ssid.translate(_ESCAPES)};{secret}{'H:true;' if hidden else ''};"
