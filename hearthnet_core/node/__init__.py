"""The node itself: `compose` puts it together, `run` lets it live on this machine."""

from hearthnet_core.node.compose import Ground, Node
from hearthnet_core.node.run import Started, run

__all__ = ["Ground", "Node", "Started", "run"]
