"""The kinds of import: of each, its columns and what becomes of its rows."""
