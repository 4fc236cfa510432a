"""The statistics against a naive recomputation, whatever steps are taken, dated back and taken back."""

from datetime import UTC, date, datetime, timedelta
from statistics import median
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis.strategies import DrawFn, composite, integers, lists, none, one_of, sampled_from, tuples

from jatify_adapters.memory.statuses import SHIPPED as PIPELINE
from jatify_core.application import ApplicationId, Status, StatusId
from jatify_core.journey import Journey, Stop
from jatify_core.stages import STAGES, stage_of
from jatify_core.stats import Stats, quantile, stats_of, within
from jatify_core.weeks import MOST_WEEKS

START = datetime(2026, 3, 2, 9, tzinfo=UTC)  # a Monday
NOW = START + timedelta(days=400)
DAY = timedelta(days=1)
OWN = Status(StatusId("take_home"), "Take-home task", "interview", terminal=False, position=11)
STATUSES = (*PIPELINE, OWN)
IDS = [status.id for status in STATUSES]
RANK = {status.id: stage_of(status, STATUSES) for status in STATUSES}


def journey(
    *stops: tuple[str, float], source: str | None = None, score: int | None = None, resume: str = ""
) -> Journey:
    """A journey whose stops come so many days after the start."""
    return Journey(
        application_id=ApplicationId(uuid4()),
        status_id=StatusId(stops[-1][0]),
        source=source,
        resume_key=resume or None,
        resume_name=f"Resume {resume}" if resume else None,
        score=score,
        stops=tuple(Stop(StatusId(status), START + days * DAY) for status, days in stops),
    )


def counted(*journeys: Journey, offset: timedelta = timedelta(0), now: datetime = NOW) -> Stats:
    return stats_of(journeys, STATUSES, offset, now)


@composite
def lived(draw: DrawFn) -> Journey:
    """An application whose owner takes steps, some of them dated back, and takes some of them back."""
    claimed: list[tuple[str, int]] = [(draw(sampled_from(IDS)), draw(integers(0, 5)))]
    hours = claimed[0][1]
    for move in draw(lists(one_of(none(), tuples(sampled_from(IDS), integers(-100, 300))), max_size=9)):
        if move is not None:
            hours = max(0, hours + move[1])
            claimed.append((move[0], hours))
        elif len(claimed) > 1:
            claimed.pop()
    # A step that is dated back says that those before it happened no later either.
    stops = [(status, min(at for _, at in claimed[n:])) for n, (status, _) in enumerate(claimed)]
    return Journey(
        application_id=ApplicationId(UUID(int=draw(integers(0, 2**64)))),
        status_id=StatusId(stops[-1][0]),
        source=draw(sampled_from([None, "LinkedIn", "linkedin ", "a friend", ""])),
        resume_key=(key := draw(sampled_from([None, "a", "b"]))),
        resume_name=key and key.upper(),
        score=draw(one_of(none(), integers(0, 100))),
        stops=tuple(Stop(StatusId(status), START + timedelta(hours=at)) for status, at in stops),
    )


