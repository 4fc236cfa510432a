"""One's own account: a name to change, a password to replace, and a way out."""

from datetime import timedelta
from typing import Any

import pytest
from msgspec import to_builtins

from jatify_adapters.memory import MemoryStore
from jatify_core.errors import Contended
from jatify_core.job import ANALYSIS
from jatify_core.ports import Ports
from jatify_core.use_cases.analyses import carry_out
from jatify_core.worker.ends import end_of
from jatify_core.worker.upkeep import settle
from tests.http.people import PASSWORD, Person, newcomer

NEW = "brass engine, punched cards"
PATCH = {"Content-Type": "application/merge-patch+json"}
FORGOTTEN = {"sequence": 0, "numbered": 0, "tallies": {}}
"""What tells nothing of anybody: counters, and digests that throttling forgets by itself."""


async def test_a_name_can_be_changed_and_the_version_counts_it(ann: Person) -> None:
    before = await ann.get("/api/user/profile")
    assert before.headers["etag"] == '"v1"'
    changed = await ann.patch("/api/user/profile", json={"name": "Ann Archer"}, headers=PATCH)
    assert (changed.status_code, changed.headers["etag"]) == (200, '"v2"')
    assert changed.json() == before.json() | {"name": "Ann Archer"}
    after = await ann.get("/api/user/profile")
    assert (after.json(), after.headers["etag"]) == (changed.json(), '"v2"')


async def test_the_tag_of_a_registration_is_the_accounts(nobody: Person) -> None:
    registered = await nobody.post("/api/auth/register", json=EVE)
    eve = await newcomer(nobody, "eve@example.com", "Eve")
    assert (await eve.get("/api/user/profile")).headers["etag"] == registered.headers["etag"]
    meant = {"If-Match": registered.headers["etag"]}
    assert (await eve.patch("/api/user/profile", json={"name": "Eva"}, headers=meant)).status_code == 200


async def test_a_change_meant_for_another_version_is_refused_and_writes_nothing(ann: Person) -> None:
    await ann.patch("/api/user/profile", json={"name": "First"}, headers={"If-Match": '"v1"'})
    stale = await ann.patch("/api/user/profile", json={"name": "Second"}, headers={"If-Match": '"v1"'})
    assert (stale.status_code, stale.json()["type"]) == (412, "/problems/stale")
    assert (await ann.get("/api/user/profile")).json()["name"] == "First"


@pytest.mark.parametrize(
    ("patch", "pointer", "code"),
    [
        ({"email": "new@example.com"}, "/email", "unknown_member"),
        ({"is_operator": True}, "/is_operator", "unknown_member"),
        ({"id": "7"}, "/id", "unknown_member"),
        ({"password": NEW}, "/password", "unknown_member"),
        ({"name": None}, "/name", "missing"),
        ({"name": "  "}, "/name", "blank"),
        ({"name": "x" * 201}, "/name", "too_long"),
        ({"name": "A\0nn"}, "/name", "forbidden_character"),
        ({"name": 7}, "/name", "wrong_type"),
    ],
)
async def test_what_cannot_be_changed_is_named(ann: Person, patch: dict[str, Any], pointer: str, code: str) -> None:
    answer = await ann.patch("/api/user/profile", json=patch)
    assert answer.status_code == 422
    assert [(e["pointer"], e["code"]) for e in answer.json()["errors"]] == [(pointer, code)]
    assert (await ann.get("/api/user/profile")).json()["name"] == "Ann"


async def test_a_new_password_replaces_the_old_one_and_ends_all_other_sessions(nobody: Person, ann: Person) -> None:
    phone, laptop = [await newcomer(nobody, "ann@example.com", "Ann") for _ in range(2)]
    assert (await laptop.put("/api/user/password", json=change())).status_code == 204
    assert [(await who.get("/api/user/profile")).status_code for who in (ann, phone, laptop)] == [401, 401, 200]
    assert [await login(nobody, password) for password in (PASSWORD, NEW)] == [401, 200]


async def test_a_wrong_current_password_is_named_and_changes_nothing(nobody: Person, ann: Person) -> None:
    phone = await newcomer(nobody, "ann@example.com", "Ann")
    answer = await ann.put("/api/user/password", json=change(current="no such password"))
    assert answer.status_code == 422
    assert [(e["pointer"], e["code"]) for e in answer.json()["errors"]] == [("/current_password", "wrong_password")]
    assert (await phone.get("/api/user/profile")).status_code == 200
    assert [await login(nobody, password) for password in (PASSWORD, NEW)] == [200, 401]


async def test_a_wrong_current_password_costs_as_much_as_the_right_one(
    ann: Person, ports: Ports, monkeypatch: pytest.MonkeyPatch
) -> None:
    work: list[str] = []
    for name in ("hash", "verify"):
        real = getattr(ports.passwords, name)

        async def counted(*given: Any, name: str = name, real: Any = real) -> Any:
            work.append(name)
            return await real(*given)

        monkeypatch.setattr(ports.passwords, name, counted)
    await ann.put("/api/user/password", json=change(current="no such password"))
    wrong, work = work[:], []
    await ann.put("/api/user/password", json=change())
    assert sorted(wrong) == sorted(work) == ["hash", "verify"]


