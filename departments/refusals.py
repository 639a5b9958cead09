"""What an organisational service raises when a ruling says no; the 403 page shows the ruling it carries."""

from django.core.exceptions import PermissionDenied

from departments.rulings import Ruling


class NotAllowed(PermissionDenied):
    def __init__(self, ruling: Ruling) -> None:
        super().__init__("；".join(objection.text for objection in ruling.objections))
        self.ruling = ruling


def insist_on(ruling: Ruling) -> None:
    if not ruling.allowed:
        raise NotAllowed(ruling)
