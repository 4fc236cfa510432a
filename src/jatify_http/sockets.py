"""Addresses to listen on: taken before anything else is started, so that trouble with them is told first."""

import socket

BACKLOG = 1_024
UNREAD_FOR = 60_000
"""Milliseconds after which the system gives up on a peer that takes nothing of what is sent to him."""


class ListenError(Exception):
    """The address cannot be listened on; the text says what to do."""


def bind(host: str, port: int, names: str = "JATIFY_HOST and JATIFY_PORT") -> socket.socket:
    """A listening socket. Raises `ListenError`, which tells the *names* of the settings that chose it."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        raise ListenError(
            f"Cannot listen on {host} port {port} ({error.strerror or error}). "
            f"Stop what uses it, or choose another {names}."
        ) from None
    if hasattr(socket, "TCP_USER_TIMEOUT"):  # those who connect inherit it
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNREAD_FOR)
    return listener
