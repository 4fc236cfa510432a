"""Which passwords an account may have: long enough, and not among the first that anybody would try."""

from jatify_core.ports import Ports
from jatify_core.user import checked_password


async def accepted_password(
    ports: Ports,
    password: str,
    email: str,  # noqa: ARG001  # what a judge of strength asks for
    name: str,  # noqa: ARG001  # the same
    pointer: str = "/password",
) -> str:
    """Return *password* if the account with *email* and *name* may have it; else raise `Invalid` with the reason."""
    return checked_password(password, ports.policy.password_min, pointer)
