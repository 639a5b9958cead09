"""Here, not in tests/, because only the top-most conftest may name plugins."""

pytest_plugins = ["tests.servers"]
