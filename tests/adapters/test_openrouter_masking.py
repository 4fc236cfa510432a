"""Contact details do not leave the machine; what a judgement needs does."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jatify_adapters.openrouter.masking import _without_contact, mask_contact
from jatify_adapters.openrouter.prompt import Prompt
from tests.adapters.openrouter_asking import KEY, MATERIAL, asking


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("ada@example.org", "[e-mail]"),
        ("Write to ada.lovelace+jobs@mail.example.co.uk, please", "Write to [e-mail], please"),
        ("<jane_doe-1@example.com>|", "<[e-mail]>|"),
    ],
)
def test_an_email_address_is_masked(text: str, masked: str) -> None:
    assert mask_contact(text) == masked


@pytest.mark.parametrize(
    "number",
    [
        "+49 170 1234567", "+1 (555) 201-2020", "+44 20 7946 0958", "0049 30 123456", "(123) 456-7890", "555-123-4567",
        "555.123.4567", "5551234567", "020 7946 0958", "0170 1234567", "(030) 1234567", "06 12 34 56 78",
        "06.12.34.56.78", "+33 6 12 34 56 78", "+91-98765-43210",
    ],
)  # fmt: skip
def test_a_phone_number_is_masked(number: str) -> None:
    assert mask_contact(f"Ada | {number} | London") == "Ada | [phone] | London"


@pytest.mark.parametrize("text", ["Phone: 12 34 56", "Tel. 123-4567", "Mobile 98765 43210"])
def test_a_number_that_is_called_a_phone_is_masked(text: str) -> None:
    assert mask_contact(text) == f"{text.split(maxsplit=1)[0]} [phone]"


@pytest.mark.parametrize(
    "address",
    [
        "12 St James Square", "221b Baker Street", "1600 Pennsylvania Ave", "742 Evergreen Terrace, Apt 3",
        "4 Privet Dr.", "1 Infinite Loop Way", "Musterstraße 12a", "Hauptstr. 5", "Waldweg 7", "12 rue de la Paix",
        "5 bis avenue Victor Hugo", "Calle de Alcalá 45", "Via Garibaldi, 12",
    ],
)  # fmt: skip
def test_a_street_address_is_masked(address: str) -> None:
    assert mask_contact(f"{address}\nLondon") == "[address]\nLondon"


@pytest.mark.parametrize(
    "text",
    [
        "2019 - 2021", "01/2019 - 03/2021", "01/2019-03/2021", "01.02.2019-03.04.2021", "09/15-03/18", "2018-2022",
        "Mobile 2018 - 2022", "since 2019, 2020 and 2021", "reduced from 10 via caching to 3", "Python 3.12, Java 17",
        "served 1,000,000 users", "saved $2,500,000 a year", "99.999% uptime", "2019 United Way volunteer",
        "2021 First Place", "delivered via Kafka to 40 services", "Engineer @ Acme", "C++ 20, ISO 27001:2013",
        "Arbeitsplatz 2019", "from 120 ms to 45 ms", "GPA 3.95/4.00", "2019 Best Way to Drive",
    ],
)  # fmt: skip
def test_dates_numbers_and_words_stay(text: str) -> None:
    assert mask_contact(text) == text


@given(st.text(alphabet="0123456789 +-()./@\nAeSt", max_size=300))
def test_masking_twice_masks_no_more_than_once(text: str) -> None:
    once = mask_contact(text)
    assert mask_contact(once) == once


PIECES = [
    *"0129 +-()/.@\n\t,A", "St", " Street ", "Rue de la Paix", " bis ", "weg ", "Haupt", "Platz", "straße", "str. ",
    "Via ", "Calle", "ada", "example.org", "tel ", "Mobile: ", " 2019", "12 ", "+49", "\u0661",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=24).map("".join))
def test_a_line_that_is_not_looked_at_closely_holds_nothing_to_mask(text: str) -> None:
    assert mask_contact(text) == "\n".join(_without_contact(line) for line in text.split("\n"))


@pytest.mark.parametrize("piece", [" ", "a", "1", "A ", "1 ", "+", "1-", "a.", "A1 ", "(0", "Rua A ", "1 A b ", "tel "])
def test_no_text_makes_masking_slow(piece: str) -> None:
    text = piece * (100_000 // len(piece))
    began = time.process_time()
    mask_contact(text)
    assert time.process_time() - began < 2


async def test_nothing_masked_reaches_the_provider_unless_it_is_allowed() -> None:
    async with asking() as (analyzer, provider):
        await analyzer.analyze(MATERIAL)
    assert "ada@example.org" not in provider.requests[0].body
    assert "[e-mail]" in provider.requests[0].body
    assert "ada@example.org" in Prompt.of(MATERIAL, KEY, masked=False).user
