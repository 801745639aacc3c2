"""Help with a first target: templates of services, and a baseline measured on the spot."""
