"""One example for each thing that people send or read; the API's description shows them."""

from collections.abc import Mapping
from typing import Any, Final

AT: Final = "2026-11-24T09:00:00Z"
USER: Final = {
    "id": "019ab4c0-0000-7000-8000-000000000001",
    "email": "ada@example.com",
    "name": "Ada",
    "created_at": AT,
}
JOB_ID: Final = "019ab4c0-0000-7000-8000-000000000002"
RESUME_ID: Final = "019ab4c0-0000-7000-8000-000000000003"
ANALYSIS_ID: Final = "019ab4c0-0000-7000-8000-000000000004"
LETTER_ID: Final = "019ab4c0-0000-7000-8000-000000000005"
APPLICATION_ID: Final = "019ab4c0-0000-7000-8000-000000000006"
IMPORT_ID: Final = "019ab4c0-0000-7000-8000-000000000008"
WRITTEN: Final = {"created_at": AT, "updated_at": AT, "version": 1}

LISTING: Final = {
    "company": "Analytical Engines",
    "position": "Backend engineer",
    "description": "Python and PostgreSQL are required.",
    "url": "https://example.com/jobs/7",
    "location": "London",
    "workplace": "hybrid",
    "employment_type": "full time",
    "salary": {"min": 60_000, "max": 75_000, "currency": "GBP", "period": "year"},
    "source": "a friend",
    "posted_on": "2026-11-20",
    "deadline_on": "2026-12-15",
}
APPLICATION: Final = {
    "job_id": JOB_ID,
    "resume_id": RESUME_ID,
    "status_id": "applied",
    "applied_on": "2026-11-24",
    "cover_letter": "Dear Mr Babbage, …",
    "notes": "Ask about the team.",
    "tags": ["python"],
    "follow_up_on": "2026-12-01",
    "follow_up_note": "Call Mr Babbage.",
}
STATUS: Final = {
    "id": "applied",
    "label": "Applied",
    "category": "open",
    "terminal": False,
    "position": 2,
    "own": False,
    "retired": False,
    "in_use": 12,
    "version": 1,
}
ORDER: Final = [
    *("saved", "applied", "hr_interview", "user_interview", "offer"),
    *("offer_accepted", "offer_turned_down", "rejected", "withdrawn", "ghosted"),
]
CALENDAR: Final = "0123456789-abcdefghijklmnopqrstuvwxyz_ABCDE"
SESSION_ID: Final = "019ab4c0-0000-7000-8000-000000000007"
STEP_ID: Final = "019ab4c0-0000-7000-8000-000000000008"
SHA256: Final = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
DEAD: Final = {"reason": "timeout", "message": "The model did not answer in time."}

