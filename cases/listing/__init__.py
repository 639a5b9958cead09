"""The case list: which rows (criteria), in which order (sorts), with which columns."""
