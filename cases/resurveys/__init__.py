"""复勘: who draws, does and confirms it; its list, its clock, its place on the case page."""
