"""The head for those who keep it: the check of a kept one, those of all days, the signed one, and the witnesses."""
