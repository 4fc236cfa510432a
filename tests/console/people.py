"""Whoever uses the console in a test: a fresh account, and a window that is logged in to it."""

import json
from itertools import count
from typing import Any

import httpx
from playwright.sync_api import Page

PASSWORD = "correct horse battery staple"
_numbers = count(1)


class Seeker:
    """A job seeker with an account of his own: what he has is made through the API, what he does in the browser."""

    def __init__(self, address: str, name: str = "Ada Park") -> None:
        self.name = name
        number = next(_numbers)
        self.email = f"seeker{number}@example.com"
        # Each from an address of his own: one address may register only so many.
        place = {"X-Forwarded-For": f"192.0.2.{number}"}
        self.api = httpx.Client(base_url=address, trust_env=False, timeout=60, headers=place)
        account = {"email": self.email, "password": PASSWORD, "name": name}
        self.api.post("/api/auth/register", json=account).raise_for_status()
        login = self.api.post("/api/auth/login", json={"email": self.email, "password": PASSWORD})
        self.login: dict[str, Any] = login.raise_for_status().json()
        self.api.headers["Authorization"] = f"Bearer {self.login['token']}"

    def close(self) -> None:
        self.api.close()

    def enter(self, page: Page, where: str = "#/board") -> None:
        """Open the console at *where*, logged in already."""
        page.goto("/")
        page.evaluate("([key, kept]) => localStorage.setItem(key, kept)", ["jatify.session", json.dumps(self.login)])
        page.goto(f"/{where}")
        page.reload()

    def job(self, company: str, position: str, **more: Any) -> dict[str, Any]:
        return self.made("/api/jobs", {"company": company, "position": position, **more})

    def application(self, company: str, position: str, status_id: str = "saved", **more: Any) -> dict[str, Any]:
        job = self.job(company, position)
        return self.made("/api/applications", {"job_id": job["id"], "status_id": status_id, **more})

    def resume(self, name: str, content: bytes) -> dict[str, Any]:
        answer = self.api.post("/api/resumes", files={"file": (name, content)})
        return dict(answer.raise_for_status().json())

    def made(self, path: str, draft: dict[str, Any]) -> dict[str, Any]:
        """What the API says of the thing that it made of *draft*."""
        return dict(self.api.post(path, json=draft).raise_for_status().json())
