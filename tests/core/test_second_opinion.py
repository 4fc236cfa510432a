"""A model's score that lies far above the rules' own is doubted, and stands."""

from uuid import uuid4

import pytest

from jatify_adapters.memory import ScriptedAnalyzer
from jatify_core.analysis import AnalysisId, Findings, Material, Outage
from jatify_core.findings import LISTING_WEIGHTS
from jatify_core.ports import Analyzer
from jatify_core.use_cases.analyses import reported
from tests.core.test_report import LISTING, RESUME, proposal

MATERIAL = Material(AnalysisId(uuid4()), RESUME, LISTING, "somebody")


def scored(score: int) -> Findings:
    return Findings(proposal(dict.fromkeys(LISTING_WEIGHTS, score)), "model")


@pytest.mark.parametrize(("score", "other", "doubted"), [(95, 59, True), (95, 60, False), (20, 90, False)])
async def test_a_score_far_above_the_second_opinion_is_doubted(
    score: int,
    other: int,
    doubted: bool,  # noqa: FBT001  # a row of the table
) -> None:
    report = await reported(scored(score), MATERIAL, (), ScriptedAnalyzer([scored(other)]))
    assert report.score == score
    assert ("score_disagrees" in report.warnings) is doubted


@pytest.mark.parametrize("second", [None, ScriptedAnalyzer([Outage("internal", "It broke.")])], ids=["none", "failed"])
async def test_without_a_second_opinion_nothing_is_doubted(second: Analyzer | None) -> None:
    assert (await reported(scored(95), MATERIAL, ("hidden_text",), second)).warnings == ("hidden_text",)
