"""The server's socket answers without waiting for the viewer's ACK."""

from __future__ import annotations

import os
import socket
from pathlib import Path

from core.web.sockets import send_without_delay


def nodelay(sock):
    return sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0


def test_connections_that_are_accepted_afterwards_send_at_once():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        assert send_without_delay(listener.getsockname()[1]) == 1

        with socket.create_connection(listener.getsockname()), listener.accept()[0] as accepted:
            assert nodelay(accepted)


def test_other_sockets_and_files_are_left_alone():
    with socket.create_server(("127.0.0.1", 0)) as listener, Path(os.devnull).open() as file:
        open_before = len(list(Path("/dev/fd").iterdir()))

        assert send_without_delay(1) == 0

        assert not nodelay(listener)
        assert not file.closed
        assert len(list(Path("/dev/fd").iterdir())) == open_before
