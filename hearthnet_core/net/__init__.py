"""Bytes between nodes: links (TLS or simulated), connections with streams, the mesh of peers, discovery."""
