"""The analyzer that needs no key, no network and no model: rules over words."""

from jatify_adapters.local.analyzer import LocalAnalyzer

__all__ = ["LocalAnalyzer"]
