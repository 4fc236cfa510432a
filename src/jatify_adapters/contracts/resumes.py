"""What every store promises about resumes."""

import pytest
from msgspec.structs import replace

from jatify_adapters.contracts.new_store import NewStore
from jatify_adapters.contracts.samples import (
    MINUTE,
    NEWEST_LETTERS,
    RESUME_TEXT,
    Seeker,
    a_completed,
    a_resume,
    a_seeker,
    a_stored_resume,
    an_application,
    ask,
    claim,
    claim_one,
    first_step,
    queued,
    settle,
    strangers_id,
    unknown_id,
    walk,
)
from jatify_core.errors import NotFound
from jatify_core.job import End
from jatify_core.paging import Page, Sort, Window
from jatify_core.resume import SORT_KEYS, Kept, Resume, ResumeFilter, ResumeId

OLDEST_FIRST = Window(Sort("created_at"))


class ResumesContract:
    """What every store promises about its resumes. Subclass it and provide `new_store`."""

    async def test_a_resume_comes_back_with_its_file_and_text_to_the_byte(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        resume = replace(a_resume(seeker.user.id, new_store.now()), pages=2)
        content, text = bytes(range(256)), "Zoë\n\tünïcode \U0001f600\n"
        async with new_store.store.transaction() as tx:
            await tx.resumes.add(resume, content, text)
        async with new_store.store.transaction() as tx:
            assert await tx.resumes.get(seeker.user.id, resume.id) == resume
            assert await tx.resumes.content(seeker.user.id, resume.id) == content
            assert await tx.resumes.text(seeker.user.id, resume.id) == text

    async def test_a_resume_that_is_missing_or_anothers_is_not_found(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        resume = await a_stored_resume(new_store, seeker)
        async with new_store.store.transaction() as tx:
            for user_id, resume_id in ((strangers_id(), resume.id), (seeker.user.id, ResumeId(unknown_id()))):
                for read in (tx.resumes.get, tx.resumes.content, tx.resumes.text, tx.resumes.remove):
                    with pytest.raises(NotFound):
                        await read(user_id, resume_id)
                with pytest.raises(NotFound):
                    await tx.resumes.get(user_id, resume_id, lock=True)

    async def test_saving_replaces_the_name(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        resume = await a_stored_resume(new_store, seeker)
        renamed = replace(resume, name="For banks", updated_at=resume.updated_at + MINUTE, version=2)
        async with new_store.store.transaction() as tx:
            await tx.resumes.get(seeker.user.id, resume.id, lock=True)
            await tx.resumes.save(renamed)
        async with new_store.store.transaction() as tx:
            assert await tx.resumes.get(seeker.user.id, resume.id) == renamed
            assert await tx.resumes.text(seeker.user.id, resume.id) == RESUME_TEXT

    async def test_a_removed_resume_is_gone_and_its_applications_stay_unlinked(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        resume = await a_stored_resume(new_store, seeker)
        application = an_application(seeker.listing, new_store.now(), resume.id)
        async with new_store.store.transaction() as tx:
            await tx.applications.add(application, first_step(application))
        await _remove(new_store, resume)
        async with new_store.store.transaction() as tx:
            with pytest.raises(NotFound):
                await tx.resumes.get(seeker.user.id, resume.id)
            with pytest.raises(NotFound):
                await tx.resumes.text(seeker.user.id, resume.id)
            kept = await tx.applications.get(seeker.user.id, application.id)
        assert kept.updated_at >= application.updated_at
        unlinked = replace(application, resume_id=None, version=2, updated_at=kept.updated_at)
        assert kept == replace(unlinked, history=(first_step(application),), links=kept.links)
        assert [link.resume for link in kept.links] == [None]

    async def test_a_resume_goes_with_its_analyses_their_jobs_and_dead_letters(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        resume = await a_stored_resume(new_store, seeker)
        dead = await ask(new_store, resume, None)
        await settle(new_store, End.buried(await claim_one(new_store), "refused", "It declined."))
        running = await ask(new_store, resume, seeker.listing)
        claimed = await claim_one(new_store)
        other = await queued(new_store, seeker)
        await _remove(new_store, resume)
        async with new_store.store.transaction() as tx:
            for gone in (dead, running):
                with pytest.raises(NotFound):
                    await tx.analyses.get(seeker.user.id, gone.id)
            assert not (await tx.dead_letters.page(seeker.user.id, NEWEST_LETTERS)).items
        lost = End.succeeded(claimed, a_completed(running, new_store.now()))
        assert list(await settle(new_store, lost)) == [lost]
        assert [job.id for job in await claim(new_store, 10)] == [other.id]

    async def test_a_search_finds_words_of_name_and_file_name(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        resume = a_resume(seeker.user.id, new_store.now(), "For Banks", "Lovelace_100%.txt")
        async with new_store.store.transaction() as tx:
            await tx.resumes.add(resume, b"", "")
        for q, found in (("banks", True), ("LOVELACE", True), ("100%.t", True), ("r_b", False), ("%", True)):
            assert await _matching(new_store, seeker, q) == ([resume] if found else [])

    @pytest.mark.parametrize("descending", [False, True])
    @pytest.mark.parametrize("key", SORT_KEYS)
    async def test_pages_hold_every_resume_once_in_order(
        self, new_store: NewStore, key: str, *, descending: bool
    ) -> None:
        seeker = await a_seeker(new_store)
        resumes = [
            a_resume(seeker.user.id, new_store.now() + MINUTE * (i // 2), name)
            for i, name in enumerate(["b", "B", "a", "ä", "b"])
        ]
        async with new_store.store.transaction() as tx:
            for resume in resumes:
                await tx.resumes.add(resume, b"", "")

        async def fetch(window: Window) -> Page[Resume]:
            async with new_store.store.transaction() as tx:
                return await tx.resumes.page(seeker.user.id, ResumeFilter(window))

        in_order = sorted(resumes, key=lambda row: (getattr(row, key), row.id), reverse=descending)
        for limit in (1, 2, 5):
            assert await walk(fetch, Sort(key, descending), limit) == in_order

    async def test_what_a_user_keeps_is_counted_by_files_and_bytes(self, new_store: NewStore) -> None:
        seeker, other = await a_seeker(new_store), await a_seeker(new_store)
        assert await _kept(new_store, seeker) == Kept(0, 0)
        resumes = [await a_stored_resume(new_store, seeker) for _ in range(3)]
        await a_stored_resume(new_store, other)
        assert await _kept(new_store, seeker) == Kept(3, sum(resume.size for resume in resumes))
        await _remove(new_store, resumes[0])
        assert await _kept(new_store, seeker) == Kept(2, sum(resume.size for resume in resumes[1:]))

    async def test_nobody_lists_anothers_resumes(self, new_store: NewStore) -> None:
        seeker, other = await a_seeker(new_store), await a_seeker(new_store)
        resume = await a_stored_resume(new_store, seeker)
        assert await _matching(new_store, seeker) == [resume]
        assert await _matching(new_store, other) == []


async def _kept(new_store: NewStore, seeker: Seeker) -> Kept:
    async with new_store.store.transaction() as tx:
        return await tx.resumes.kept(seeker.user.id)


async def _remove(new_store: NewStore, resume: Resume) -> None:
    async with new_store.store.transaction() as tx:
        await tx.resumes.remove(resume.user_id, resume.id)


async def _matching(new_store: NewStore, seeker: Seeker, q: str | None = None) -> list[Resume]:
    async with new_store.store.transaction() as tx:
        return list((await tx.resumes.page(seeker.user.id, ResumeFilter(OLDEST_FIRST, q))).items)
