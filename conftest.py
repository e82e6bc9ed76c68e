"""Rules that hold for every test."""

from hypothesis import settings

settings.register_profile("hearthnet", deadline=None)  # how long something takes is the bench's business
settings.load_profile("hearthnet")

pytest_plugins = ["tests.reasons_plugin"]
