"""The suites that every adapter of a port must pass: subclass a contract and provide the fixture `new_store`."""

import pytest

# A contract's bare asserts explain themselves only if pytest rewrites them, and these are no test files of its own.
pytest.register_assert_rewrite(
    *(
        f"{__name__}.{module}"
        for module in (
            "analyses",
            "applications",
            "bell",
            "calendar_links",
            "dead_letters",
            "drops",
            "ends",
            "everybodys",
            "farewells",
            "events",
            "imports",
            "jobs",
            "leases",
            "listings",
            "passwords",
            "pauses",
            "places",
            "queue_machine",
            "reminders",
            "archives",
            "resumes",
            "samples",
            "tally",
            "throttle",
            "transactions",
            "users",
        )
    )
)
