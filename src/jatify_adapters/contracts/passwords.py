"""What every keeper of passwords promises."""

from typing import Final

import pytest

from jatify_core.ports import Passwords

PASSPHRASE: Final = "seven otters juggle plums"  # noqa: S105  # nobody's
ABOUT: Final = ("ada.lovelace@example.org", "ada.lovelace", "Ada Lovelace")


class PasswordsContract:
    """What everybody promises who implements `Passwords`. Subclass it and provide `passwords`."""

    async def test_a_password_is_known_by_its_hash(self, passwords: Passwords) -> None:
        hashed = await passwords.hash(PASSPHRASE)
        assert PASSPHRASE not in hashed
        assert await passwords.verify(PASSPHRASE, hashed)

    @pytest.mark.parametrize("other", ["", "seven otters", "Seven otters juggle plums", f"{PASSPHRASE} "])
    async def test_another_password_is_not_known(self, passwords: Passwords, other: str) -> None:
        assert not await passwords.verify(other, await passwords.hash(PASSPHRASE))

    @pytest.mark.parametrize("hashed", [None, "", "not a hash"])
    async def test_without_a_hash_nothing_is_known(self, passwords: Passwords, hashed: str | None) -> None:
        assert not await passwords.verify(PASSPHRASE, hashed)

    async def test_equal_passwords_have_different_hashes(self, passwords: Passwords) -> None:
        assert await passwords.hash(PASSPHRASE) != await passwords.hash(PASSPHRASE)

    async def test_a_fresh_hash_is_not_outdated(self, passwords: Passwords) -> None:
        assert not passwords.outdated(await passwords.hash(PASSPHRASE))

    async def test_a_passphrase_is_strong(self, passwords: Passwords) -> None:
        assert await passwords.weakness(PASSPHRASE, ABOUT) is None

    @pytest.mark.parametrize("weak", ["aaaaaaaa", "😀😀😀😀😀😀", "Ada Lovelace", "ADA.LOVELACE@example.org"])
    async def test_what_anybody_would_try_first_is_weak_and_the_reason_is_told(
        self, passwords: Passwords, weak: str
    ) -> None:
        reason = await passwords.weakness(weak, ABOUT)
        assert reason
        assert reason.endswith(".")
