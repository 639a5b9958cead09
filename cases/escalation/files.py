"""上报表 and the pack as files: a ZIP with the form to print, the form as a sheet, the papers, a manifest.

The names inside and their order follow from the record, so that the same pack is found again by its name.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils import timezone

from cases.casefile.amounts import amounts_of
from cases.casefile.facts import facts_of
from cases.models import CasePaper, Decision, Escalation, Transmission
from cases.signatures import SIGNING
from departments.sheets import Cell, Sheet, sheets

_CSS = "css/escalation_form.css"


def form_of(escalation: Escalation, *, sees_personal_data: bool) -> dict[str, Any]:
    """What the 上报表 says: the case, its amounts, the preliminary opinions, the department's proposal."""
    made = Decision.objects.filter(submission=escalation.submission_id, taken_back=None)
    made = made.exclude(chain_step__kind="head_office").exclude(chain_step__status="invalid")
    opinions = list(made.select_related("decided_by", "acted_for", "chain_step").order_by("decided_at"))
    return {
        "escalation": escalation,
        "case": escalation.case,
        "facts": facts_of(escalation.case, sees_personal_data=sees_personal_data),
        "amounts": amounts_of(escalation.case),
        "opinions": [one for one in opinions if one.chain_step.kind not in SIGNING],
        "signatures": [one for one in opinions if one.chain_step.kind in SIGNING],
        "papers": escalation.pack["items"],
    }


def zip_of(transmission: Transmission) -> bytes:
    """Head office sees the whole case, names included: it decides on it."""
    escalation, stream = transmission.escalation, BytesIO()
    form = form_of(escalation, sees_personal_data=True)
    moment = timezone.localtime(transmission.sent_at).timetuple()[:6]
    with ZipFile(stream, "w", ZIP_DEFLATED) as archive:
        for name, content in _parts(transmission, form):
            archive.writestr(ZipInfo(f"{escalation.number}/{name}", date_time=moment), content)
    return stream.getvalue()


def _parts(transmission: Transmission, form: dict[str, Any]) -> Iterator[tuple[str, bytes]]:
    yield "上报表.html", render_to_string("cases/escalation_file.html", form).encode()
    found = finders.find(_CSS)
    if isinstance(found, str):
        yield "form.css", Path(found).read_bytes()
    yield "上报表.xlsx", sheets(_sheets(form))
    names = []
    for paper in _papers(transmission.escalation):
        name = f"材料/{paper.pk}-{paper.get_kind_display()}-{paper.name}"
        names.append({"file": name, "sha256": paper.sha256})
        with paper.file.open("rb") as file:
            yield name, file.read()
    yield "manifest.json", _manifest(transmission, names)


def _papers(escalation: Escalation) -> list[CasePaper]:
    return list(CasePaper.objects.filter(case=escalation.case_id).order_by("kind", "pk"))


def _manifest(transmission: Transmission, papers: Sequence[dict[str, str]]) -> bytes:
    """By number and times sent the receiver knows a pack that he has already."""
    escalation = transmission.escalation
    facts = {
        "number": escalation.number,
        "times": transmission.number,
        "report_no": escalation.case.report_no,
        "claim_no": escalation.case.claim_no,
        "item": escalation.submission.item.code,
        "amount": f"{escalation.amount:.2f}",
        "sent_at": timezone.localtime(transmission.sent_at).isoformat(),
        "due_at": timezone.localtime(escalation.due_at).isoformat() if escalation.due_at else None,
        "papers": papers,
    }
    return json.dumps(facts, ensure_ascii=False, indent=1).encode()


def _sheets(form: dict[str, Any]) -> list[Sheet]:
    escalation: Escalation = form["escalation"]
    head: list[Sequence[Cell]] = [
        ("上报编号", escalation.number),
        ("事项", escalation.submission.item.name),
        ("上报金额(元)", escalation.amount),
        ("上报人", escalation.sent_by.name),
        ("批复期限", escalation.due_at),
        ("部门意见", escalation.proposal),
        ("材料不全的说明", escalation.pack["missing_papers"]),
        *((label, str(value or "")) for label, value in form["facts"]),
    ]
    papers = [(item["name"], "有" if item["is_present"] else "缺") for item in form["papers"]]
    return [
        Sheet("上报表", ("项目", "内容"), head),
        Sheet("意见", ("人员", "岗位", "结论", "意见", "时间"), _said(form)),
        Sheet("材料清单", ("材料", "有无"), papers),
    ]


def _said(form: dict[str, Any]) -> list[Sequence[Cell]]:
    return [
        (
            one.decided_by.name,
            one.chain_step.post_name,
            str(one.get_outcome_display()),
            one.opinion,
            one.decided_at,
        )
        for one in (*form["opinions"], *form["signatures"])
    ]
