"""Membership: who is who, by a fold of the log; invites and joining."""
