"""Dead letters in memory."""

from collections.abc import Sequence

from msgspec.structs import replace

from jatify_adapters.memory.pages import page
from jatify_adapters.memory.queue import apart, insert, twin
from jatify_adapters.memory.tables import Draft, Letter, owned
from jatify_core.analysis import AnalysisId
from jatify_core.dead_letter import BuriedJob, DeadLetter, DeadLetterFilter, DeadLetterId, Requeued, Selection, Skipped
from jatify_core.errors import NotFound
from jatify_core.job import Job
from jatify_core.paging import Page
from jatify_core.user import UserId


class MemoryDeadLetters:
    """The port `DeadLetters`, inside one transaction."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft

    async def page(self, user_id: UserId, where: DeadLetterFilter) -> Page[DeadLetter]:
        """Dead letters that match."""
        letters = (letter for letter in self._of(user_id) if where.reason in (None, letter.reason))
        return page(map(self._shown, letters), where.window)

    async def requeue(self, user_id: UserId, selection: Selection, limit: int | None = None) -> Requeued:
        """Give dead letters a new life."""
        letters = [letter for letter in self._of(user_id) if _selects(selection, letter)]
        known = {letter.id for letter in letters}
        skipped = [Skipped(wanted, "not_found") for wanted in selection.ids or () if wanted not in known]
        living: list[Letter] = []
        in_order = sorted(letters, key=lambda letter: (letter.failed_at, letter.id))
        for letter in in_order[:limit]:
            if twin(self._draft, letter.job):
                skipped.append(Skipped(letter.id, "already_live"))
            else:
                self._revive(letter)
                living.append(letter)
        skipped += [Skipped(letter.id, "over_limit") for letter in in_order[len(in_order[:limit]) :]]
        return Requeued(
            ids=tuple(letter.id for letter in living),
            analyses=tuple(AnalysisId(letter.job.id) for letter in living),
            skipped=tuple(skipped),
        )

    async def remove(self, user_id: UserId, dead_letter_id: DeadLetterId) -> None:
        """Delete a dead letter."""
        owned(self._draft.tables.letters, user_id, dead_letter_id)
        del self._draft.tables.letters[dead_letter_id]

    async def take_in(self, letters: Sequence[tuple[DeadLetter, Job]]) -> None:
        """Store dead letters with their jobs."""
        for letter, job in letters:
            owned(self._draft.tables.analyses, letter.user_id, letter.analysis_id)
            self._draft.tables.letters[letter.id] = Letter(
                id=letter.id, job=apart(job), reason=letter.reason, message=letter.message, failed_at=letter.failed_at
            )

    async def everybodys(self, where: DeadLetterFilter) -> Page[BuriedJob]:
        """Dead letters of every user that match."""
        letters = self._draft.tables.letters.values()
        return page((_buried(letter) for letter in letters if where.reason in (None, letter.reason)), where.window)

    async def owner(self, dead_letter_id: DeadLetterId) -> UserId:
        """Whose dead letter it is."""
        letter = self._draft.tables.letters.get(dead_letter_id)
        if letter is None:
            raise NotFound
        return letter.user_id

    def _of(self, user_id: UserId) -> list[Letter]:
        return [letter for letter in self._draft.tables.letters.values() if letter.user_id == user_id]

    def _revive(self, letter: Letter) -> None:
        job = letter.job
        fresh = replace(job, attempt=0, crashes=0, snoozes=0, requeues=job.requeues + 1, claimed_at=None)
        insert(self._draft, fresh)
        del self._draft.tables.letters[letter.id]

    def _shown(self, letter: Letter) -> DeadLetter:
        tables, job = self._draft.tables, letter.job
        analysis = tables.analyses[AnalysisId(job.id)]
        listing = tables.listings[analysis.listing_id] if analysis.listing_id else None
        return DeadLetter(
            id=letter.id,
            user_id=job.user_id,
            analysis_id=analysis.id,
            resume_id=analysis.resume_id,
            listing_id=analysis.listing_id,
            resume_name=tables.resumes[analysis.resume_id].resume.name,
            company=listing.company if listing else None,
            position=listing.position if listing else None,
            reason=letter.reason,
            message=letter.message,
            attempts=job.attempt,
            errors=job.errors,
            enqueued_at=job.enqueued_at,
            failed_at=letter.failed_at,
            requeues=job.requeues,
        )


def _selects(selection: Selection, letter: Letter) -> bool:
    if selection.ids is not None:
        return letter.id in selection.ids
    return selection.reason in (None, letter.reason)


def _buried(letter: Letter) -> BuriedJob:
    job = letter.job
    return BuriedJob(
        id=letter.id,
        user_id=job.user_id,
        job_id=job.id,
        kind=job.kind,
        reason=letter.reason,
        attempts=job.attempt,
        enqueued_at=job.enqueued_at,
        failed_at=letter.failed_at,
        requeues=job.requeues,
    )
