"""Kinds of conference: who convenes them, who belongs to them, how many must come and write."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin

from cases.models import ConferenceKind
from departments.admin.kept import KeptByAdministrator
from departments.models import PostType
from departments.models.people import AdminRole

POSTS = ("convening_posts", "member_posts")


class ConferenceKindForm(forms.ModelForm):
    """Posts by their codes, one after the other with commas; a code that no post has is refused."""

    class Meta:
        model = ConferenceKind
        fields = (
            "code",
            "name",
            *POSTS,
            "quorum_present",
            "quorum_written",
            "rank",
            "source",
            "is_verified",
            "valid_from",
            "valid_to",
        )

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        known = set(PostType.objects.values_list("code", flat=True))
        for name in POSTS:
            unknown = sorted(set(values.get(name) or ()) - known)
            if unknown:
                self.add_error(name, f"没有这样的岗位代码：{'、'.join(unknown)}")
        return values


@admin.register(ConferenceKind)
class ConferenceKindAdmin(KeptByAdministrator):
    """Conferences convened already keep their quorum. A change is a new row with its first day."""

    keeper = AdminRole.SECURITY
    form = ConferenceKindForm
    list_display = (
        "code",
        "name",
        "quorum_present",
        "quorum_written",
        "valid_from",
        "valid_to",
        "source",
        "is_verified",
    )
