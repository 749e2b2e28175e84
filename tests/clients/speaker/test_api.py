"""The way to the server, where it cannot be used: in words for whoever stands before the speaker."""

import asyncio
import ssl
import subprocess
from pathlib import Path

import pytest

from api_queue.clients.speaker.api import Api, Away
from api_queue.clients.speaker.clock import ServerClock
from tests.tools import needs


def self_signed(folder: Path) -> ssl.SSLContext:
    words = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=127.0.0.1"]
    names = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", f"{folder}/key.pem", "-out", f"{folder}/cert.pem"]
    subprocess.run([needs("openssl"), *words, *names], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context


async def why_away(url: str) -> str:
    api = Api(url, ServerClock())
    with pytest.raises(Away) as away:
        await api.found()
    await api.close()
    return str(away.value)


async def test_a_certificate_of_its_own_is_named_and_taken_when_it_is_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = await asyncio.start_server(
        lambda _reader, writer: writer.close(), "127.0.0.1", 0, ssl=self_signed(tmp_path)
    )
    async with server:
        url = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        assert "not trusted here; SSL_CERT_FILE" in await why_away(url)

        monkeypatch.setenv("SSL_CERT_FILE", f"{tmp_path}/cert.pem")
        assert await why_away(url) == "the connection broke"


async def test_nobody_at_the_address_is_told_as_the_system_tells_it() -> None:
    assert await why_away("http://127.0.0.1:1") == "All connection attempts failed"
