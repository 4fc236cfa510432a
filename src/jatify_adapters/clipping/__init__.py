"""Finds a listing's members in what somebody pasted: HTML of any page, or plain text."""

from jatify_adapters.clipping.reader import PageReader

__all__ = ["PageReader"]
