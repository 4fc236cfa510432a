"""All ports in memory, composed."""

from jatify_adapters.memory.analyzer import ScriptedAnalyzer
from jatify_adapters.memory.clock import MovableClock, uuid7s
from jatify_adapters.memory.extractor import PlainExtractor
from jatify_adapters.memory.passwords import PlainPasswords
from jatify_adapters.memory.reader import PlainReader
from jatify_adapters.memory.store import MemoryStore
from jatify_adapters.memory.tokens import PlainTokens
from jatify_core.policy import Policy
from jatify_core.ports import Analyzer, Ports, Store


def memory_ports(
    *,
    clock: MovableClock | None = None,
    store: Store | None = None,
    analyzer: Analyzer | None = None,
    policy: Policy | None = None,
) -> Ports:
    """Every port in memory; pass the ones that a test wants to hold in its hands, or that are to be real."""
    clock = clock or MovableClock()
    policy = policy or Policy()
    new_id = uuid7s(clock)
    return Ports(
        store=store or MemoryStore(clock, fair_spacing=policy.fair_spacing, new_id=new_id),
        analyzer=analyzer or ScriptedAnalyzer(),
        extractor=PlainExtractor(),
        passwords=PlainPasswords(),
        tokens=PlainTokens(),
        reader=PlainReader(),
        clock=clock,
        new_id=new_id,
        policy=policy,
    )
