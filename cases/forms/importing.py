"""Uploading an extract, and saying which of its columns is what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms

from cases.importing.columns import COLUMNS
from cases.importing.mapping import WAN, YUAN, ColumnMap
from cases.models import ImportBatch, ImportProfile

COLUMN = "column_"


class UploadForm(forms.Form):
    file = forms.FileField(
        label="清单文件", help_text="CSV（GB18030、UTF-8）或 XLSX，最大 512 MiB；首行或表题下一行为列名。"
    )
    profile = forms.ModelChoiceField(
        label="导入方案",
        queryset=ImportProfile.objects.all(),
        required=False,
        empty_label="按列名自动识别",
        help_text="同一来源可保存为方案，下次直接使用。",
    )


class ColumnsForm(forms.Form):
    """One choice of heading per field of ours; settings for what the file does not say itself."""

    money_unit = forms.ChoiceField(
        label="金额单位",
        choices=[(YUAN, "元"), (WAN, "万元")],
        help_text="列名中注明“(万元)”的列以列名为准。",
    )
    unit_for_all = forms.CharField(
        label="全部归属机构", required=False, max_length=60, help_text="清单没有机构列时填写，如 成都中支。"
    )
    report_no_pattern = forms.CharField(
        label="报案号组成",
        required=False,
        max_length=100,
        help_text="清单没有报案号时由其他列组成，如 IC{policy_number}；{row} 为行号。",
    )
    profile_name = forms.CharField(label="保存为方案", required=False, max_length=60)

    def __init__(self, batch: ImportBatch, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, initial=_initial(batch))
        self._settings: Mapping[str, Any] = batch.settings
        headings = [("", "（不导入）"), *((one, one) for one in batch.layout["headings"])]
        for column in COLUMNS:
            label = f"{column.label} *" if column.is_required else column.label
            self.fields[COLUMN + column.name] = forms.ChoiceField(
                label=label, choices=headings, required=False
            )

    def column_fields(self) -> Iterator[forms.BoundField]:
        return (self[name] for name in self.fields if name.startswith(COLUMN))

    @property
    def columns(self) -> dict[str, str]:
        chosen = {name: self.cleaned_data.get(COLUMN + name) for name in (one.name for one in COLUMNS)}
        return {name: heading for name, heading in chosen.items() if heading}

    @property
    def settings(self) -> dict[str, Any]:
        """What the profile said, with what this page says in its place."""
        given = self.cleaned_data
        defaults = {**self._settings.get("defaults", {}), "unit": given["unit_for_all"].strip()}
        patterns = {
            **self._settings.get("patterns", {}),
            "report_no": given["report_no_pattern"].strip(),
        }
        return {
            **self._settings,
            "money_unit": given["money_unit"],
            "defaults": {name: text for name, text in defaults.items() if text},
            "patterns": {name: text for name, text in patterns.items() if text},
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        missing = ColumnMap(self.columns, self.settings).missing() if not self.errors else []
        if missing:
            raise forms.ValidationError(f"以下必填项没有对应的列或默认值：{'、'.join(missing)}")
        return data


def _initial(batch: ImportBatch) -> dict[str, Any]:
    settings = batch.settings
    return {
        **{COLUMN + name: heading for name, heading in batch.columns.items()},
        "money_unit": settings.get("money_unit", YUAN),
        "unit_for_all": settings.get("defaults", {}).get("unit", ""),
        "report_no_pattern": settings.get("patterns", {}).get("report_no", ""),
        "profile_name": batch.profile.name if batch.profile else "",
    }
