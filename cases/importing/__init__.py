"""Extracts of the core system: from a file of unknown shape to rows that may enter the books.

`sniffing` says what the file is, `tables` reads it, `mapping` says which column is what, `rows` turns a
line into values or faults, `checking` does it for the whole file, `merging` writes it in one transaction.
"""
