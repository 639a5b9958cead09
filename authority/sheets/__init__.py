"""授权一览表 (R25) as a workbook, there and back.

`columns` says what each column is, `writing` makes the file, `reading` takes it apart without trusting it,
`resolving` turns its rows into lines of a letter or into faults.
"""
