"""The retry table: from a provider's complaint to an outcome, in our own words."""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from msgspec.structs import replace

from jatify_adapters.openrouter.complaints import LIMITED, Complaint
from jatify_core.analysis import Outage, Refusal

DEFAULT_WAIT: Final = timedelta(seconds=30)
"""Where a provider says that it is asked too often, but not for how long."""

TIMEOUT: Final = Outage("timeout", "The provider did not answer in time.")
NETWORK: Final = Outage("network", "The provider could not be reached, or the connection broke.")
TOO_MUCH: Final = Outage("provider_error", "The provider's answer was too long to be one.")
EMPTY: Final = Outage("provider_error", "The provider answered without saying anything.")
BROKEN_OFF: Final = Outage("provider_error", "The provider broke off with an error.")
INTERNAL: Final = Outage("internal", "Something went wrong in Jatify itself while it asked the provider.")
INVALID_OUTPUT: Final = Outage("invalid_output", "The model's answer was not in the form it was asked for.", tries=2)
CUT_SHORT: Final = Outage("invalid_output", "The model's answer did not end within the room it had.", tries=1)
REFUSED: Final = Refusal("refused", "The model or its provider refused to judge this text.")

NO_CREDIT_LEFT: Final = re.compile(r"insufficient_quota|key limit exceeded", re.IGNORECASE)
"""Signs of an empty account under a status that usually means something else."""
CONTEXT_TOO_LONG: Final = re.compile(
    r"context[_ ](?:length|window|size)|maximum context|prompt is too long|input is too long|string_too_long"
    r"|token_limit_exceeded",
    re.IGNORECASE,
)
UNKNOWN_MODEL: Final = re.compile(r"not a valid model|model[_ ]not[_ ]found|unknown model", re.IGNORECASE)

_UNAUTHORIZED = Outage("unauthorized", "The provider does not accept the API key.", pauses=True)
_NO_CREDIT = Outage("insufficient_credits", "The provider's account has no credit left.", pauses=True)
_UNKNOWN = Refusal("model_not_found", "The provider does not offer this model, or not with the privacy asked for.")
_TOO_LONG = Refusal("context_too_long", "Resume and listing are too long for this model.")
_REJECTED = Refusal("provider_error", "The provider rejects the request for good.")
_BUSY = Outage("rate_limited", "The provider asks to be called less often.", retry_after=DEFAULT_WAIT)
_DOWN = Outage("provider_unavailable", "The provider is out of order.")
_TRY_AGAIN = Outage("provider_error", "The provider could not answer this time.")

BY_STATUS: Final[Mapping[int | None, Outage | Refusal]] = {
    None: _TRY_AGAIN,
    401: _UNAUTHORIZED,
    402: _NO_CREDIT,
    403: REFUSED,
    404: _UNKNOWN,
    408: TIMEOUT,
    409: _TRY_AGAIN,
    413: _TOO_LONG,
    425: _TRY_AGAIN,
    429: _BUSY,
}


def outcome_of(complaint: Complaint) -> Outage | Refusal:
    """What becomes of the question: try again, wait, pause, or give up."""
    signed = _by_signs(complaint)
    if signed:
        return signed
    usual = _DOWN if complaint.status and complaint.status >= 500 else _REJECTED
    outcome = BY_STATUS.get(complaint.status, usual)
    # Whoever says when to come back is not asked earlier, whatever else he says.
    if complaint.wait and isinstance(outcome, Outage) and not outcome.pauses:
        return replace(outcome, retry_after=complaint.wait, spends=complaint.status not in LIMITED)
    return outcome


def _by_signs(complaint: Complaint) -> Outage | Refusal | None:
    """What a provider says in words under a status that says something vaguer."""
    if complaint.status in {403, 429}:
        return _NO_CREDIT if NO_CREDIT_LEFT.search(complaint.words) else None
    if complaint.status in {401, 402}:
        return None
    if CONTEXT_TOO_LONG.search(complaint.words):
        return _TOO_LONG
    if complaint.status in {400, 422} and UNKNOWN_MODEL.search(complaint.words):
        return _UNKNOWN
    return None
