class UnreadableFileError(Exception):
    """The file as a whole cannot be read; the message is for the person who uploaded it."""
