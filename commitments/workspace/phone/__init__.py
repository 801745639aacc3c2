"""What a telephone shows of evidence, keeps for later, and sends apart from its form."""
