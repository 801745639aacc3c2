"""Pages of what stands beside the ladder."""
