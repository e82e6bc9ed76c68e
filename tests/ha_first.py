"""Loaded before pytest-homeassistant-custom-component, whose newest release was made for an older Home Assistant.

It imports httpx before homeassistant, which that refuses, and looks for a function that has moved. Both are mended here;
with a release that fits, this does nothing.
"""

import homeassistant  # noqa: F401  (first: it aliases httpx and voluptuous)
from homeassistant.components import logger
from homeassistant.components.logger import helpers
from pytest_homeassistant_custom_component import patch_json, patch_recorder, patch_time  # noqa: F401  (before anything they patch)

if not hasattr(logger, "_clear_logger_overwrites"):
    logger._clear_logger_overwrites = helpers._clear_logger_overwrites
