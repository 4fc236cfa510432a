"""What the browser's own trace of a page says: the longest task of its main thread, the longest wait for a frame."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, Final

from msgspec import Struct

CATEGORIES: Final = [
    "blink.user_timing",
    "disabled-by-default-devtools.timeline",
    "disabled-by-default-devtools.timeline.frame",
]
BEGIN: Final = "measured-from"
END: Final = "measured-to"


class Smoothness(Struct, frozen=True):
    """Between the marks `BEGIN` and `END`, in milliseconds."""

    longest_task: float
    longest_task_cpu: float
    """The most that a task had of the processor: it does not grow because others want it, too."""
    longest_frame: float
    frames: int


def smoothness(trace: bytes) -> Smoothness:
    """Read *trace*, which was taken with `CATEGORIES` of a page that set both marks."""
    events = json.loads(trace)["traceEvents"]
    begin, end = (next(event["ts"] for event in events if event["name"] == mark) for mark in (BEGIN, END))
    process, thread = next((event["pid"], event["tid"]) for event in events if event["name"] == BEGIN)
    during = [event for event in events if event["pid"] == process and begin <= event.get("ts", 0) <= end]
    # A task that was cut off by the end of the trace tells no duration.
    tasks = [event for event in during if event["name"] == "RunTask" and event["tid"] == thread and "tdur" in event]
    frames = _drawn(during)
    return Smoothness(
        longest_task=max(task["dur"] for task in tasks) / 1_000,
        longest_task_cpu=max(task["tdur"] for task in tasks) / 1_000,
        longest_frame=max(after - before for before, after in pairwise([begin, *frames, end])) / 1_000,
        frames=len(frames),
    )


def _drawn(events: Sequence[dict[str, Any]]) -> list[int]:
    """When each frame was drawn: of several trees of layers in a process the page's is the busiest."""
    drawn = [event for event in events if event["name"] == "DrawFrame"]
    trees = Counter(event["args"]["layerTreeId"] for event in drawn)
    return sorted(_times(drawn, trees.most_common(1)[0][0])) if trees else []


def _times(drawn: Sequence[dict[str, Any]], tree: int) -> Iterator[int]:
    return (event["ts"] for event in drawn if event["args"]["layerTreeId"] == tree)
