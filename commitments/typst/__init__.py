"""PDF and pictures made with typst: the templates (`*.typ`), the runner, and the letters that our fonts have."""
