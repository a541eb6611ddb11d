import socket
from contextlib import closing

import pytest

from infra.local.ports import PortTakenError, claim_port


def close_all(sockets: list[socket.socket]) -> None:
    for each in sockets:
        each.close()


def test_loopback_means_both_address_families_on_one_port() -> None:
    sockets = claim_port("127.0.0.1", 0)
    try:
        ports = {each.getsockname()[1] for each in sockets}
        assert len(ports) == 1
        for each in sockets:
            with socket.create_connection(each.getsockname()[:2]):
                pass
    finally:
        close_all(sockets)


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "0.0.0.0"])
def test_a_port_that_somebody_listens_on_is_told_by_its_number(host: str) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        other = socket.socket(family, socket.SOCK_STREAM)
        other.bind((host, 0))
    except OSError:
        pytest.skip(f"this machine has no {host}")
    with closing(other):
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(PortTakenError, match=f"Port {port} is taken"):
            claim_port("127.0.0.1", port)


def test_a_port_is_free_again_at_once() -> None:
    sockets = claim_port("127.0.0.1", 0)
    port = sockets[0].getsockname()[1]
    close_all(sockets)
    close_all(claim_port("127.0.0.1", port))
