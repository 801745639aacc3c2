"""What a new head takes over."""
