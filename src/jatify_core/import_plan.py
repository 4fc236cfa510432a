"""The plan of an import: what each row of a table would do, and what all of them would bring. Pure rules."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final, Literal
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from jatify_core.application import (
    Application,
    ApplicationId,
    ResumeCopy,
    ResumeLink,
    Status,
    StatusChange,
    StatusId,
    StepId,
)
from jatify_core.history import sent_resume, told
from jatify_core.imports import Brought
from jatify_core.listing import Listing, ListingBrief, ListingDraft, ListingId, Salary
from jatify_core.repeats import Known, Repeats
from jatify_core.sheets.cells import StepCell
from jatify_core.sheets.columns import REQUIRED, Field, folded
from jatify_core.sheets.sheet import CellFault, Row, Sheet
from jatify_core.stages import APPLIED
from jatify_core.user import UserId

Action = Literal["create", "skip", "error"]

AHEAD: Final = timedelta(days=1)
"""How far ahead of our clock a table's may be."""
SYNONYMS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("wishlist", "bookmarked", "interested", "to apply", "applying", "draft", "new"), "saved"),
    **dict.fromkeys(("application sent", "submitted", "sent", "beworben"), "applied"),
    **dict.fromkeys(("screen", "screening", "phone screen", "recruiter screen", "assessment"), "hr_interview"),
    **dict.fromkeys(("interview", "interviewing", "interviews", "onsite", "technical interview"), "user_interview"),
    **dict.fromkeys(("offered", "offer received", "negotiating", "negotiation", "angebot"), "offer"),
    **dict.fromkeys(("accepted", "hired", "offer accepted", "angenommen"), "offer_accepted"),
    **dict.fromkeys(("offer declined", "declined", "declined offer"), "offer_turned_down"),
    **dict.fromkeys(("not selected", "rejection", "denied", "abgelehnt", "absage"), "rejected"),
    **dict.fromkeys(("no response", "no reply", "ghost", "keine antwort"), "ghosted"),
    **dict.fromkeys(("i withdrew", "withdrew", "archived", "expired", "zurückgezogen"), "withdrawn"),
}
"""What other trackers call their stages; it counts where the user has that status, and none of that name."""


class Decision(Struct, frozen=True):
    """What is done with a row."""

    row: int
    action: Action
    company: str | None = None
    position: str | None = None
    status_id: StatusId | None = None
    applied_on: date | None = None
    duplicate_of: ApplicationId | None = None
    duplicate_of_row: int | None = None
    faults: tuple[CellFault, ...] = ()
    notices: tuple[CellFault, ...] = ()


class Plan(Struct, frozen=True):
    """What an import would do, row by row, and what it would bring."""

    decisions: tuple[Decision, ...]
    brought: tuple[Brought, ...]

    def count(self, action: Action) -> int:
        """How many rows have that *action*."""
        return sum(1 for decision in self.decisions if decision.action == action)


class Surroundings(Struct, frozen=True):
    """What a plan has to know of its user: his statuses, his resumes by name, and all that he applied for."""

    user_id: UserId
    statuses: Sequence[Status]
    resumes: Mapping[str, ResumeCopy]
    known: Sequence[Known]
    now: datetime


def plan(sheet: Sheet, around: Surroundings, *, skip_duplicates: bool, new_id: Callable[[], UUID]) -> Plan:
    """What importing *sheet* does; nothing is done yet."""
    repeats = Repeats(around.known)
    statuses = _status_names(around.statuses)
    decisions: list[Decision] = []
    brought: list[Brought] = []
    for row in sheet.rows:
        decision, made = _planned(
            _Reader(sheet, row, around, statuses, new_id), repeats if skip_duplicates else None, new_id
        )
        decisions.append(decision)
        brought += [made] if made else []
    return Plan(tuple(decisions), tuple(brought))


def _planned(reader: "_Reader", repeats: Repeats | None, new_id: Callable[[], UUID]) -> tuple[Decision, Brought | None]:
    row, values = reader.row, reader.row.values
    status_id, steps = reader.status(), reader.steps()
    listing = reader.listing(ListingId(new_id()))
    decision = Decision(
        row=row.number,
        action="error",
        company=values.get("company"),
        position=values.get("position"),
        status_id=status_id,
        applied_on=values.get("applied_on"),
        faults=tuple(reader.faults),
        notices=tuple(reader.notices),
    )
    if reader.faults or listing is None or status_id is None:
        return decision, None
    itself = Known(
        None, listing.company, listing.position, listing.url, values.get("applied_on"), values.get("created_at")
    )
    if repeats and (repeated := repeats.of(itself)):
        id_, number = repeated
        return replace(decision, action="skip", duplicate_of=id_, duplicate_of_row=number), None
    if repeats:
        repeats.add(itself, row.number)
    application = reader.application(ApplicationId(new_id()), listing, status_id, steps)
    return replace(decision, action="create", notices=tuple(reader.notices)), Brought(listing, application)


