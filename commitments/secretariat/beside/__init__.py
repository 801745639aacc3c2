"""Admin pages of what stands beside the ladder."""
