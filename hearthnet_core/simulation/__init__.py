"""Many nodes in one thread, on a simulated clock, network and disk; a seed tells what happens to them."""
