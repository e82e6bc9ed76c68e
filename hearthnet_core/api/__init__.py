"""The local API: what Home Assistant, the command line and local programs use to talk to their own node."""
