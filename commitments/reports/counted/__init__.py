"""Figures about what was counted and not typed: origins of numbers, and how the cases of one are distributed."""
