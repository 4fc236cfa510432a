"""What `jatify check` looks at, the settings having been read by then, and what `jatify migrate` does."""

import sys

from jatify_adapters.openrouter import OpenRouterAnalyzer
from jatify_adapters.postgres import migrate, open_store
from jatify_core.ports import Analyzer
from jatify_http.settings import Settings
from jatify_http.wiring import open_analyzer, open_database


async def check_everything(settings: Settings) -> bool:
    """Tell how each part is; True if all are well. Raises what the database's problem is."""
    _tell("settings", "read")
    async with open_database(settings) as conninfo:
        if not settings.database_url:
            await migrate(conninfo)
        async with open_store(conninfo, listen_conninfo=settings.listen_url) as store:
            await store.check()
            walls = store.walls
    _tell("database", "answers and is up to date")
    _tell("walls", walls.complaint or "users' rows are kept apart by roles of their own")
    async with open_analyzer(settings) as analyzer:
        problem = await _problem(analyzer)
        identity = analyzer.identity
    _tell("analyzer", problem or f"{identity.provider}, {identity.model}: ready")
    return problem is None


async def bring_up_to_date(settings: Settings) -> None:
    """Apply the migrations that the database lacks, and tell which."""
    async with open_database(settings) as conninfo:
        applied = await migrate(conninfo)
    told = [f"applied {name}" for name in applied] or ["The database is up to date."]
    sys.stdout.write("\n".join(told) + "\n")


async def _problem(analyzer: Analyzer) -> str | None:
    return await analyzer.diagnose() if isinstance(analyzer, OpenRouterAnalyzer) else None


def _tell(part: str, words: str) -> None:
    sys.stdout.write(f"{part:<9} {words}\n")
