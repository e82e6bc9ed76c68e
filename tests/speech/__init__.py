"""Real sound for tests: what speaks and hears where no model can be downloaded."""
