"""Figures and files of what stands beside the ladder, for several audiences."""
