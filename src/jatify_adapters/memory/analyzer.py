"""An analyzer that answers what a test tells it to."""

from collections import deque
from collections.abc import Iterable
from typing import Final

import anyio

from jatify_adapters.memory.tables import refuse_inside_transaction
from jatify_core.analysis import Findings, Identity, Material, Outcome, Usage
from jatify_core.findings import Proposal, ProposedPoint, ProposedScore, ProposedSkill, Quote, Suggestion, weights

SCRIPTED: Final = Identity("scripted", "scripted/1", "1")


class ScriptedAnalyzer:
    """The port `Analyzer`, played from a script; when that is over, it finds something good about everybody.

    *script* holds answers, given one a call, and exceptions, raised instead. `calls` are the materials it was asked
    about. While `hold` is an event that is not set, calls wait for it.
    """

    def __init__(self, script: Iterable[Outcome | Exception] = (), *, identity: Identity = SCRIPTED) -> None:
        self._script = deque(script)
        self._identity = identity
        self.calls: list[Material] = []
        self.hold: anyio.Event | None = None

    @property
    def identity(self) -> Identity:
        """Who it says it is."""
        return self._identity

    async def analyze(self, material: Material) -> Outcome:
        """Answer, and remember the question."""
        refuse_inside_transaction("An analyzer was called")
        self.calls.append(material)
        answer = self._script.popleft() if self._script else plausible(material, self._identity.model)
        if self.hold:
            await self.hold.wait()
        if isinstance(answer, Exception):
            raise answer
        return answer


def plausible(material: Material, model: str) -> Findings:
    """Findings that the core accepts whole: every aspect is scored and every quote stands in the resume."""
    quote = [Quote("resume", line) for line in material.resume.strip()[:200].splitlines()[:1]]
    aspects = weights(against_listing=material.listing is not None)
    proposal = Proposal(
        sub_scores=[ProposedScore(key, 80, "The resume shows it.", quote) for key in aspects],
        matched_skills=[ProposedSkill("writing", "required", quote)],
        missing_skills=[ProposedSkill("singing", "mentioned")],
        strengths=[ProposedPoint("Says who it is about.", quote)],
        gaps=[ProposedPoint("Names no hobby.")],
        suggestions=[Suggestion("medium", "Put a number to what you did.", "Experience")],
        summary="A resume that holds what it should.",
    )
    return Findings(proposal, model, Usage(1_000, 200))