EXAMPLES: Final[Mapping[str, Any]] = {
    "Registration": {"email": USER["email"], "password": "correct horse battery", "name": USER["name"]},
    "Credentials": {"email": USER["email"], "password": "correct horse battery"},
    "UserView": USER,
    "LoginView": {"token": "eyJhbGciOi…", "token_type": "Bearer", "expires_at": "2026-11-25T09:00:00Z", "user": USER},
    "StatusView": STATUS,
    "StatusDraft": {"label": "Phone screen", "category": "interview", "terminal": False, "position": 3},
    "StatusEditPatch": {"label": "Sent", "position": 2},
    "StatusOrder": {"ids": ORDER},
    "ListingDraft": LISTING,
    "ListingDraftPatch": {"deadline_on": "2026-12-20", "source": None},
    "JobView": {"id": JOB_ID, **LISTING, **WRITTEN},
    "ApplicationDraft": APPLICATION,
    "ApplicationChange": {**APPLICATION, "status_note": "Sent by mail.", "status_at": AT},
    "ApplicationChangePatch": {"status_id": "hr_interview", "status_note": "On Friday at ten."},
    "ApplicationView": {
        "id": APPLICATION_ID,
        **APPLICATION,
        **WRITTEN,
        "job": {"id": JOB_ID, "company": LISTING["company"], "position": LISTING["position"]},
        "status_since": AT,
        "sent_resume": {
            "resume_id": RESUME_ID,
            "name": "Backend, short",
            "filename": "ada.pdf",
            "sha256": SHA256,
            "sent_at": AT,
        },
        "history": [
            {
                "id": STEP_ID,
                "status_id": "applied",
                "from_status_id": None,
                "at": AT,
                "note": None,
                "recorded_at": AT,
            }
        ],
        "timeline": [
            {"kind": "created", "at": AT},
            {
                "kind": "status",
                "at": AT,
                "step_id": STEP_ID,
                "status_id": "applied",
                "from_status_id": None,
                "note": None,
            },
        ],
    },
    "ForgottenStep": {"status_id": "hr_interview", "at": "2025-11-20T14:00:00Z", "note": "By telephone."},
    "StepChangePatch": {"note": "By video."},
    "ResumeDraft": {"name": "Backend, short"},
    "ResumeDraftPatch": {"name": "Backend, short"},
    "ResumeView": {
        "id": RESUME_ID,
        "name": "Backend, short",
        "filename": "ada.pdf",
        "media_type": "application/pdf",
        "size": 48_120,
        "sha256": SHA256,
        "pages": 2,
        "text_chars": 5_210,
        "warnings": ["multi_column"],
        **WRITTEN,
    },
    "ResumeText": {"resume_id": RESUME_ID, "text": "Ada Lovelace\nEngineer", "chars": 21, "warnings": []},
    "AnalyzeRequest": {"job_id": JOB_ID, "force": False},
    "AnalysisView": {
        "id": ANALYSIS_ID,
        "resume_id": RESUME_ID,
        "job_id": JOB_ID,
        "state": "queued",
        "score": None,
        "result": None,
        "error": None,
        "analyzer": {"provider": "local", "model": "rules/1", "prompt_version": "1"},
        "usage": {"input_tokens": None, "output_tokens": None, "cost_usd": None},
        "attempts": 0,
        "stale": False,
        "created_at": AT,
        "started_at": None,
        "finished_at": None,
    },
    "DeadLetterView": {
        "id": LETTER_ID,
        "analysis_id": ANALYSIS_ID,
        "resume_id": RESUME_ID,
        "job_id": JOB_ID,
        "resume_name": "Backend, short",
        "company": LISTING["company"],
        "position": LISTING["position"],
        **DEAD,
        "attempts": 5,
        "errors": [{"attempt": 5, "at": AT, **DEAD}],
        "enqueued_at": AT,
        "failed_at": AT,
        "requeues": 0,
    },
    "Queue": {
        "items": [
            {
                "analysis_id": ANALYSIS_ID,
                "resume_id": RESUME_ID,
                "job_id": JOB_ID,
                "state": "queued",
                "position": 3,
                "age_seconds": 12,
                "attempts": 0,
                "enqueued_at": AT,
                "due_at": AT,
            }
        ],
        "paused": [],
        "next_cursor": None,
        "operator": False,
    },
    "SessionView": {
        "id": SESSION_ID,
        "created_at": AT,
        "last_seen_at": AT,
        "expires_at": "2026-11-25T09:00:00Z",
        "user_agent": "Mozilla/5.0",
        "current": True,
    },
    "ImportedView": {
        "jobs": 40,
        "applications": 38,
        "resumes": 3,
        "analyses": 25,
        "statuses": 0,
        "dead_letters": 1,
        "skipped": [{"kind": "sessions", "count": 2, "because": "Logins are no luggage."}],
    },
    "ProfileDraft": {"name": "Ada King"},
    "ProfileDraftPatch": {"name": "Ada King"},
    "PasswordChange": {"current_password": "correct horse battery", "new_password": "brass engine, punched cards"},
    "Farewell": {"password": "correct horse battery"},
    "QueuedJobView": {
        "id": ANALYSIS_ID,
        "user_id": USER["id"],
        "kind": "analysis",
        "state": "queued",
        "attempts": 1,
        "crashes": 0,
        "requeues": 0,
        "last_reason": "timeout",
        "enqueued_at": AT,
        "due_at": AT,
    },
    "BuriedJobView": {
        "id": LETTER_ID,
        "user_id": USER["id"],
        "job_id": ANALYSIS_ID,
        "kind": "analysis",
        "reason": "timeout",
        "attempts": 5,
        "requeues": 0,
        "enqueued_at": AT,
        "failed_at": AT,
    },
    "AgendaView": {
        "on": "2026-12-02",
        "overdue": [
            {
                "kind": "follow_up",
                "on": APPLICATION["follow_up_on"],
                "days": -1,
                "application_id": APPLICATION_ID,
                "job_id": JOB_ID,
                "company": LISTING["company"],
                "position": LISTING["position"],
                "status_id": "applied",
                "note": APPLICATION["follow_up_note"],
            }
        ],
        "today": [],
        "upcoming": [],
        "silent": [],
        "deadlines": [],
        "more": {"overdue": 0, "today": 0, "upcoming": 0, "silent": 0, "deadlines": 0},
    },
    "CalendarView": {"active": True, "created_at": AT, "last_read_at": None},
    "CalendarLinkView": {
        "url": f"https://jatify.example/api/calendar/{CALENDAR}.ics",
        "token": CALENDAR,
        "created_at": AT,
    },
    "ImportReportView": {
        "id": IMPORT_ID,
        "dry_run": False,
        "encoding": "utf-8",
        "delimiter": ",",
        "columns": [{"name": "Employer", "field": "company", "samples": [LISTING["company"]]}],
        "totals": {"rows": 1, "create": 1, "skip": 0, "error": 0},
        "rows": [
            {
                "row": 2,
                "action": "create",
                "company": LISTING["company"],
                "position": LISTING["position"],
                "status_id": "applied",
                "applied_on": "2026-11-24",
                "duplicate_of": None,
                "duplicate_of_row": None,
                "errors": [],
                "notices": [],
            }
        ],
    },
    "ImportView": {
        "id": IMPORT_ID,
        "filename": "applications.csv",
        "created_at": AT,
        "undone_at": None,
        "applications": 1,
        "jobs": 1,
    },
    "UndoneView": {"removed_applications": 1, "removed_jobs": 1, "kept": []},
    "RequeueRequest": {"ids": [LETTER_ID]},
    "RequeuedView": {"requeued": [LETTER_ID], "skipped": []},
    "JobPaste": {
        "content": "Backend engineer at Analytical Engines\nLocation: London (hybrid)",
        "url": "https://example.com/jobs/7",
    },
    "ParsedJobView": {
        "draft": {**LISTING, "source": None, "posted_on": None, "deadline_on": None},
        "found": {
            "company": "heuristic",
            "position": "heuristic",
            "description": "heuristic",
            "location": "heuristic",
            "workplace": "heuristic",
            "employment_type": "heuristic",
            "salary": "heuristic",
        },
        "possible_duplicates": [],
    },
    "StatsView": {
        "applications": 3,
        "funnel": [
            {"stage": "saved", "reached": 3, "now": 0},
            {"stage": "applied", "reached": 3, "now": 1},
            {"stage": "interview", "reached": 1, "now": 1},
            {"stage": "offer", "reached": 0, "now": 0},
            {"stage": "accepted", "reached": 0, "now": 0},
        ],
        "flows": [
            {"source": "saved", "target": "applied", "count": 3},
            {"source": "applied", "target": "interview", "count": 1},
            {"source": "applied", "target": "open", "count": 1},
            {"source": "applied", "target": "status:rejected", "count": 1},
            {"source": "interview", "target": "open", "count": 1},
        ],
        "time_in_status": [
            {"status_id": "saved", "count": 3, "median_days": 1.5, "p90_days": 3.1, "now": 0},
            {"status_id": "applied", "count": 2, "median_days": 9.0, "p90_days": 13.0, "now": 1},
            {"status_id": "hr_interview", "count": 0, "median_days": None, "p90_days": None, "now": 1},
            {"status_id": "rejected", "count": 0, "median_days": None, "p90_days": None, "now": 1},
        ],
        "responses": {
            "by_source": [{"key": "a friend", "label": "a friend", "applied": 3, "responded": 1, "rate": 0.3333}],
            "by_resume": [
                {"key": RESUME_ID, "label": "Backend, short", "applied": 2, "responded": 1, "rate": 0.5},
                {"key": None, "label": "No resume", "applied": 1, "responded": 0, "rate": 0.0},
            ],
            "by_score": [
                {"key": "0-39", "label": "0 to 39", "applied": 0, "responded": 0, "rate": None},
                {"key": "40-59", "label": "40 to 59", "applied": 1, "responded": 0, "rate": 0.0},
                {"key": "60-79", "label": "60 to 79", "applied": 0, "responded": 0, "rate": None},
                {"key": "80-100", "label": "80 to 100", "applied": 1, "responded": 1, "rate": 1.0},
                {"key": "none", "label": "No score", "applied": 1, "responded": 0, "rate": 0.0},
            ],
        },
        "weeks": [
            {"week": "2026-11-09", "created": 3, "applied": 2, "interviews": 0, "offers": 0, "closed": 0},
            {"week": "2026-11-16", "created": 0, "applied": 1, "interviews": 1, "offers": 0, "closed": 1},
        ],
        "from": None,
        "to": None,
    },
    "ProblemKind": {
        "type": "/problems/stale",
        "title": "Precondition Failed",
        "status": 412,
        "meaning": "What you meant to change has changed since you read it.",
        "remedy": "Read it again, and repeat your change.",
    },
    "Problem": {
        "type": "/problems/invalid",
        "title": "Unprocessable Entity",
        "status": 422,
        "detail": "One or more members cannot be accepted.",
        "instance": "0b6a6f0f7d5a4f0e8f0c6f2d9a1e4c3b",
        "errors": [{"pointer": "/company", "code": "missing", "message": "This member must be there."}],
    },
}
