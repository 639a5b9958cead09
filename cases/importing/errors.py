class UnreadableFileError(Exception):
    """The file as a whole cannot be read; the message is for the person who uploaded it."""


class CellError(ValueError):
    """One cell cannot be understood; the message says why."""


class StoppedError(Exception):
    """Somebody asked to cancel, or the work belongs to another worker now."""
