"""The password rules: 三级等保 as companies practise it (length and age are settings)."""

from datetime import timedelta

from django.conf import settings
from django.contrib.auth.forms import PasswordChangeForm
from django.contrib.auth.hashers import check_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from claims_admin.models import PastPassword
from departments.models import Staff

CLASSES_NEEDED = 3
KEPT = 5
CLASSES = {
    "小写字母": str.islower,
    "大写字母": str.isupper,
    "数字": str.isdigit,
    "符号": lambda character: not character.isalnum(),
}


class MixedClassesValidator:
    """At least three of lower case, upper case, digits, other signs."""

    def validate(self, password: str, user: Staff | None = None) -> None:
        found = [name for name, belongs in CLASSES.items() if any(map(belongs, password))]
        if len(found) < CLASSES_NEEDED:
            raise ValidationError(self.get_help_text(), code="password_one_sided")

    def get_help_text(self) -> str:
        return f"密码至少包含{'、'.join(CLASSES)}中的 {CLASSES_NEEDED} 类。"


class NotRecentValidator:
    """None of the last five passwords, nor the present one."""

    def validate(self, password: str, user: Staff | None = None) -> None:
        if user is None or user.pk is None:
            return
        recent = [past.encoded for past in user.past_passwords.all()[:KEPT]]
        if any(check_password(password, encoded) for encoded in {*recent, user.password}):
            raise ValidationError(self.get_help_text(), code="password_used_before")

    def get_help_text(self) -> str:
        return f"不能与最近 {KEPT} 次使用过的密码相同。"


class ChangeForm(PasswordChangeForm):
    """Keeps the old password's hash, for the rule above, and the day, for the ninety days."""

    @transaction.atomic
    def save(self, commit: bool = True) -> Staff:
        PastPassword.objects.create(staff=self.user, encoded=Staff.objects.get(pk=self.user.pk).password)
        self.user.password_changed_at = timezone.now()
        return super().save(commit)


def is_due(staff: Staff) -> bool:
    """Must this person choose a new password: older than ninety days, or set by somebody else?"""
    longest = timedelta(days=settings.PASSWORD_DAYS)
    return staff.password_changed_at is None or timezone.now() - staff.password_changed_at > longest
