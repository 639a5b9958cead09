from __future__ import annotations

from django import forms
from django.core.files.uploadedfile import UploadedFile

from cases.models import CasePaper
from cases.papers import LARGEST, sniffed


class PaperForm(forms.Form):
    """JPEG, PNG or PDF by what is in the file, at most 10 MiB."""

    kind = forms.ChoiceField(label="类别", choices=CasePaper.Kind.choices)
    file = forms.FileField(
        label="文件",
        help_text="JPG、PNG 或 PDF，不超过 10 MB",
        widget=forms.ClearableFileInput({"accept": ".jpg,.jpeg,.png,.pdf"}),
    )

    def clean_file(self) -> UploadedFile[bytes]:
        return checked(self.cleaned_data["file"])


def checked(upload: UploadedFile[bytes]) -> UploadedFile[bytes]:
    """The upload itself, at its beginning. Raises ValidationError for what may not be filed."""
    if (upload.size or 0) > LARGEST:
        raise forms.ValidationError("文件超过 10 MB，请压缩或分开上传。")
    if sniffed(bytes(upload.read(16))) is None:
        raise forms.ValidationError("只接受 JPG、PNG 或 PDF；文件内容不是这几种格式。")
    upload.seek(0)
    return upload
