"""The log: every signed event this node keeps, in the order it came to count."""
