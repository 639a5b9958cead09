"""人伤: computing, reviewing and tracking what injured persons are owed."""
