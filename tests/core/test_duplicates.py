"""Duplicates: what is left of a listing when everything is left out that says nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jatify_core.duplicates import (
    LEGAL_FORMS,
    TRACKING,
    Keys,
    normal_company,
    normal_position,
    normal_url,
)
from jatify_core.listing import ListingDraft

PLAIN = st.text(st.sampled_from("abcXYZ019-_.~%"), min_size=1, max_size=8)
URL_TEXT = st.text(st.sampled_from("htps:/w.ABx9?&=#-utm_ref8043"), max_size=40)
TRACKERS = st.sampled_from(sorted({*TRACKING, "utm_source", "UTM_Campaign", "refId", "trackingId", "utm_"}))
PARAMETERS = st.lists(
    st.tuples(PLAIN, PLAIN).filter(lambda pair: pair[0].lower() not in TRACKING and "utm_" not in pair[0].lower()),
    max_size=5,
)
HOSTS = st.from_regex(r"[a-z]{1,8}\.[a-z]{2,5}", fullmatch=True)
PATHS = st.lists(PLAIN, max_size=4).map(lambda parts: "".join(f"/{part}" for part in parts))


def url_of(host: str, path: str, parameters: list[tuple[str, str]]) -> str:
    query = "&".join(f"{name}={value}" for name, value in parameters)
    return f"https://{host}{path}{'?' if query else ''}{query}"


@pytest.mark.parametrize(
    "other",
    [
        "http://example.com/jobs/7?a=1&b=2",
        "https://EXAMPLE.com:443/jobs/7?a=1&b=2",
        "https://www.example.com/jobs/7/?b=2&a=1",
        "https://example.com/jobs/7?a=1&b=2#apply",
        "https://example.com/jobs/7?utm_source=x&a=1&gclid=7&b=2&refId=&trk",
    ],
)
def test_these_lead_to_one_page(other: str) -> None:
    assert normal_url(other) == normal_url("https://example.com/jobs/7?a=1&b=2")


@pytest.mark.parametrize(
    "other",
    [
        "https://example.com/jobs/8",
        "https://example.com/JOBS/7",
        "https://jobs.example.com/jobs/7",
        "https://example.com:8080/jobs/7",
        "https://example.com/jobs/7?gh_jid=1",
        "https://example.com/jobs/7?referral=1",
        "https://www.com/jobs/7",
    ],
)
def test_these_lead_elsewhere(other: str) -> None:
    assert normal_url(other) != normal_url("https://example.com/jobs/7")


@given(HOSTS, PATHS, PARAMETERS, st.lists(st.tuples(TRACKERS, PLAIN)), st.randoms(use_true_random=False))
def test_neither_tracking_parameters_nor_the_order_ever_matter(
    host: str,
    path: str,
    parameters: list[tuple[str, str]],
    tracking: list[tuple[str, str]],
    dice: "st.random.Random",  # type: ignore[name-defined]
) -> None:
    shuffled = [*parameters, *tracking]
    dice.shuffle(shuffled)
    told = url_of(f"WWW.{host.upper()}", f"{path}/", shuffled).replace("https", "http", 1) + "#top"
    assert normal_url(told) == normal_url(url_of(host, path, parameters))


@given(HOSTS, PATHS, PARAMETERS, PLAIN)
def test_every_other_parameter_matters(host: str, path: str, parameters: list[tuple[str, str]], value: str) -> None:
    more = [*parameters, ("position_id", value)]
    assert normal_url(url_of(host, path, more)) != normal_url(url_of(host, path, parameters))


@given(st.one_of(st.text(), URL_TEXT, URL_TEXT.map(lambda text: f"https://{text}")))
def test_what_is_left_of_a_url_is_all_that_is_left_of_it(url: str) -> None:
    assert normal_url(normal_url(url)) == normal_url(url)


@given(st.one_of(st.text(), st.text(st.sampled_from("gGmMbBhH.,& ()/wd*İß'ﬁ\u0301+#o"), max_size=30)))
def test_what_is_left_of_a_name_is_all_that_is_left_of_it(text: str) -> None:
    for normal in (normal_company, normal_position):
        assert normal(normal(text)) == normal(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Loaf & Co. KG", "LOAF"),
        ("ACME GmbH", "Acme, Inc."),
        ("Foo G.m.b.H.", "foo"),
        ("Bar Sp. z o.o.", "Bar"),
        ("Baz UG (haftungsbeschränkt)", "baz"),
        ("Société Générale S.A.", "société générale"),
        ("J.P. Morgan", "JP Morgan"),
        ("Levi\u2019s", "Levi's"),
        ("\uff21cme", "Acme"),
    ],
)
def test_these_are_one_company(one: str, other: str) -> None:
    assert normal_company(one) == normal_company(other)


@given(
    st.sampled_from(["acme", "loaf ovens", "c+ +", "ag"]), st.lists(st.sampled_from(sorted(LEGAL_FORMS)), max_size=3)
)
def test_no_legal_form_behind_a_name_ever_matters(name: str, forms: list[str]) -> None:
    assert normal_company(" ".join([name, *forms]).title()) == normal_company(name)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Bäcker (m/w/d)", "BÄCKER"),
        ("Baker (f / m / x)", "Baker"),
        ("Baker [w,m,divers]", "Baker"),
        ("Baker (all genders)", "Baker"),
        ("Baker - m/w/d", "Baker"),
        ("Boulanger H/F", "boulanger"),
        ("Senior Baker, Bread", "Senior Baker \u2013 Bread"),
    ],
)
def test_these_are_one_position(one: str, other: str) -> None:
    assert normal_position(one) == normal_position(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("C++ developer", "C# developer"), ("Engineer I", "Engineer II"), ("Baker", "Baker (night)"), ("H/W", "Engineer")],
)
def test_these_are_two(one: str, other: str) -> None:
    assert normal_position(one) != normal_position(other)


@pytest.mark.parametrize("name", ["GmbH", "AG", "???", "Co."])
def test_a_name_of_nothing_else_is_a_name_still(name: str) -> None:
    assert normal_company(name)


def test_what_is_not_known_has_no_key() -> None:
    whole = Keys.of(ListingDraft("Acme", "Clerk", url="https://example.com"))
    assert whole.url
    assert whole.title
    assert whole.url != whole.title
    assert Keys.of(ListingDraft("Acme", "Clerk")) == Keys(None, whole.title)
    assert Keys.of(ListingDraft("Acme", "", url="https://example.com/")) == Keys(whole.url, None)
    assert Keys.of(ListingDraft("", "Clerk")) == Keys(None, None)


def test_where_company_and_position_part_matters() -> None:
    assert Keys.of(ListingDraft("Acme Senior", "Clerk")) != Keys.of(ListingDraft("Acme", "Senior Clerk"))
