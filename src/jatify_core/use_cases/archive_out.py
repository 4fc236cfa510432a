"""Take everything along: all that is a user's own, read page by page, so that no export holds the house up.

Each page is a transaction of its own: whoever reads slowly keeps no connection, and a row that goes meanwhile is not
there any more.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Final, TypeVar

from jatify_core.analysis import Analysis
from jatify_core.application import Application, Status
from jatify_core.dead_letter import DeadLetter, DeadLetterFilter
from jatify_core.errors import NotFound
from jatify_core.listing import Listing, ListingFilter
from jatify_core.paging import Page, Sort, Window, walked
from jatify_core.ports import Ports, Transaction
from jatify_core.resume import Resume, ResumeFilter
from jatify_core.use_cases.statuses import list_statuses
from jatify_core.user import Session, UserId

T = TypeVar("T")

OLDEST_FIRST: Final = Sort("created_at")
BATCH: Final = 20
"""Rows in memory at a time: an application or a report may have a hundred kilobytes."""


async def own_statuses(ports: Ports, user_id: UserId) -> AsyncIterator[Status]:
    """The pipeline, by whose statuses applications and their steps go; it is no longer than a page."""
    for used in await list_statuses(ports, user_id):
        yield used.status


def own_listings(ports: Ports, user_id: UserId) -> AsyncIterator[Listing]:
    """Every listing."""
    return _walk(ports, user_id, lambda tx, window: tx.listings.page(user_id, ListingFilter(window)))


def own_applications(ports: Ports, user_id: UserId) -> AsyncIterator[Application]:
    """Every application with its history, also those that he deleted, which are hidden and kept."""
    return _walk(ports, user_id, lambda tx, window: tx.applications.archive(user_id, window))


def own_resumes(ports: Ports, user_id: UserId) -> AsyncIterator[Resume]:
    """The facts about every resume."""
    return _walk(ports, user_id, lambda tx, window: tx.resumes.page(user_id, ResumeFilter(window)))


async def own_analyses(ports: Ports, user_id: UserId) -> AsyncIterator[Analysis]:
    """Every analysis with its report, resume by resume."""
    async for resume in own_resumes(ports, user_id):
        async for analysis in _walk(ports, user_id, _of_resume(resume)):
            yield analysis


def own_dead_letters(ports: Ports, user_id: UserId) -> AsyncIterator[DeadLetter]:
    """Every dead letter."""
    return _walk(
        ports,
        user_id,
        lambda tx, window: tx.dead_letters.page(user_id, DeadLetterFilter(window)),
        Sort("failed_at"),
    )


def own_sessions(ports: Ports, user_id: UserId) -> AsyncIterator[Session]:
    """Every login that is still stored."""
    return _walk(ports, user_id, lambda tx, window: tx.sessions.page(user_id, window))


async def own_contents(ports: Ports, user_id: UserId) -> AsyncIterator[tuple[Resume, bytes, str]]:
    """Every resume with its file and its text, one at a time."""
    async for resume in own_resumes(ports, user_id):
        try:
            async with ports.store.transaction(user_id) as tx:
                content, text = await tx.resumes.content(user_id, resume.id), await tx.resumes.text(user_id, resume.id)
        except NotFound:
            continue  # deleted since its page was read
        yield resume, content, text


def _of_resume(resume: Resume) -> Callable[[Transaction, Window], Awaitable[Page[Analysis]]]:
    return lambda tx, window: tx.analyses.page(resume.user_id, resume.id, window)


def _walk(
    ports: Ports,
    user_id: UserId,
    fetch: Callable[[Transaction, Window], Awaitable[Page[T]]],
    sort: Sort = OLDEST_FIRST,
) -> AsyncIterator[T]:
    async def fetched(window: Window) -> Page[T]:
        async with ports.store.transaction(user_id) as tx:
            return await fetch(tx, window)

    return walked(fetched, sort, BATCH)
