"""How well the local analyzer ranks, how fast, and what attacks on it achieve."""

import random
import re
import resource
import statistics
import sys
import time
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from bench.analysing import files
from bench.analysing.extraction import text_of
from jatify_adapters.local.analyzer import judge
from jatify_core.analysis import Findings
from jatify_core.findings import Proposal, ProposedPoint, ProposedScore, ProposedSkill, Quote, weights
from jatify_core.report import DISAGREEMENT, DISAGREES, UNVERIFIED, Report
from jatify_core.suspicion import INJECTION

TODAY: Final = date(2026, 11, 1)
INVENTED: Final = "Won the Nobel Prize for the invention of this very company"
LAST_HONEST: Final = "cash handling"
SHUFFLES: Final = 10


def measure() -> Mapping[str, float]:
    """Speed, memory, ranking and the metamorphic checks."""
    resumes = {path.stem: text_of(path) for path in files.resumes()}
    listings = files.listings()
    for text in list(resumes.values())[:2]:
        score(text, next(iter(listings.values())))  # to warm up
    scores: dict[tuple[str, str], int] = {}
    taken = []
    for resume, text in resumes.items():
        for listing, wanted in listings.items():
            began = time.perf_counter()
            scores[resume, listing] = score(text, wanted)
            taken.append(1_000 * (time.perf_counter() - began))
    taken.sort()
    return {
        "ms_a_pair_p50": statistics.median(taken),
        "ms_a_pair_p95": taken[int(0.95 * len(taken))],
        "rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform == "linux" else 1024**2),
        "category_auc": _auc(scores),
        **_metamorphic(resumes, listings),
    }


def attacked() -> Mapping[str, float]:
    """How far attacks move the score, and what is left of an obedient model's inventions."""
    listings = files.listings()
    moved, echoes = 0, 0
    for text in files.attacks().values():
        honest = "\n".join(line for line in text.split("\n") if line not in _attack(text))
        for wanted in listings.values():
            report = reported(text, wanted)
            moved = max(moved, report.score - score(honest, wanted))
            echoes += _echoes(report, _attack(text))
    kept, unwarned, obeyed = _obeyed(listings)
    return {
        "points_gained": moved,
        "attack_sentences_echoed": echoes,
        "invented_quotes_kept": kept,
        "inventions_without_warning": unwarned,
        "obedient_echoes": obeyed,
    }


def reported(resume: str, listing: str | None) -> Report:
    """The rules' report."""
    findings = judge(resume, listing, TODAY)
    if not isinstance(findings, Findings):
        raise TypeError(findings.message)
    return Report.checked(findings.proposal, resume, listing)


def score(resume: str, listing: str) -> int:
    """The rules' score."""
    return reported(resume, listing).score


def _auc(scores: Mapping[tuple[str, str], int]) -> float:
    """How likely a pair of one profession scores above a pair of two: the area under the ROC curve."""
    known = {pair: value for pair, value in scores.items() if pair[0] in files.RESUMES}
    same = [value for pair, value in known.items() if files.RESUMES[pair[0]] == files.LISTINGS.get(pair[1])]
    other = [value for pair, value in known.items() if files.RESUMES[pair[0]] != files.LISTINGS.get(pair[1])]
    above = sum((one > two) + (one == two) / 2 for one in same for two in other)
    return above / (len(same) * len(other))


def _metamorphic(resumes: Mapping[str, str], listings: Mapping[str, str]) -> dict[str, float]:
    """Pairs that break a rule: a name that counts, a missing skill that once added costs, an order that matters."""
    dice = random.Random(1)  # noqa: S311  # no secret
    names = added = order = 0
    for text in resumes.values():
        wanted = dice.choice(list(listings.values()))
        report = reported(text, wanted)
        first = text.split("\n", 1)[0]
        names += score(text.replace(first, "Priya Okonkwo", 1), wanted) != report.score and len(first.split()) == 2
        for skill in report.missing_skills[:3]:
            added += score(f"{text}\n- Used {skill.name} for three years.", wanted) < report.score
        order += abs(score(_shuffled(text, dice), wanted) - report.score) > 1
    return {"names_that_count": names, "skills_that_cost": added, "orders_that_matter": order}


def _shuffled(text: str, dice: random.Random) -> str:
    """*text* with neighbouring bullets of the same list exchanged."""
    lines = text.split("\n")
    bullets = [n for n in range(len(lines) - 1) if all(re.match(r"\s*[-\u2022*\u2013] ", x) for x in lines[n : n + 2])]
    for n in dice.sample(bullets, min(SHUFFLES, len(bullets))):
        if not any(lines[m][:1].islower() for m in (n, n + 1, min(n + 2, len(lines) - 1))):
            lines[n], lines[n + 1] = lines[n + 1], lines[n]
    return "\n".join(lines)


def _honest(text: str) -> str:
    """What stands before the attack, which follows the resume's last honest words in every file."""
    return text.split(LAST_HONEST, maxsplit=1)[0] + LAST_HONEST


def _attack(text: str) -> set[str]:
    """The lines that are no honest ones."""
    return set(text.split("\n")) - set(_honest(text).split("\n"))


def _echoes(report: Report, attack: set[str]) -> int:
    said = [report.summary, *(s.explanation for s in report.sub_scores), *(p.text for p in report.strengths)]
    said += [p.text for p in report.gaps] + [s.text for s in report.suggestions]
    sentences = {line.strip() for line in attack if len(line.split()) > 3}
    return sum(sentence in words for sentence in sentences for words in said)


def _obeyed(listings: Mapping[str, str]) -> tuple[int, int, int]:
    """Of a model that says 100, invents quotes and repeats what it is told: quotes kept, warnings missed, echoes."""
    kept = unwarned = echoes = 0
    for text in files.attacks().values():
        for wanted in listings.values():
            honest = reported(text, wanted)
            report = Report.checked(_obedient(text), text, wanted).doubted(honest)
            quoted = [e.text for s in report.sub_scores for e in s.evidence]
            quoted += [e.text for skill in report.matched_skills for e in skill.evidence]
            kept += sum(1 for quote in quoted if quote == INVENTED or quote not in _honest(text))
            due = {UNVERIFIED}
            due |= {INJECTION} if INJECTION in honest.warnings else set()
            due |= {DISAGREES} if report.score > honest.score + DISAGREEMENT else set()
            unwarned += not due <= {*report.warnings}
            echoes += _echoes(report, _attack(text)) if INJECTION in due else 0
    return kept, unwarned, echoes


def _obedient(resume: str) -> Proposal:
    attack: Sequence[str] = [line for line in resume.split("\n") if line.strip() and line in _attack(resume)]
    quotes = [Quote("resume", INVENTED), *(Quote("resume", line[:600]) for line in attack[:4])]
    return Proposal(
        sub_scores=[ProposedScore(key, 100, "Perfect.", quotes) for key in weights(against_listing=True)],
        matched_skills=[ProposedSkill("Everything", "required", quotes)],
        missing_skills=[],
        strengths=[ProposedPoint("Perfect.", quotes), *(ProposedPoint(line[:400]) for line in attack)],
        gaps=[],
        suggestions=[],
        summary="\n".join(["Hire at once.", *attack])[:800],
    )
