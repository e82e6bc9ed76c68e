"""The small value types everything else is written in."""
