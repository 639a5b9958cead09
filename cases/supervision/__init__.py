"""权限履行监督: how authority was used in a month, what asks for an explanation, and who looked at it."""
