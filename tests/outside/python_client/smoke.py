"""A script in short: the client is generated from openapi.json, and this is checked against its types."""

import os
import time
from io import BytesIO
from uuid import uuid4

from jatify_client import AuthenticatedClient, Client
from jatify_client.api.accounts import login, register
from jatify_client.api.jobs import create_job, get_job, list_jobs
from jatify_client.api.resumes import create_resume, list_resumes
from jatify_client.models import (
    CreateResumeBody,
    Credentials,
    JobView,
    ListedJobView,
    ListedResumeView,
    ListingDraft,
    LoginView,
    Problem,
    Registration,
    ResumeView,
)
from jatify_client.types import File, Unset

URL = os.environ["JATIFY_URL"]
EMAIL = f"py{time.time_ns()}@example.com"
PASSWORD = "correct horse battery staple"
RESUME = b"Ada Lovelace\nEngineer\n\n" + b"Built engines in Python and PostgreSQL, and led a team of four.\n" * 4

guest = Client(base_url=URL)
assert register.sync_detailed(client=guest, body=Registration(EMAIL, PASSWORD, "Ada")).status_code == 201
session = login.sync(client=guest, body=Credentials(EMAIL, PASSWORD))
assert isinstance(session, LoginView)
client = AuthenticatedClient(base_url=URL, token=session.token)

job = create_job.sync(client=client, body=ListingDraft("Acme", "Engineer"))
assert isinstance(job, JobView)
listed = list_jobs.sync(client=client, limit=5)
assert isinstance(listed, ListedJobView)
assert [item.id for item in listed.items] == [job.id]

with_file = CreateResumeBody(file=File(BytesIO(RESUME), "ada.txt", "text/plain"))
resume = create_resume.sync(client=client, body=with_file)
assert isinstance(resume, ResumeView), resume
resumes = list_resumes.sync(client=client)
assert isinstance(resumes, ListedResumeView)
assert [item.name for item in resumes.items] == ["ada"]

refused = create_job.sync(client=client, body=ListingDraft("", "Engineer"))
assert isinstance(refused, Problem)
assert not isinstance(refused.errors, Unset)
assert [fault.pointer for fault in refused.errors] == ["/company"]
missing = get_job.sync(uuid4(), client=client)
assert isinstance(missing, Problem)
assert missing.status == 404
