"""试算: decided matters judged again under another letter. Grouped into classes that are judged alike."""
