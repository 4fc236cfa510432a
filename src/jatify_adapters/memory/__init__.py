"""Honest fakes of every port: what they promise they keep, what a real one refuses they refuse, and nothing waits."""

from jatify_adapters.memory.analyzer import ScriptedAnalyzer
from jatify_adapters.memory.clock import MovableClock, uuid7s
from jatify_adapters.memory.extractor import PlainExtractor
from jatify_adapters.memory.passwords import PlainPasswords
from jatify_adapters.memory.ports import memory_ports
from jatify_adapters.memory.reader import PlainReader
from jatify_adapters.memory.store import MemoryStore
from jatify_adapters.memory.tokens import PlainTokens

__all__ = [
    "MemoryStore",
    "MovableClock",
    "PlainExtractor",
    "PlainPasswords",
    "PlainReader",
    "PlainTokens",
    "ScriptedAnalyzer",
    "memory_ports",
    "uuid7s",
]
