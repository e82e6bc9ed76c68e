"""The agent: a model that may use this node's capabilities, and its client's own tools, in bounded steps."""
