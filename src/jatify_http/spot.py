"""What `jatify analyze` does: score one file on the spot, without server or database."""

import mimetypes
import sys
from pathlib import Path
from typing import Final
from uuid import uuid4

import msgspec

from jatify_adapters.extraction import DocumentExtractor
from jatify_core.analysis import AnalysisId, Findings, Material, Outage, Refusal
from jatify_core.errors import Invalid
from jatify_core.report import Report
from jatify_core.resume import Extracted, Unreadable, Upload
from jatify_core.use_cases.analyses import reported
from jatify_http.report_text import print_report
from jatify_http.settings import Settings
from jatify_http.wiring import open_analyzer, second_opinion

PLAIN: Final = frozenset({".txt", ".md", ".text", ""})


async def analyze_file(settings: Settings, resume: Path, listing: Path | None, as_json: bool) -> bool:  # noqa: FBT001  # the command line's own switch
    """Print the report, or why there is none and return False. Raises `Invalid` for a file that cannot be used."""
    extracted = await _extracted(resume, settings.max_upload)
    against = await _listing_text(listing, settings.max_upload) if listing else None
    async with open_analyzer(settings) as analyzer:
        material = Material(AnalysisId(uuid4()), extracted.text, against, "spot")
        outcome = await analyzer.analyze(material)
    match outcome:
        case Findings():
            report = await reported(outcome, material, extracted.warnings, second_opinion(settings))
            title = f"{resume.name} for {listing.name}" if listing else resume.name
            _print(report, title, as_json=as_json)
            return True
        case Refusal(reason, message) | Outage(reason, message):
            sys.stderr.write(f"jatify: no analysis ({reason}): {message}\n")
            return False


def _print(report: Report, title: str, *, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(msgspec.json.format(msgspec.json.encode(report)).decode() + "\n")
    else:
        print_report(report, title)


async def _extracted(path: Path, limit: int) -> Extracted:
    upload = Upload(path.name, mimetypes.guess_type(path.name)[0], _content(path, limit))
    match await DocumentExtractor().extract(upload):
        case Extracted() as extracted:
            return extracted
        case Unreadable(code, advice):
            raise Invalid.at("", code, f"{path}: {advice}")


async def _listing_text(path: Path, limit: int) -> str:
    """A listing as text; a plain one may be as short as it likes."""
    if path.suffix.lower() not in PLAIN:
        return (await _extracted(path, limit)).text
    return _content(path, limit).decode("utf-8-sig", errors="replace").replace("\r\n", "\n").replace("\0", "")


def _content(path: Path, limit: int) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(limit + 1)
    except OSError as error:
        raise Invalid.at(
            "", "unreadable", f"{path}: {error.strerror or error}. Name a file that can be read."
        ) from None
    if len(content) > limit:
        raise Invalid.at("", "too_large", f"{path}: larger than {limit} bytes (JATIFY_MAX_UPLOAD).")
    return content
