"""A seeker who has been at it for ninety days, and the way to each screen of his."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import anyio
import httpx
from playwright.sync_api import Page, expect

from jatify_http.demo_search import enter_search
from jatify_http.samples import RESUME_FILENAME, sample_listing, sample_resume
from tests.console.people import Seeker
from tests.running import ended


class Furnished:
    """The sample search, a resume, and a finished analysis against the sample listing."""

    def __init__(self, seeker: Seeker) -> None:
        self.seeker = seeker
        self.resume = seeker.resume(RESUME_FILENAME, sample_resume())
        draft = sample_listing()
        self.job = seeker.job(draft.company, draft.position, description=draft.description, source=draft.source)
        self.application = seeker.made(
            "/api/applications", {"job_id": self.job["id"], "resume_id": self.resume["id"], "status_id": "applied"}
        )
        self.described: list[str] = []
        with ThreadPoolExecutor(1) as thread:  # the browser's event loop may have this one
            thread.submit(anyio.run, self._search).result()
        asked = seeker.made(f"/api/resumes/{self.resume['id']}/analyze", {"job_id": self.job["id"]})
        self.analysis = ended(seeker.api, asked)

    def analyse_some(self) -> None:
        """Have the described listings judged as well."""
        for job_id in self.described:
            ended(self.seeker.api, self.seeker.made(f"/api/resumes/{self.resume['id']}/analyze", {"job_id": job_id}))

    async def _search(self) -> None:
        headers = dict(self.seeker.api.headers)
        async with httpx.AsyncClient(
            base_url=self.seeker.api.base_url, headers=headers, trust_env=False, timeout=60
        ) as client:
            self.described = await enter_search(client, self.resume["id"], datetime.now(UTC))

    def open(self, page: Page, screen: str) -> None:
        """Show *screen*, and wait until it has come to rest."""
        if screen == "login":
            page.goto("/")
            expect(page.get_by_role("heading", name="Log in")).to_be_visible()
            return
        self.seeker.enter(page, self.address_of(screen))
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        page.wait_for_timeout(700)  # what is still on its way has no one name

    def address_of(self, screen: str) -> str:
        match screen:
            case "application":
                return f"#/application/{self.application['id']}"
            case "match":
                return f"#/match?resume={self.resume['id']}&job={self.job['id']}"
            case _:
                return f"#/{screen}"
