"""The case file (案卷): the parts one case page is put together from. Each part is a few statements."""
