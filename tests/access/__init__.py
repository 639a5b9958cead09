"""Who gets what from every page, one file per app.

Each file has `PAGES`: page name → one or more rows made by `get` or `post`; `LISTS`: admin list → its row;
and, if its pages need more than the cast, `furnish(world)`, which puts things into `world.things`.
tests/test_access.py finds the files and asks them all.
"""
