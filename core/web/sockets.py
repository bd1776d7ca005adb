"""Makes the server answer at once.

Streamlit binds its socket by hand, and for such a socket asyncio leaves Nagle's algorithm on:
every small answer, head and body in two writes, waits 40 ms for the viewer's delayed ACK.
"""

from __future__ import annotations

import os
import socket
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path


def send_without_delay(port: int) -> int:
    """Switch the delay off for the sockets of ours that listen on the port; answers how many.

    Accepted connections inherit the option from the socket that listens.
    """
    count = 0
    for sock in _listening(port):
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        count += 1
    return count


def _listening(port: int) -> Iterator[socket.socket]:
    for number in sorted(int(path.name) for path in Path("/dev/fd").iterdir()):
        with suppress(OSError):  # closed in the meantime
            if stat.S_ISSOCK(os.fstat(number).st_mode):
                sock = socket.socket(fileno=os.dup(number))
                if _listens(sock, port):
                    yield sock
                sock.close()


def _listens(sock: socket.socket, port: int) -> bool:
    if sock.family not in {socket.AF_INET, socket.AF_INET6}:
        return False
    listens = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)
    return bool(listens) and sock.getsockname()[1] == port
