"""What a node can do, one capability family a file."""
