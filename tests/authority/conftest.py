"""How hard the invariants are tried. `--hypothesis-profile=deep` tries a hundred times harder."""

from hypothesis import HealthCheck, settings

settings.register_profile("daily", deadline=None, max_examples=60, print_blob=True)
settings.register_profile(
    "deep",
    deadline=None,
    max_examples=6_000,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("daily")
