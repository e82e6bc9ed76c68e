"""Rules that hold for every test."""

pytest_plugins = ["tests.reasons_plugin"]
