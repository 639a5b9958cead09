"""Two letters side by side: `changes` says what the second does to the first, `clauses` makes the values that
are compared from rows, `sheet` is what the page and the paper show.
"""
