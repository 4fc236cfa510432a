"""Which passwords an account may have: long enough, and not among the first that anybody would try."""

from jatify_core.errors import Invalid
from jatify_core.ports import Ports
from jatify_core.user import checked_password


async def accepted_password(ports: Ports, password: str, email: str, name: str, pointer: str = "/password") -> str:
    """Return *password* if the account with *email* and *name* may have it; else raise `Invalid` with the reason."""
    checked_password(password, ports.policy.password_min, pointer)
    if reason := await ports.passwords.weakness(password, (email, email.partition("@")[0], name)):
        raise Invalid.at(pointer, "too_weak", reason)
    return password
