"""The outside world: one package for each technology that stores, asks or fakes for the core's ports."""
