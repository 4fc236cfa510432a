"""The numbers of a search: pure counts over journeys, read from their histories and not from where they stand now."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby, pairwise
from typing import Annotated, Final

from msgspec import Meta, Struct

from jatify_core.application import Status, StatusId
from jatify_core.journey import Advance, Journey, Stages, advances, furthest, reached_at
from jatify_core.stages import STAGES, Stage, stage_of
from jatify_core.weeks import MOST_WEEKS, WeekCounts, by_week, local

OPEN: Final = "open"
"""Where a flow ends that has not ended."""
MOST_GROUPS: Final = 100
"""Sources or resumes that are told; those with the most applications."""
SCORE_BANDS: Final = ((0, 39), (40, 59), (60, 79), (80, 100))
MOST: Final = 2**53 - 1

Count = Annotated[int, Meta(ge=0, le=MOST)]
Days = Annotated[float, Meta(ge=0, le=1_000_000)]
Node = Annotated[str, Meta(min_length=1, max_length=80)]


class FunnelStep(Struct, frozen=True):
    """How many applications came to a stage or beyond it, ever, and how many stand at it now."""

    stage: Stage
    reached: Count
    now: Count


class Flow(Struct, frozen=True):
    """How many applications went from one stage to the next, to `open`, or to the status that closed them."""

    source: Node
    target: Node
    count: Count


class Stay(Struct, frozen=True):
    """How long applications stayed in a status before they left it; `now` are those that are in it."""

    status_id: Annotated[str, Meta(min_length=1, max_length=64)]
    count: Count
    median_days: Days | None
    p90_days: Days | None
    now: Count


class ResponseRate(Struct, frozen=True):
    """Of the applications that were sent with something in common, those that came to an interview or beyond."""

    key: Annotated[str, Meta(max_length=200)] | None
    label: Annotated[str, Meta(max_length=200)]
    applied: Count
    responded: Count
    rate: Annotated[float, Meta(ge=0, le=1)] | None


class ResponseRates(Struct, frozen=True):
    """ResponseRate rates by what may matter for them, the largest groups first; scores in their order."""

    by_source: Annotated[tuple[ResponseRate, ...], Meta(max_length=MOST_GROUPS)]
    by_resume: Annotated[tuple[ResponseRate, ...], Meta(max_length=MOST_GROUPS)]
    by_score: Annotated[tuple[ResponseRate, ...], Meta(max_length=len(SCORE_BANDS) + 1)]


class Stats(Struct, frozen=True):
    """Everything there is to count about a set of journeys."""

    applications: Count
    funnel: Annotated[tuple[FunnelStep, ...], Meta(max_length=len(STAGES))]
    flows: Annotated[tuple[Flow, ...], Meta(max_length=1_000)]
    time_in_status: Annotated[tuple[Stay, ...], Meta(max_length=1_000)]
    responses: ResponseRates
    weeks: Annotated[tuple[WeekCounts, ...], Meta(max_length=MOST_WEEKS)]


class _Told(Struct, frozen=True):
    """A journey with its advances."""

    journey: Journey
    taken: tuple[Advance, ...]


def within(journeys: Iterable[Journey], first: date | None, last: date | None, offset: timedelta) -> list[Journey]:
    """The journeys that began between two dates, both included, by a clock that is *offset* ahead of UTC."""
    return [
        journey
        for journey in journeys
        if (first is None or local(journey.stops[0].at, offset) >= first)
        and (last is None or local(journey.stops[0].at, offset) <= last)
    ]


def stats_of(journeys: Sequence[Journey], statuses: Sequence[Status], offset: timedelta, now: datetime) -> Stats:
    """Count *journeys* through *statuses*, the pipeline in order; weeks begin by a clock *offset* ahead of UTC."""
    stages: Stages = {status.id: stage_of(status, statuses) for status in statuses}
    told = [_Told(journey, advances(journey, stages)) for journey in journeys]
    return Stats(
        applications=len(told),
        funnel=_funnel(told, stages),
        flows=_flows(told, statuses, stages),
        time_in_status=_stays(journeys, statuses),
        responses=ResponseRates(
            by_source=_responses(told, _source, "No source"),
            by_resume=_responses(told, lambda one: (one.resume_key, one.resume_name), "No resume"),
            by_score=_by_score(told),
        ),
        weeks=by_week(((one.journey, one.taken) for one in told), stages, offset, now),
    )


def _funnel(told: Sequence[_Told], stages: Stages) -> tuple[FunnelStep, ...]:
    ever = Counter(furthest(one.taken) for one in told)
    now = Counter(stages.get(one.journey.status_id) for one in told)
    return tuple(
        FunnelStep(stage, sum(ever[further] for further in STAGES[index:]), now[stage])
        for index, stage in enumerate(STAGES)
    )


def _flows(told: Sequence[_Told], statuses: Sequence[Status], stages: Stages) -> tuple[Flow, ...]:
    counted = Counter(pair for one in told for pair in pairwise(_path(one, stages)))
    order = {node: rank for rank, node in enumerate((*STAGES, OPEN, *(_closed(status.id) for status in statuses)))}
    flows = (Flow(source, target, count) for (source, target), count in counted.items())
    return tuple(sorted(flows, key=lambda flow: (order[flow.source], order[flow.target])))


def _path(one: _Told, stages: Stages) -> list[str]:
    """The nodes that an application passes, to where it stands."""
    nodes: list[str] = [step.stage for step in one.taken] or [STAGES[0]]
    match stages.get(one.journey.status_id):
        case None:
            return [*nodes, _closed(one.journey.status_id)]
        case "accepted":
            return nodes
        case _:
            return [*nodes, OPEN]


def _closed(status_id: StatusId) -> str:
    return f"status:{status_id}"


def _stays(journeys: Sequence[Journey], statuses: Sequence[Status]) -> tuple[Stay, ...]:
    lengths: dict[StatusId, list[float]] = {}
    for journey in journeys:
        runs = [(key, next(stops).at) for key, stops in groupby(journey.stops, key=lambda stop: stop.status_id)]
        for (status_id, came), (_, left) in pairwise(runs):
            lengths.setdefault(status_id, []).append((left - came) / timedelta(days=1))
    now = Counter(journey.status_id for journey in journeys)
    return tuple(
        Stay(s.id, len(days), quantile(days, 0.5), quantile(days, 0.9), now[s.id])
        for s in statuses
        if (days := lengths.get(s.id, [])) or now[s.id]
    )


def quantile(values: Sequence[float], share: float) -> float | None:
    """The value below which *share* of them lie, between two by the straight line, to two digits; None of none."""
    if not values:
        return None
    ranked = sorted(values)
    place = share * (len(ranked) - 1)
    below = int(place)
    above = min(below + 1, len(ranked) - 1)
    return round(ranked[below] + (ranked[above] - ranked[below]) * (place - below), 2)


def _responses(
    told: Sequence[_Told], grouped: Callable[[Journey], tuple[str | None, str | None]], none: str
) -> tuple[ResponseRate, ...]:
    groups: dict[str | None, list[_Told]] = {}
    names: dict[str | None, Counter[str]] = {}
    for one in told:
        if reached_at(one.taken, "applied"):
            key, name = grouped(one.journey)
            groups.setdefault(key, []).append(one)
            names.setdefault(key, Counter())[none if key is None else name or ""] += 1
    # Of several spellings the most frequent is shown, and of equals the first in the alphabet: alike in every store.
    labels = {key: min(counted, key=lambda name: (-counted[name], name)) for key, counted in names.items()}
    found = (_response(key, labels[key], group) for key, group in groups.items())
    ranked = sorted(found, key=lambda group: (-group.applied, group.key is None, group.label, group.key or ""))
    return tuple(ranked[:MOST_GROUPS])


def _source(journey: Journey) -> tuple[str | None, str | None]:
    name = " ".join((journey.source or "").split())
    return (name.casefold()[:200], name) if name else (None, None)


def _by_score(told: Sequence[_Told]) -> tuple[ResponseRate, ...]:
    def group(least: int, most: int) -> list[_Told]:
        return [one for one in sent if one.journey.score is not None and least <= one.journey.score <= most]

    sent = [one for one in told if reached_at(one.taken, "applied")]
    bands = (_response(f"{low}-{high}", f"{low} to {high}", group(low, high)) for low, high in SCORE_BANDS)
    return (*bands, _response("none", "No score", [one for one in sent if one.journey.score is None]))


def _response(key: str | None, label: str, group: Sequence[_Told]) -> ResponseRate:
    responded = sum(reached_at(one.taken, "interview") is not None for one in group)
    return ResponseRate(key, label, len(group), responded, round(responded / len(group), 4) if group else None)
