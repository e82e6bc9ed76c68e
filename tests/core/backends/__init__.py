"""Engines against real servers on loopback."""
