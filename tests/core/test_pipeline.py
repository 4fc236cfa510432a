"""The pipeline: whatever its owner does to it, it stays one."""

from collections.abc import Callable
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from jatify_core.application import Status, StatusId
from jatify_core.errors import Conflict, Invalid, NotFound
from jatify_core.status import MOST_STATUSES, NEEDED, NO_ID, Pipeline, StatusDraft, StatusEdit, slug

FIRST = Pipeline(
    tuple(
        Status(StatusId(id_), id_.title(), category, terminal=category == "closed", position=place)  # type: ignore[arg-type]
        for place, (id_, category) in enumerate(
            [("saved", "open"), ("applied", "open"), ("talk", "interview"), ("no", "closed")], start=1
        )
    )
)
LABELS = st.sampled_from(["Talk", "talk", "\uff34alk", "Saved", "No", "Order", "面接", " x ", "\u3000"])
CATEGORIES = st.sampled_from(["open", "interview", "offer", "closed"])
PLACES = st.integers(1, 7)
ADDITIONS = st.builds(StatusDraft, LABELS, CATEGORIES, st.none() | st.booleans(), st.none() | PLACES)
EDITS = st.builds(StatusEdit, LABELS, CATEGORIES, st.booleans(), st.booleans(), PLACES)
Deed = Callable[[Pipeline, int], Pipeline]


def adding(draft: StatusDraft) -> Deed:
    return lambda pipeline, _: pipeline.with_new(draft)[0]


def editing(edit: StatusEdit) -> Deed:
    return lambda pipeline, index: pipeline.with_edited(nth(pipeline, index), edit)


def ordering(dice: Any) -> Deed:
    def order(pipeline: Pipeline, _: int) -> Pipeline:
        ids = [status.id for status in pipeline.statuses]
        dice.shuffle(ids)
        return pipeline.in_order(ids)

    return order


def removing(pipeline: Pipeline, index: int) -> Pipeline:
    return pipeline.without(nth(pipeline, index))


def nth(pipeline: Pipeline, index: int) -> str:
    return pipeline.statuses[index % len(pipeline.statuses)].id


DEEDS = st.one_of(
    ADDITIONS.map(adding), EDITS.map(editing), st.randoms(use_true_random=False).map(ordering), st.just(removing)
)


@given(st.lists(st.tuples(DEEDS, st.integers(0, 60)), max_size=25))
def test_whatever_its_owner_does_the_pipeline_stays_one(deeds: list[tuple[Deed, int]]) -> None:
    """The store has only what it was told of, and yet what the rules say."""
    pipeline, stored = FIRST, {status.id: status for status in FIRST.statuses}
    for deed, index in deeds:
        try:
            after = deed(pipeline, index)
        except (Invalid, Conflict, NotFound):
            continue
        stored |= {status.id: status for status in after.changes(pipeline)}
        stored = {id_: status for id_, status in stored.items() if id_ in {kept.id for kept in after.statuses}}
        pipeline = Pipeline(tuple(sorted(stored.values(), key=lambda status: status.position)))
        assert [replace(status, version=1) for status in pipeline.statuses] == [
            replace(status, version=1) for status in after.statuses
        ]
        assert [status.position for status in pipeline.statuses] == [*range(1, len(pipeline.statuses) + 1)]
        labels = [status.label.casefold().replace("\uff54", "t") for status in pipeline.statuses if not status.retired]
        assert len(set(labels)) == len(labels) <= MOST_STATUSES
        assert all(label == label.strip() and label for label in labels)
        by_id = {status.id: status for status in pipeline.statuses}
        assert not by_id.keys() & NO_ID
        for status in FIRST.statuses:
            kept = by_id[status.id]
            assert (kept.category, kept.terminal, kept.own) == (status.category, status.terminal, False)
            assert not (kept.retired and kept.id in NEEDED)


@given(st.text(min_size=1), st.sets(st.sampled_from(["status", "a", "a_2", "order"])))
def test_an_id_is_new_and_fits_into_a_path(label: str, taken: set[str]) -> None:
    made = slug(label, taken)
    assert made not in taken
    assert 1 <= len(made) <= 64
    assert made == made.lower()
    assert made.replace("_", "").isalnum()
    assert made.isascii()
