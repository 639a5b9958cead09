"""定损明细: the arithmetic of lines, reading them from a sheet or the clipboard, the reviewer's surface."""