@pytest.mark.parametrize(
    ("new", "code"), [("short", "too_short"), ("ü" * 600, "too_long"), ("nul\0nul nul", "forbidden_character")]
)
async def test_a_new_password_follows_the_rules_of_a_registration(
    nobody: Person, ann: Person, new: str, code: str
) -> None:
    answer = await ann.put("/api/user/password", json=change(new=new))
    assert answer.status_code == 422
    assert [(e["pointer"], e["code"]) for e in answer.json()["errors"]] == [("/new_password", code)]
    assert await login(nobody, PASSWORD) == 200


async def test_of_two_changes_at_once_the_later_finds_its_proof_outdated(
    ann: Person, nobody: Person, ports: Ports, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = await newcomer(nobody, "ann@example.com", "Ann")
    verify = ports.passwords.verify

    async def slow(password: str, hashed: str | None) -> bool:
        known = await verify(password, hashed)
        monkeypatch.undo()
        await phone.put("/api/user/password", json=change(new="quicker than the other"))
        return known

    monkeypatch.setattr(ports.passwords, "verify", slow)
    assert (await ann.put("/api/user/password", json=change())).status_code == 401
    assert [await login(nobody, password) for password in (NEW, "quicker than the other")] == [401, 200]


async def test_a_login_under_way_does_not_outlive_a_change_of_password(
    ann: Person, nobody: Person, ports: Ports, monkeypatch: pytest.MonkeyPatch
) -> None:
    verify = ports.passwords.verify

    async def slow(password: str, hashed: str | None) -> bool:
        known = await verify(password, hashed)
        monkeypatch.undo()
        await ann.put("/api/user/password", json=change())
        return known

    monkeypatch.setattr(ports.passwords, "verify", slow)
    assert await login(nobody, PASSWORD) == 401  # it is the new one that counts by then


async def test_whoever_leaves_leaves_nothing(bob: Person, nobody: Person, store: MemoryStore) -> None:
    await filled(bob)
    before = to_builtins(vars(store._tables) | FORGOTTEN)
    eve = await newcomer(nobody, "eve@example.com", "Eve")
    await filled(eve)
    assert (await eve.ask("DELETE", "/api/user", json={"password": PASSWORD})).status_code == 204
    assert to_builtins(vars(store._tables) | FORGOTTEN) == before
    assert (await eve.get("/api/user/profile")).status_code == 401
    assert await login(nobody, PASSWORD, "eve@example.com") == 401
    assert (await nobody.post("/api/auth/register", json=EVE)).status_code == 201


async def test_nobody_leaves_without_the_password(ann: Person) -> None:
    answer = await ann.ask("DELETE", "/api/user", json={"password": "no such password"})
    assert answer.status_code == 422
    assert [(e["pointer"], e["code"]) for e in answer.json()["errors"]] == [("/password", "wrong_password")]
    for body, status in (({}, 422), ({"password": PASSWORD, "really": True}, 422), (None, 400)):
        content = {"json": body} if body is not None else {"headers": {"Content-Type": "application/json"}}
        assert (await ann.ask("DELETE", "/api/user", **content)).status_code == status
    assert (await ann.get("/api/user/profile")).status_code == 200


async def test_what_runs_for_somebody_who_leaves_records_nothing(ann: Person, ports: Ports, store: MemoryStore) -> None:
    await ann.analysis((await ann.resume())["id"])
    (job,) = await ports.store.jobs.claim([ANALYSIS], 1, timedelta(seconds=30), "worker")
    answer = await carry_out(ports, job)
    assert (await ann.ask("DELETE", "/api/user", json={"password": PASSWORD})).status_code == 204
    await settle(ports.store, [end_of(job, answer, 0.5, paused=False)])
    assert not store._tables.analyses
    assert not store._tables.jobs


async def test_leaving_gives_way_to_a_worker_and_tries_again(ann: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    tries = []

    async def contended(*_: object) -> None:
        tries.append(1)
        if len(tries) == 2:
            monkeypatch.undo()
        raise Contended("Others were changing the same just now.")

    monkeypatch.setattr("jatify_adapters.memory.users.MemoryUsers.remove", contended)
    assert (await ann.ask("DELETE", "/api/user", json={"password": PASSWORD})).status_code == 204
    assert len(tries) == 2


EVE = {"email": "eve@example.com", "password": PASSWORD, "name": "Eve"}


def change(current: str = PASSWORD, new: str = NEW) -> dict[str, str]:
    return {"current_password": current, "new_password": new}


async def login(nobody: Person, password: str, email: str = "ann@example.com") -> int:
    answer = await nobody.post("/api/auth/login", json={"email": email, "password": password})
    return answer.status_code


async def filled(who: Person) -> None:
    """Somebody with one of each."""
    job, resume = await who.job(), await who.resume()
    application = await who.application(job_id=job["id"], resume_id=resume["id"])
    await who.delete(f"/api/applications/{application['id']}")
    await who.application(job_id=job["id"])
    await who.analysis(resume["id"], job["id"])
