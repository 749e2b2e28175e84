"""Redis over TLS: with the certificate of who signed it, and not without."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from api_queue.drivers.redis import connect
from api_queue.errors import Unavailable
from tests.clients.speaker.test_api import self_signed
from tests.engines.redis_servers import Server, free_port


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Signed by itself, for this machine; its key is beside it."""
    folder = tmp_path_factory.mktemp("certificate")
    self_signed(folder)
    return folder / "cert.pem"


@pytest.fixture(scope="module")
def tls_port(certificate: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    port, key = free_port(), certificate.with_name("key.pem")
    files = (f"tls-cert-file {certificate}", f"tls-key-file {key}", f"tls-ca-cert-file {certificate}")
    server = Server(tmp_path_factory.mktemp("tls") / "redis", f"tls-port {port}", "tls-auth-clients no", *files)
    yield port
    server.kill()


async def test_who_knows_the_certificate_gets_answers(tls_port: int, certificate: Path) -> None:
    redis = connect(f"rediss://127.0.0.1:{tls_port}?ssl_ca_certs={certificate}")
    assert await redis.call("ECHO", "safe") == "safe"
    async with redis.pubsub() as pubsub:
        await pubsub.subscribe("bell")
    await redis.close()


async def test_a_certificate_that_nobody_known_has_signed_is_not_believed(tls_port: int) -> None:
    redis = connect(f"rediss://127.0.0.1:{tls_port}")
    with pytest.raises(Unavailable):
        await redis.call("ECHO", "safe")
    await redis.close()
