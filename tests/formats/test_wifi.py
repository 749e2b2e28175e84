"""The text that joins a network."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api_queue.formats.wifi import wifi_text


@pytest.mark.parametrize(
    ("ssid", "password", "hidden", "text"),
    [
        ("Home", "seven owls", False, "WIFI:T:WPA;S:Home;P:seven owls;;"),
        ("Café", "", False, "WIFI:T:nopass;S:Café;;"),
        ("Home", "seven owls", True, "WIFI:T:WPA;S:Home;P:seven owls;H:true;;"),
        (r"a;b\c", '"x",y:12', False, r"WIFI:T:WPA;S:a\;b\\c;P:\"x\"\,y\:12;;"),
    ],
)
def test_it_is_as_phones_read_it(ssid: str, password: str, hidden: bool, text: str) -> None:
    assert wifi_text(ssid, password, hidden=hidden) == text


@given(st.text(min_size=1), st.text(min_size=1))
def test_each_field_is_read_back_whatever_signs_it_has(ssid: str, password: str) -> None:
    fields = re.findall(r"([A-Z]):((?:\\.|[^\\;])*);", wifi_text(ssid, password), re.DOTALL)
    told = {name: re.sub(r"\\(.)", r"\1", value, flags=re.DOTALL) for name, value in fields}
    assert (told["S"], told["P"]) == (ssid, password)
