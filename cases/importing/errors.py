from departments.workbooks.errors import UnreadableFileError

__all__ = ["CellError", "StoppedError", "UnreadableFileError"]


class CellError(ValueError):
    """One cell cannot be understood; the message says why."""


class StoppedError(Exception):
    """Somebody asked to cancel, or the work belongs to another worker now."""
