"""Parts of the demonstration about what stands beside the ladder."""
