"""People: they ask, drop and requeue at times of their own, and remember what they were told."""

import asyncio
from random import Random
from typing import Final

from jatify_core.analysis import Analysis, AnalysisId
from jatify_core.dead_letter import DeadLetterFilter, DeadLetterId, Selection
from jatify_core.errors import JatifyError
from jatify_core.listing import Listing, ListingDraft, ListingId
from jatify_core.paging import Sort, Window
from jatify_core.ports import Ports, Transaction
from jatify_core.resume import Extracted, Resume, ResumeId, Upload
from jatify_core.use_cases.analyses import analyze, drop_analysis
from jatify_core.use_cases.dead_letters import delete_dead_letter, list_dead_letters, requeue, requeue_one
from jatify_core.use_cases.listings import delete_listing
from jatify_core.use_cases.resumes import delete_resume
from jatify_core.user import User, UserId
from tests.simulation.audit import INTENT, Auditor
from tests.simulation.ledger import Ledger
from tests.simulation.provider import POISON
from tests.simulation.weather import Scenario

LETTERS: Final = DeadLetterFilter(Window(Sort("failed_at", descending=True), limit=100))
DEEDS: Final = 5
"""How many things a person does in a storm."""


class Person:
    """One user with his resumes and listings. What fails he tries once more, as a client may."""

    def __init__(self, name: str, ports: Ports, ledger: Ledger, auditor: Auditor, dice: Random) -> None:
        self.name = name
        self._ports = ports
        self._ledger = ledger
        self._auditor = auditor
        self._dice = dice
        self._id = UserId(ports.new_id())
        self._resumes: list[ResumeId] = []
        self._listings: list[ListingId] = []
        self._told: list[AnalysisId] = []
        self._deeds = {
            self._ask: 12,
            self._ask_again: 2,
            self._requeue_one: 2,
            self._requeue_some: 2,
            self._drop_analysis: 2,
            self._drop_letter: 1,
            self._drop_resume: 1,
            self._drop_listing: 1,
        }

    async def move_in(self, tx: Transaction, *, poisoned: bool) -> None:
        """Become known, with two resumes, one of them perhaps *poisoned*, and two listings."""
        await tx.users.add(User(self._id, f"{self.name}@example.org", self.name, "", self._ports.clock()))
        for number in range(2):
            taste = POISON if poisoned and not number else "sourdough"
            self._resumes.append(await self._add_resume(tx, f"Resume {number} of {self.name}: baked {taste} by hand."))
            draft = ListingDraft("Loaf & Co", f"Baker {number}")
            listing = Listing.of(draft, ListingId(self._ports.new_id()), self._id, self._ports.clock())
            await tx.listings.add(listing)
            self._listings.append(listing.id)

    async def live(self, scenario: Scenario) -> None:
        """Do a few things at any time of the storm, some of them in a rush."""
        hours = sorted(self._dice.choice((1.0, self._dice.uniform(0, scenario.storm))) for _ in range(DEEDS))
        for before, hour in zip([0.0, *hours], hours, strict=False):
            await asyncio.sleep(hour - before + self._dice.uniform(0, 0.02))
            await self._do_something()

    async def ask_last(self) -> None:
        """Ask about a resume that nobody has asked about before."""
        async with self._ports.store.transaction() as tx:
            resume_id = await self._add_resume(tx, f"The last resume of {self.name}: sang while baking.")
        self._remember((await analyze(self._ports, self._id, resume_id, None)).analysis)

    async def _do_something(self) -> None:
        (deed,) = self._dice.choices(list(self._deeds), list(self._deeds.values()))
        for _ in range(2):
            try:
                await deed()
                break
            except (JatifyError, ValueError) as refused:
                self._ledger.note(f"{deed.__name__[1:]} got {type(refused).__name__}: {refused}")
            finally:
                INTENT.set(frozenset())
            await asyncio.sleep(self._dice.uniform(0.1, 2))

    async def _ask(self, *, force: bool = False) -> None:
        resume_id, listing_id = self._dice.choice(self._resumes), self._dice.choice((*self._listings, None))
        self._remember((await analyze(self._ports, self._id, resume_id, listing_id, force=force)).analysis)

    async def _ask_again(self) -> None:
        await self._ask(force=True)

    async def _requeue_one(self) -> None:
        if letter_id := await self._some_letter():
            self._remember(await requeue_one(self._ports, self._id, letter_id))

    async def _requeue_some(self) -> None:
        letter_id = await self._some_letter()
        ids = (letter_id,) if letter_id else None
        selections = (Selection(), Selection(reason="refused"), Selection(ids=ids))
        requeued = await requeue(self._ports, self._id, self._dice.choice(selections))
        self._ledger.note(f"requeued {len(requeued.ids)}, skipped {len(requeued.skipped)}")

    async def _drop_analysis(self) -> None:
        if self._told:
            analysis_id = self._dice.choice(self._told)
            INTENT.set(frozenset({analysis_id}))
            await drop_analysis(self._ports, self._id, analysis_id)

    async def _drop_letter(self) -> None:
        if letter_id := await self._some_letter():
            INTENT.set(frozenset({letter_id}))
            await delete_dead_letter(self._ports, self._id, letter_id)

    async def _drop_resume(self) -> None:
        resume_id = self._dice.choice(self._resumes)
        INTENT.set(frozenset({resume_id}))
        await delete_resume(self._ports, self._id, resume_id)

    async def _drop_listing(self) -> None:
        listing_id = self._dice.choice(self._listings)
        INTENT.set(frozenset({listing_id}))
        await delete_listing(self._ports, self._id, listing_id)

    async def _some_letter(self) -> DeadLetterId | None:
        letters = (await list_dead_letters(self._ports, self._id, LETTERS)).items
        return self._dice.choice(letters).id if letters else None

    async def _add_resume(self, tx: Transaction, text: str) -> ResumeId:
        upload = Upload("resume.txt", "text/plain", text.encode())
        resume_id = ResumeId(self._ports.new_id())
        extracted = Extracted("text/plain", text, pages=None)
        resume = Resume.of(upload, extracted, resume_id, self._id, "Resume", self._ports.clock())
        await tx.resumes.add(resume, upload.content, text)
        return resume_id

    def _remember(self, analysis: Analysis) -> None:
        self._ledger.note(f"was told of job {analysis.id.int & 0xFFFF}, {analysis.state}")
        self._told.append(analysis.id)
        self._auditor.acknowledge(analysis)
