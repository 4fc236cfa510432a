"""Migrations: once each, in order, whoever else is at it, and with clear words where it cannot be done."""
