"""Questions to the queue: users, resumes, listings and analyses, made by the core's own use cases."""

from datetime import UTC, datetime
from uuid import UUID

import uuid_utils
from msgspec import Struct

from jatify_core.analysis import Analysis
from jatify_core.job import Job, JobId
from jatify_core.listing import Listing, ListingDraft
from jatify_core.ports import Ports, Store
from jatify_core.resume import Resume, Upload
from jatify_core.use_cases.analyses import analyze
from jatify_core.use_cases.listings import create_listing
from jatify_core.use_cases.resumes import add_resume
from jatify_core.user import User, UserId
from tests.chaos.orders import Orders, first_line, new_word

CHORE = "chore"
"""A kind of job that is done as soon as it is begun, and leaves nothing behind."""


class Asked(Struct, frozen=True):
    """An analysis that was acknowledged, and the words that its report, and no other, has to quote."""

    id: UUID
    user_id: UUID
    resume_word: str
    listing_word: str


def new_user() -> User:
    id_ = UUID(int=uuid_utils.uuid7().int)
    return User(UserId(id_), f"{id_}@example.com", "Ada", "hashed", datetime.now(UTC))


async def registered(ports: Ports) -> User:
    user = new_user()
    async with ports.store.transaction() as tx:
        await tx.users.add(user)
    return user


async def uploaded(ports: Ports, user: User, orders: Orders, word: str) -> Resume:
    upload = Upload(f"{word}.txt", "text/plain", orders.resume(word).encode())
    return await add_resume(ports, user.id, upload)


async def found(ports: Ports, user: User, word: str) -> Listing:
    new = await create_listing(ports, user.id, ListingDraft(company="Loaf & Co", position=first_line(word)))
    return new.listing


async def ask(ports: Ports, number: int = 1, orders: Orders | None = None) -> list[Asked]:
    """So many analyses of one new user, each of a resume and a listing of its own, in this order."""
    user = await registered(ports)
    asked = []
    for _ in range(number):
        words = new_word(), new_word()
        resume = await uploaded(ports, user, orders or Orders(), words[0])
        listing = await found(ports, user, words[1])
        analysis: Analysis = (await analyze(ports, user.id, resume.id, listing.id)).analysis
        asked.append(Asked(analysis.id, user.id, *words))
    return asked


def chore(user_id: UserId) -> Job:
    """A job of a kind that leaves nothing behind."""
    return Job(id=JobId(UUID(int=uuid_utils.uuid7().int)), user_id=user_id, kind=CHORE, enqueued_at=datetime.now(UTC))


async def enqueue_chores(store: Store, user_id: UserId, number: int) -> None:
    """So many of them, in one transaction."""
    async with store.transaction() as tx:
        for _ in range(number):
            await tx.jobs.enqueue(chore(user_id))