def naive(journeys: list[Journey]) -> dict[str, Any]:  # noqa: C901, PLR0912  # one plain walk, on purpose
    """The same numbers, counted the long way: stage by stage and stop by stop."""
    reached = dict.fromkeys(STAGES, 0)
    standing = dict.fromkeys(STAGES, 0)
    flows: dict[tuple[str, str], int] = {}
    stays: dict[str, list[float]] = {}
    weeks: dict[tuple[str, date], int] = {}
    rates: dict[str, list[int]] = {}

    def note(what: str, at: datetime) -> None:
        day = at.date()
        while day.weekday():
            day -= DAY
        weeks[what, day] = weeks.get((what, day), 0) + 1

    for one in journeys:
        highest, before, first_at = -1, None, {}
        for stop in one.stops:
            stage = RANK[stop.status_id]
            level = -1 if stage is None else STAGES.index(stage)
            for passed in range(highest + 1, level + 1):
                first_at[STAGES[passed]] = stop.at
            if level > highest:
                if before is not None:
                    flows[before, STAGES[level]] = flows.get((before, STAGES[level]), 0) + 1
                highest, before = level, STAGES[level]
        for level in range(max(highest, 0) + 1):
            reached[STAGES[level]] += 1
        now = RANK[one.status_id]
        if now is not None:
            standing[now] += 1
        end = "open" if now not in {None, "accepted"} else None if now else f"status:{one.status_id}"
        if end:
            flows[before or "saved", end] = flows.get((before or "saved", end), 0) + 1
        since, where = one.stops[0].at, one.stops[0].status_id
        for stop in one.stops[1:]:
            if stop.status_id != where:
                stays.setdefault(where, []).append((stop.at - since).total_seconds() / 86_400)
                since, where = stop.at, stop.status_id
        note("created", one.stops[0].at)
        for what, needed in (("applied", "applied"), ("interviews", "interview"), ("offers", "offer")):
            if needed in first_at:
                note(what, first_at[needed])
        if now is None or now == "accepted":
            note("closed", since)
        if highest >= STAGES.index("applied"):
            score = one.score
            band = (
                "none"
                if score is None
                else next(b for b, m in (("0-39", 40), ("40-59", 60), ("60-79", 80), ("80-100", 101)) if score < m)
            )
            for group in (f"source {(one.source or '').strip().lower()}", f"resume {one.resume_key}", f"score {band}"):
                pair = rates.setdefault(group, [0, 0])
                pair[0] += 1
                pair[1] += highest >= STAGES.index("interview")
    return {"reached": reached, "now": standing, "flows": flows, "stays": stays, "weeks": weeks, "rates": rates}


@given(lists(lived(), max_size=12))
def test_the_numbers_are_those_of_a_naive_count(journeys: list[Journey]) -> None:
    stats, expected = counted(*journeys), naive(journeys)
    assert stats.applications == len(journeys)
    assert {step.stage: step.reached for step in stats.funnel} == expected["reached"]
    assert {step.stage: step.now for step in stats.funnel} == expected["now"]
    assert {(flow.source, flow.target): flow.count for flow in stats.flows} == expected["flows"]
    assert {s.status_id: s.count for s in stats.time_in_status if s.count} == {
        status: len(days) for status, days in expected["stays"].items()
    }
    for stay in stats.time_in_status:
        days = expected["stays"].get(stay.status_id)
        assert stay.median_days == (pytest.approx(median(days), abs=0.006) if days else None)
        assert stay.now == sum(one.status_id == stay.status_id for one in journeys)
    told = {
        (what, w.week): n
        for w in stats.weeks
        for what in ("created", "applied", "interviews", "offers", "closed")
        if (n := getattr(w, what))
    }
    assert told == expected["weeks"]
    rates = stats.responses
    groups = {f"source {r.key or ''}": [r.applied, r.responded] for r in rates.by_source}
    groups |= {f"resume {r.key}": [r.applied, r.responded] for r in rates.by_resume}
    groups |= {f"score {r.key}": [r.applied, r.responded] for r in rates.by_score if r.applied}
    assert groups == expected["rates"]


@given(lists(lived(), max_size=12))
def test_whatever_comes_to_a_node_of_the_flows_leaves_it_or_ends_there(journeys: list[Journey]) -> None:
    stats = counted(*journeys)
    funnel = {step.stage: step.reached for step in stats.funnel}
    ended = sum(flow.count for flow in stats.flows if flow.target == "open" or flow.target.startswith("status:"))
    assert ended + next(step.now for step in stats.funnel if step.stage == "accepted") == len(journeys)
    for stage in STAGES[1:4]:
        came = sum(flow.count for flow in stats.flows if flow.target == stage)
        left = sum(flow.count for flow in stats.flows if flow.source == stage)
        assert came <= left <= funnel[stage]


@given(lists(lived(), max_size=8), integers(0, 30), integers(0, 30))
def test_a_range_of_days_takes_each_application_once(journeys: list[Journey], first: int, gap: int) -> None:
    day = START.date() + timedelta(days=first)
    before = within(journeys, None, day - DAY, timedelta(0))
    during = within(journeys, day, day + gap * DAY, timedelta(0))
    after = within(journeys, day + (gap + 1) * DAY, None, timedelta(0))
    assert sorted(j.application_id for j in (*before, *during, *after)) == sorted(j.application_id for j in journeys)


