"""Replication: every node that may read a scope ends up with the same events, whatever happened in between."""
