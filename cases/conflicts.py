"""What a service raises when the request no longer fits what is stored; neither is a refusal."""


class Stale(Exception):  # noqa: N818
    """Somebody changed the case since the person saw it: answered with 409."""


class KeyReused(Exception):  # noqa: N818
    """The idempotency key was used for something else before: answered with 422."""
