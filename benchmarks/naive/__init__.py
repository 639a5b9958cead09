"""What a team would write first, kept to be compared with."""
