"""What becomes of analyses when their jobs end: one statement for all that end together."""

from collections.abc import Sequence
from decimal import Decimal

import msgspec

from jatify_adapters.postgres.arrays import instants, integers, texts, uuids
from jatify_adapters.postgres.connection import Connection, Params
from jatify_core.analysis import Completed
from jatify_core.job import End


async def succeed(db: Connection, ends: Sequence[End]) -> None:
    """Write the reports of *ends*, those that have one."""
    results = [(end, end.completed) for end in ends if end.completed]
    if results:
        # Reports, which are long, go in by themselves, and not along with each step of the update.
        await db.change(
            """
            with done as (
              update analysis
                 set state = 'succeeded', attempts = result.attempts, provider = result.provider,
                     model = result.model, prompt_version = result.prompt_version,
                     input_tokens = result.input_tokens, output_tokens = result.output_tokens,
                     cost_usd = result.cost_usd::numeric, resume_hash = result.resume_hash,
                     listing_hash = result.listing_hash, inputs_hash = result.inputs_hash,
                     started_at = result.started_at, finished_at = now()
                from unnest(%(ids)s::uuid[], %(attempts)s::integer[], %(providers)s::text[], %(models)s::text[],
                            %(prompt_versions)s::text[], %(input_tokens)s::integer[], %(output_tokens)s::integer[],
                            %(costs_usd)s::text[], %(resume_hashes)s::text[], %(listing_hashes)s::text[],
                            %(inputs_hashes)s::text[], %(started_at)s::timestamptz[])
                  as result (id, attempts, provider, model, prompt_version, input_tokens, output_tokens, cost_usd,
                             resume_hash, listing_hash, inputs_hash, started_at)
               where analysis.id = result.id and analysis.state = 'queued'
              returning analysis.id, analysis.user_id
            ), told as (
              insert into event_new (user_id, kind, subject, state)
              select user_id, 'analysis.updated', id, 'succeeded' from done
            )
            insert into analysis_report (analysis_id, user_id, report)
            select done.id, done.user_id, written.report
              from done
              join unnest(%(ids)s::uuid[], %(reports)s::text[]) as written (id, report) on written.id = done.id
            """,
            _results(results),
        )


async def fail(db: Connection, ends: Sequence[End]) -> None:
    """Write why the analyses of *ends* failed for good."""
    if ends:
        await db.change(
            """
            with failed as (
              update analysis
                 set state = 'failed', error_code = failure.code, error_message = failure.message,
                     attempts = failure.attempts, finished_at = now()
                from unnest(%(ids)s::uuid[], %(attempts)s::integer[], %(codes)s::text[], %(messages)s::text[])
                  as failure (id, attempts, code, message)
               where analysis.id = failure.id and analysis.state = 'queued'
              returning analysis.id, analysis.user_id
            )
            insert into event_new (user_id, kind, subject, state)
            select user_id, 'analysis.updated', id, 'failed' from failed
            """,
            {
                "ids": [end.lease.job_id for end in ends],
                "attempts": [end.attempt for end in ends],
                "codes": [end.reason for end in ends],
                "messages": [end.message for end in ends],
            },
        )


def _results(results: Sequence[tuple[End, Completed]]) -> Params:
    ended, completed = [end for end, _ in results], [completed for _, completed in results]
    return {
        "ids": uuids(end.lease.job_id for end in ended),
        "attempts": integers(end.attempt for end in ended),
        "providers": texts(one.identity.provider.encode() for one in completed),
        "models": texts(one.identity.model.encode() for one in completed),
        "prompt_versions": texts(one.identity.prompt_version.encode() for one in completed),
        "input_tokens": integers(one.usage.input_tokens for one in completed),
        "output_tokens": integers(one.usage.output_tokens for one in completed),
        "costs_usd": texts(_in_digits(one.usage.cost_usd) for one in completed),
        "resume_hashes": texts(one.resume_hash.encode() for one in completed),
        "listing_hashes": texts(one.listing_hash.encode() if one.listing_hash else None for one in completed),
        "inputs_hashes": texts(one.inputs_hash.encode() for one in completed),
        "started_at": instants(one.started_at for one in completed),
        "reports": texts(msgspec.json.encode(one.report) for one in completed),
    }


def _in_digits(cost: Decimal | None) -> bytes | None:
    return None if cost is None else str(cost).encode()