class _Reader:
    """One row, read with what surrounds it; what does not fit gathers in `faults`."""

    def __init__(
        self,
        sheet: Sheet,
        row: Row,
        around: Surroundings,
        statuses: Mapping[str, StatusId],
        new_id: Callable[[], UUID],
    ) -> None:
        self._new_id = new_id
        self.row = row
        self.faults = [*row.faults]
        self.notices = [*row.notices]
        self._sheet = sheet
        self._around = around
        self._statuses = statuses
        for field in sheet.lacking:
            words = f"No column is taken for the {field}. Say in mapping which one it is."
            self.faults.append(CellFault("", "missing_column", words))
        self._created_at = self._in_the_past("created_at", row.values.get("created_at")) or around.now

    def status(self) -> StatusId | None:
        """The row's status; without one its last step's, and else whether it was sent decides."""
        told: list[StepCell] = self.row.values.get("history") or []
        sent = APPLIED if self.row.values.get("applied_on") else "saved"
        return self._known_status("status", self.row.values.get("status") or (told[-1].status if told else sent))

    def steps(self) -> list[StatusChange]:
        """The history that the row tells."""
        steps: list[StatusChange] = []
        for cell in self.row.values.get("history") or ():
            at, status_id = self._in_the_past("history", cell.at), self._known_status("history", cell.status)
            if at and status_id:
                steps.append(self._step(status_id, at, cell.note))
        return steps

    def listing(self, listing_id: ListingId) -> Listing | None:
        """The row's listing, unless something is wrong with it."""
        values: Mapping[Any, Any] = self.row.values
        if any(not values.get(field) for field in REQUIRED):
            return None
        pay = {name: values.get(f"salary_{name}") for name in ("min", "max", "currency", "period")}
        if pay["min"] is not None and pay["max"] is not None and pay["min"] > pay["max"]:
            self._fault("salary_max", "out_of_order", "The highest salary is below the lowest.")
            return None
        written: dict[str, Any] = {
            name: values.get(name) for name in ListingDraft.__struct_fields__ if name != "salary"
        }
        salary = Salary(**pay) if any(value is not None for value in pay.values()) else None
        draft = ListingDraft(salary=salary, **written)
        made = Listing.of(draft, listing_id, self._around.user_id, self._created_at)
        return replace(made, updated_at=self._around.now)

    def application(
        self, application_id: ApplicationId, listing: Listing, status_id: StatusId, steps: list[StatusChange]
    ) -> Application:
        """The row's application for *listing*; its history ends in its status."""
        values = self.row.values
        resume = self._resume(values.get("resume"))
        history = told([replace(step, resume=resume) for step in self._completed(steps, status_id)])
        return Application(
            id=application_id,
            user_id=self._around.user_id,
            listing=ListingBrief(listing.id, listing.company, listing.position),
            resume_id=resume.resume_id if resume else None,
            status_id=status_id,
            applied_on=values.get("applied_on"),
            cover_letter=values.get("cover_letter"),
            notes=values.get("notes"),
            tags=tuple(values.get("tags") or ()),
            follow_up_on=values.get("follow_up_on"),
            follow_up_note=values.get("follow_up_note"),
            created_at=self._created_at,
            updated_at=self._around.now,
            history=history,
            links=(ResumeLink(history[0].at, resume),) if resume else (),
            sent_resume=sent_resume(history, self._around.statuses),
            status_since=history[-1].at,
        )

    def _completed(self, steps: list[StatusChange], status_id: StatusId) -> list[StatusChange]:
        """*steps* up to the status. Where only a date of applying is told, all that is known happened on that day.

        Whoever was turned down had applied: without that step he would be missing wherever applications are counted.
        """
        if steps:
            last = steps[-1]
            if last.status_id == status_id:
                return steps
            words = "The history ends in another status than the row has; a last step was added."
            self.notices.append(CellFault(self._sheet.column_of("history"), "step_added", words))
            return [*steps, self._step(status_id, last.at)]
        applied_on: date | None = self.row.values.get("applied_on")
        at = datetime.combine(applied_on, time(), UTC) if applied_on else self._created_at
        if not applied_on or at > self._around.now or status_id in {"saved", APPLIED}:
            return [self._step(status_id, min(at, self._around.now))]
        return [self._step(StatusId(APPLIED), at), self._step(status_id, at)]

    def _step(self, status_id: StatusId, at: datetime, note: str | None = None) -> StatusChange:
        step_id, now = StepId(self._new_id()), self._around.now
        return StatusChange(id=step_id, status_id=status_id, at=at, claimed_at=at, recorded_at=now, note=note)

    def _resume(self, name: str | None) -> ResumeCopy | None:
        if name is None:
            return None
        found = self._around.resumes.get(name)
        if found is None:
            words = "You have no resume of this name; the application is kept without one."
            self.notices.append(CellFault(self._sheet.column_of("resume"), "unknown_resume", words))
        return found

    def _known_status(self, field: Field, name: str) -> StatusId | None:
        found = self._statuses.get(folded(name)) or self._statuses.get(SYNONYMS.get(folded(name), ""))
        if found is None:
            known = ", ".join(status.label for status in self._around.statuses)
            self._fault(field, "unknown_status", f"There is no status “{name[:64]}”. There are: {known}.")
        return found

    def _in_the_past(self, field: Field, at: datetime | None) -> datetime | None:
        if at is not None and at > self._around.now + AHEAD:
            self._fault(field, "in_the_future", "This has not happened yet.")
            return None
        return at

    def _fault(self, field: Field, code: str, message: str) -> None:
        self.faults.append(CellFault(self._sheet.column_of(field), code, message))


def _status_names(statuses: Sequence[Status]) -> dict[str, StatusId]:
    """Each status by its id and its label, as they are compared; a label counts before another one's id."""
    ids = {status.id: status.id for status in statuses} | {folded(status.id): status.id for status in statuses}
    return {**ids, **{folded(status.label): status.id for status in statuses}}
