"""欺诈线索: hints from the facts of a case, who may investigate, the register and its figures."""
