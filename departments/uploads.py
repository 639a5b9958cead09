"""Papers that people upload: what is accepted, by what is in the file, and under which name it is kept."""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256
from pathlib import PurePath
from uuid import uuid4

from django import forms
from django.core.files.uploadedfile import UploadedFile

LARGEST = 10 * 1024 * 1024
ACCEPTED = ".jpg,.jpeg,.png,.pdf"
HELP = "JPG、PNG 或 PDF，不超过 10 MB"
_MAGIC = (
    (b"\xff\xd8\xff", "image/jpeg", ".jpg"),
    (b"\x89PNG\r\n\x1a\n", "image/png", ".png"),
    (b"%PDF-", "application/pdf", ".pdf"),
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f/\\]")


class AlreadyFiled(Exception):  # noqa: N818
    """The very same file lies there already."""


@dataclass(frozen=True, slots=True)
class Paper:
    """`name` as it came, made harmless; `stored_name` is random and ends as the content says."""

    name: str
    stored_name: str
    content_type: str
    size: int
    sha256: str


def sniffed(head: bytes) -> tuple[str, str] | None:
    """Content type and ending by the first bytes, whatever the name claims; None for anything else."""
    return next(((kind, ending) for magic, kind, ending in _MAGIC if head.startswith(magic)), None)


def checked(upload: UploadedFile[bytes]) -> UploadedFile[bytes]:
    """The upload itself, at its beginning. Raises ValidationError for what may not be filed."""
    if (upload.size or 0) > LARGEST:
        raise forms.ValidationError("文件超过 10 MB，请压缩或分开上传。")
    if sniffed(bytes(upload.read(16))) is None:
        raise forms.ValidationError("只接受 JPG、PNG 或 PDF；文件内容不是这几种格式。")
    upload.seek(0)
    return upload


def described(upload: UploadedFile[bytes]) -> Paper:
    """Facts of an upload that `checked` let through; afterwards it is at its beginning again."""
    upload.seek(0)
    content_type, ending = sniffed(bytes(upload.read(16))) or ("", "")
    upload.seek(0)
    digest = sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    return Paper(
        harmless(upload.name or ""),
        f"{uuid4().hex}{ending}",
        content_type,
        upload.size or 0,
        digest.hexdigest(),
    )


def harmless(name: str) -> str:
    """A file's name without folders and control characters, its end kept when it is too long."""
    return _CONTROL.sub("_", PurePath(name).name)[-120:]


class PaperField(forms.FileField):
    """JPEG, PNG or PDF by what is in the file, at most 10 MiB."""

    def __init__(self, **options: object) -> None:
        defaults = {
            "label": "文件",
            "help_text": HELP,
            "widget": forms.ClearableFileInput({"accept": ACCEPTED}),
        }
        super().__init__(**{**defaults, **options})  # type: ignore[arg-type]

    def clean(self, data: UploadedFile[bytes], initial: object = None) -> UploadedFile[bytes]:
        upload: UploadedFile[bytes] = super().clean(data, initial)
        return checked(upload) if upload else upload
