"""A small client of the local API: what the command line uses, and any Python program may."""

from hearthnet_core.client.client import Client
from hearthnet_core.client.pairing import Paired, pair

__all__ = ["Client", "Paired", "pair"]
