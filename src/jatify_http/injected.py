"""What handlers are given besides path and body, by the names that `app` provides them under."""

from typing import TypeVar

from litestar.di import NamedDependency
from msgspec import Struct

from jatify_core.ports import Ports
from jatify_core.user import Caller
from jatify_http.feed import Feed
from jatify_http.schemas.lists import ListQuery
from jatify_http.uploads import ResumeForm
from jatify_http.waiting import Patience

Q = TypeVar("Q", bound=ListQuery)
A = TypeVar("A", bound=Struct)

InPorts = NamedDependency[Ports]
InCaller = NamedDependency[Caller]
InFeed = NamedDependency[Feed]
InAddress = NamedDependency[str]
"""Whose request it is, as far as attempts are counted; empty where there is no address."""
InForm = NamedDependency[ResumeForm]
InPatience = NamedDependency[Patience]
Where = NamedDependency[Q]
"""The query, read as exactly this."""
Asked = NamedDependency[A]
"""The same where what is asked for is no list."""
IfMatch = NamedDependency[int | None]
"""The version that a change is meant for; None if any will do."""
After = NamedDependency[int | None]
"""The number of the last event that a caller has received; None if he wants no older ones."""
