"""Which column means what: said by a mapping, or guessed from the names that trackers and people give their columns."""

import re
from collections.abc import Mapping, Sequence
from typing import Final, Literal, get_args

from jatify_core.errors import Invalid, Violation

Field = Literal[
    "company",
    "position",
    "status",
    "applied_on",
    "url",
    "location",
    "source",
    "tags",
    "notes",
    "cover_letter",
    "follow_up_on",
    "follow_up_note",
    "deadline_on",
    "resume",
    "created_at",
    "history",
    "workplace",
    "employment_type",
    "description",
    "salary_min",
    "salary_max",
    "salary_currency",
    "salary_period",
    "posted_on",
]
FIELDS: Final[tuple[Field, ...]] = get_args(Field)
EXPORTED: Final = FIELDS[: FIELDS.index("history") + 1]
"""The header of our own export, by which it is known again."""
REQUIRED: Final[tuple[Field, ...]] = ("company", "position")

NAMES: Final[Mapping[Field, str]] = {
    "company": (
        "company name|employer|employer name|organization|organisation|company employer|firm|firma|unternehmen|"
        "arbeitgeber|entreprise|empresa"
    ),
    "position": (
        "job title|title|role|job position|position title|role title|job|job role|position name|jobtitle|stelle|"
        "stellenbezeichnung|jobtitel|poste|puesto|cargo"
    ),
    "status": "stage|application status|job status|list|list name|board list|current status|state|phase|statut|estado",
    "applied_on": (
        "date applied|applied date|application date|applied at|applied on date|date of application|"
        "applieddate|date submitted|applied|submitted|date sent|date|beworben am|"
        "bewerbungsdatum|beworben|date de candidature"
    ),
    "url": (
        "job url|link|job link|posting url|job posting|job posting url|posting link|listing url|application link|"
        "application url|job post url|website|web link|joburl|stellenlink"
    ),
    "location": "job location|city|place|office|office location|ort|standort|arbeitsort|lieu|ubicacion",
    "workplace": "remote|work mode|work type|remote type|workplace type|on site remote|work arrangement|work model",
    "employment_type": "job type|jobtype|type|contract type|employment|contract|anstellungsart|vertragsart",
    "source": "job source|jobsource|found on|platform|channel|via|job board|referral source|where found|quelle|portal",
    "tags": "labels|keywords|categories|tag|label|schlagworte",
    "notes": "note|comments|comment|remarks|notizen|notiz|bemerkungen|anmerkungen|kommentar|remarques|notas",
    "cover_letter": "coverletter|anschreiben|lettre de motivation",
    "follow_up_note": "next step|next action|reminder note|nächster schritt",
    "follow_up_on": (
        "follow up|follow up date|followup|followup date|next follow up|next action date|reminder|reminder date|"
        "wiedervorlage|nachfassen am"
    ),
    "deadline_on": "deadline|application deadline|due date|closing date|apply by|expires|frist|bewerbungsfrist",
    "resume": "resume name|cv|cv name|resume used|cv used|resume version|lebenslauf",
    "created_at": (
        "date saved|saved|date added|added|added on|added at|saved at|saved date|created|created on|createdat|"
        "date created|created date|erstellt am|hinzugefugt am"
    ),
    "history": "status history|timeline",
    "description": "job description|posting|summary|details|stellenbeschreibung|beschreibung",
    "salary_min": "min salary|minimum salary|salary from|salary minimum|pay min",
    "salary_max": "max salary|maximum salary|salary to|salary maximum|pay max",
    "salary_currency": "currency|wahrung",
    "salary_period": "pay period|salary type|salary frequency|pay frequency",
    "posted_on": "posted|date posted|posted date|posted at|publication date|veroffentlicht am",
}
"""What others call them, the likeliest first: Huntr, JobSync, Teal, Simplify, and tables that people make."""
UNFIT: Final = re.compile(r"[\W_]+")
FOLDED: Final = str.maketrans({"ä": "a", "ö": "o", "ü": "u", "ß": "ss", "é": "e", "ó": "o"})


def folded(name: str) -> str:
    """*name* as it is compared: words in small letters, without what stands between them."""
    return UNFIT.sub(" ", name.casefold().translate(FOLDED)).strip()


RANKED: Final[Mapping[str, tuple[Field, int]]] = {
    name: (field, rank)
    for field in FIELDS
    for rank, name in enumerate([folded(field), *NAMES.get(field, "").split("|")])
    if name
}


def guessed(columns: Sequence[str]) -> dict[str, Field]:
    """The columns whose names say what they mean; of two for one field the one with the likelier name."""
    best: dict[Field, tuple[int, int, str]] = {}
    for place, column in enumerate(columns):
        field, rank = RANKED.get(folded(column), (None, 0))
        if field and (field not in best or (rank, place) < best[field][:2]):
            best[field] = rank, place, column
    return {column: field for field, (_, _, column) in best.items()}


def mapped(mapping: Mapping[str, object], columns: Sequence[str]) -> dict[str, Field]:
    """*mapping* as one from these *columns* to fields; null leaves a column out. Raises `Invalid` for all else."""
    found: dict[str, Field] = {}
    faults: list[Violation] = []
    known: dict[object, Field] = {field: field for field in FIELDS}
    for column, name in mapping.items():
        pointer = f"/mapping/{column.replace('~', '~0').replace('/', '~1')}"
        field = known.get(name) if isinstance(name, str) else None
        if column not in columns:
            faults.append(Violation(pointer, "unknown_column", "The file has no column of this name."))
        elif name is None:
            continue
        elif field is None:
            words = f"There is no such field. There are: {', '.join(FIELDS)}."
            faults.append(Violation(pointer, "unknown_field", words))
        elif field in found.values():
            faults.append(Violation(pointer, "repeated", f"Another column is taken for {field} already."))
        else:
            found[column] = field
    if faults:
        raise Invalid(faults)
    return found
