"""诉讼: the life of a suit, who may do what in it, its clocks, its pages and registers."""
