"""What outsiders check with: programs to download, and the descriptions of all data that other programs read."""