def test_a_stage_that_was_skipped_counts_as_reached_and_one_that_was_left_still_does() -> None:
    stats = counted(journey(("saved", 0), ("offer", 3)), journey(("applied", 0), ("hr_interview", 1), ("applied", 2)))
    assert [(step.stage, step.reached, step.now) for step in stats.funnel] == [
        ("saved", 2, 0),
        ("applied", 2, 1),
        ("interview", 2, 0),
        ("offer", 1, 1),
        ("accepted", 0, 0),
    ]


def test_flows_go_forward_and_end_where_the_application_stands() -> None:
    stats = counted(
        journey(("saved", 0), ("applied", 1), ("hr_interview", 2), ("applied", 3), ("offer", 4), ("offer_accepted", 5)),
        journey(("rejected", 0)),
        journey(("saved", 0), ("take_home", 1), ("offer_turned_down", 2)),
    )
    assert [(flow.source, flow.target, flow.count) for flow in stats.flows] == [
        ("saved", "applied", 1),
        ("saved", "interview", 1),
        ("saved", "status:rejected", 1),
        ("applied", "interview", 1),
        ("interview", "offer", 1),
        ("interview", "status:offer_turned_down", 1),
        ("offer", "accepted", 1),
    ]


def test_a_stay_that_goes_on_is_not_measured_and_one_that_was_repeated_is_twice() -> None:
    stats = counted(journey(("applied", 0), ("hr_interview", 2), ("applied", 3), ("applied", 5), ("rejected", 9)))
    stays = {stay.status_id: (stay.count, stay.median_days, stay.p90_days, stay.now) for stay in stats.time_in_status}
    assert stays == {"applied": (2, 4.0, 5.6, 0), "hr_interview": (1, 1.0, 1.0, 0), "rejected": (0, None, None, 1)}


def test_quantiles_lie_on_the_line_between_two_values() -> None:
    assert quantile([], 0.9) is None
    assert quantile([4.0], 0.9) == 4.0
    assert quantile([1.0, 3.0], 0.5) == 2.0
    assert quantile([float(n) for n in range(11)], 0.9) == 9.0


def test_sources_are_one_however_they_are_written_and_the_largest_comes_first() -> None:
    sent = ("applied", 0.0)
    stats = counted(
        journey(sent, source=None),
        journey(sent, ("offer", 1), source="LinkedIn"),
        journey(sent, source="linkedin"),
        journey(sent, source=" LinkedIn  "),
        journey(("saved", 0), source="Never sent"),
    )
    assert [(r.key, r.label, r.applied, r.responded, r.rate) for r in stats.responses.by_source] == [
        ("linkedin", "LinkedIn", 3, 1, 0.3333),
        (None, "No source", 1, 0, 0.0),
    ]


def test_a_week_begins_on_the_callers_monday_and_quiet_weeks_are_there() -> None:
    late = journey(("saved", -0.4), ("applied", 14))  # on Sunday at 23:24 by UTC
    assert [(str(w.week), w.created, w.applied) for w in counted(late).weeks] == [
        ("2026-02-23", 1, 0),
        ("2026-03-02", 0, 0),
        ("2026-03-09", 0, 0),
        ("2026-03-16", 0, 1),
    ]
    assert str(counted(late, offset=timedelta(hours=1)).weeks[0].week) == "2026-03-02"


def test_an_old_date_costs_the_oldest_weeks_and_a_future_one_none() -> None:
    stats = counted(journey(("saved", -40_000), ("applied", 1)), journey(("saved", 0), ("applied", 90_000)))
    assert len(stats.weeks) == MOST_WEEKS
    assert (str(stats.weeks[-1].week), stats.weeks[-1].applied) == ("2026-03-02", 1)


def test_nothing_is_counted_without_division_by_zero() -> None:
    stats = counted()
    assert (stats.applications, stats.flows, stats.weeks, stats.time_in_status) == (0, (), (), ())
    assert {rate.rate for rate in stats.responses.by_score} == {None}
