"""The launch: who is invited to begin, who has, and the invitations to hand out."""
