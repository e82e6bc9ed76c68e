"""What a proven key is to this node."""

from __future__ import annotations

from enum import StrEnum


class Standing(StrEnum):
    """`REVOKED`: belonged to the community once; refused as a member, welcome with a new invite like any `GUEST`."""

    MEMBER = "member"
    GUEST = "guest"
    REVOKED = "revoked"
