"""A provider with moods, whose every answer names the call that it belongs to."""

import asyncio
from collections.abc import Callable
from contextvars import ContextVar
from datetime import timedelta
from random import Random
from typing import Final

from msgspec import Struct

from jatify_adapters.memory.analyzer import SCRIPTED, plausible
from jatify_core.analysis import AnalysisId, Identity, Material, Outage, Outcome, Reason, Refusal
from jatify_core.job import Job
from tests.simulation.ledger import Ledger
from tests.simulation.loop import PROCESS, Process, VirtualLoop
from tests.simulation.weather import MOODS, Answer, Weather

CLAIM: ContextVar[Job] = ContextVar("claim")
"""The job that the stepping runner has in hand."""

POISON: Final = "poison"
"""A resume with this word in it kills the process that reads it."""
FAILINGS: Final[tuple[Reason, ...]] = ("provider_unavailable", "network", "provider_error")
NOTICE: Final = 1.0
"""Seconds in which a process that was frozen must have found out what it lost."""


class Call(Struct):
    """A paid call that is under way."""

    analysis_id: AnalysisId
    run: int
    process: Process


def label(analysis_id: AnalysisId, run: int) -> str:
    """How an answer names the call it belongs to."""
    return f"call {analysis_id.int & 0xFFFF}/{run}"


class Provider:
    """The port `Analyzer`. It complains when two processes that could know better pay for the same analysis."""

    def __init__(self, loop: VirtualLoop, ledger: Ledger, weather: Weather, dice: Random) -> None:
        self._loop = loop
        self._ledger = ledger
        self._weather = weather
        self._dice = dice
        self.calls: list[Call] = []
        self.before_end: Callable[[], None] = lambda: None
        """Called as each call ends, while it still counts."""

    @property
    def identity(self) -> Identity:
        return SCRIPTED

    async def analyze(self, material: Material) -> Outcome:
        job, process = CLAIM.get(), PROCESS.get()
        if process is None or job.id != material.analysis_id:
            self._ledger.complain(f"{job.id} is analyzed as {material.analysis_id}")
        if POISON in material.resume:
            process.kill()
            await asyncio.sleep(0)
        call = Call(material.analysis_id, job.run, process)
        self._refuse_second_call(call)
        self.calls.append(call)
        try:
            answer = self._next_answer()
            self._ledger.note(f"{label(call.analysis_id, call.run)} begins, will get {answer}")
            await asyncio.sleep(100_000 if answer == "hang" else self._duration())
            return self._outcome(answer, material, label(call.analysis_id, call.run))
        finally:
            self.before_end()
            self.calls.remove(call)

    def _refuse_second_call(self, new: Call) -> None:
        for old in self.calls:
            if old.analysis_id == new.analysis_id:
                stale = min(new, old, key=lambda call: call.run)
                if self._could_know(stale.process):
                    words = label(stale.analysis_id, stale.run)
                    self._ledger.complain(
                        f"{stale.process.name} pays for {words}, and run {max(old.run, new.run)} runs"
                    )

    def _could_know(self, process: Process) -> bool:
        return not process.frozen and self._loop.time() > process.thawed_at + NOTICE

    def _next_answer(self) -> Answer:
        odds = MOODS[self._weather.mood]
        return self._dice.choices(list(odds), list(odds.values()))[0]

    def _duration(self) -> float:
        return self._dice.choice((0.1, 0.1, 1.0, 3.0, 10.0, 25.0)) * self._dice.uniform(0.5, 1)

    def _outcome(self, answer: Answer, material: Material, words: str) -> Outcome:
        if answer == "findings":
            return plausible(material, words)
        if answer in {"exception", "hang"}:
            raise RuntimeError(words)
        wait = timedelta(seconds=self._dice.uniform(1, 20))
        bad: dict[str, Outcome] = {
            "outage": Outage(self._dice.choice(FAILINGS), words),
            "limited": Outage("rate_limited", words, retry_after=wait),
            "key": Outage("unauthorized", words, pauses=True),
            "refusal": Refusal("refused", words),
            "nonsense": Outage("invalid_output", words, tries=2),
        }
        return bad[answer]
