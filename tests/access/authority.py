"""Who holds what, letters and their lines, who can decide."""

from collections.abc import Mapping
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from authority.ledger import record
from authority.models import CertificateScan, CoverageFinding, FindingKind, LetterImport, ReferralRule
from authority.referrals import terms_of
from authority.services import RuleDraft, propose_rule, propose_separation
from authority.services.separation import EDITABLE
from departments.models import IncompatibleDuty, Staff
from tests.access.rows import get, post
from tests.cast import World
from tests.factories import (
    CeilingFactory,
    CertificateFactory,
    GrantFactory,
    InterestFactory,
    LetterFactory,
    ScanFactory,
    StaffFactory,
)


def furnish(world: World) -> None:
    """A letter in force, one that waits for approval and a draft, each with the reviewer's grant."""
    motor, drafter = world["motor"], StaffFactory(name="起草员")
    units = {"issuing_unit": motor, "scope_unit": motor, "drafted_by": drafter}
    letters = {
        "in_force": LetterFactory(in_force=True, **units),
        "submitted": LetterFactory(status="submitted", submitted_at=timezone.now(), **units),
        "draft": LetterFactory(**units),
    }
    world.things["chain"] = record("seals", by=None, action="begin_file").chain
    world.things["matrix_import"] = _import(world)
    world.things["coverage_finding"] = _finding(world)
    for name, letter in letters.items():
        world.things[f"letter_{name}"] = letter
        world.things[f"scan_{name}"] = ScanFactory(letter=letter)
        world.things[f"grant_{name}"] = GrantFactory(
            letter=letter, appointment=world.held["reviewer"], unit=motor
        )
    world.things["ceiling_in_force"] = CeilingFactory(letter=letters["in_force"], unit=motor)
    _furnish_certificates(world, drafter)
    _furnish_rules(world)
    world.things["interest"] = InterestFactory(staff=world["clerk"])


def _furnish_certificates(world: World, filed_by: Staff) -> None:
    certificate = CertificateFactory(staff=world["clerk"], waiting=True)
    facts = {"name": "x.pdf", "size": 8, "sha256": "a", "filed_by": filed_by}
    paper = ContentFile(b"%PDF-1.7", name="x.pdf")
    world.things["certificate"] = certificate
    world.things["certificate_scan"] = CertificateScan.objects.create(
        certificate=certificate, file=paper, **facts
    )
    world.things["certificate_type"] = certificate.type


def _finding(world: World) -> CoverageFinding:
    return CoverageFinding.objects.create(
        kind=FindingKind.objects.get(code="single"),
        unit=world["dy"],
        key="single:dy",
        text="德阳中支 核赔：只有 王敏 一人",
        first_seen_on=timezone.localdate(),
        last_seen_on=timezone.localdate(),
    )


def _import(world: World) -> LetterImport:
    """The department head's, with a row that nobody can read."""
    who, heading_of_it = world["department_head"], {**heading(world), "valid_to": None}
    return LetterImport.objects.create(
        uploaded_by=who, file_name="矩阵.xlsx", sha256="0", heading=heading_of_it, rows=[[4, {"item": "?"}]]
    )


def _furnish_rules(world: World) -> None:
    """A referral rule and a rule of separation, each with a change that waits."""
    world.things["duty"] = duty = IncompatibleDuty.objects.get(code="SOD-04")
    values = {name: getattr(duty, name) for name in EDITABLE}
    world.things["duty_change"] = propose_separation(duty, values, reason="x", by=world["security_admin"])
    world.things["rule"] = ReferralRule.objects.get(code="DEATH")
    terms = {**terms_of(world.things["rule"]), "valid_to": timezone.localdate()}
    draft = RuleDraft("end", terms, (), "x", world.things["rule"])
    world.things["rule_proposal"] = propose_rule(draft, by=world["security_admin"])


def heading(world: World) -> Mapping[str, Any]:
    motor = world["motor"].pk
    return {
        "number": "川理授〔2031〕1号",
        "title": "授权书",
        "mode": "by_person",
        "issuing_unit": motor,
        "scope_unit": motor,
        "basis": "办法",
        "valid_from": "2026-01-05",
    }


def scan(world: World) -> Mapping[str, Any]:
    return {"file": SimpleUploadedFile("盖章.pdf", b"%PDF-1.7 x")}


def amounts(world: World) -> Mapping[str, Any]:
    return {f"amount_{world['grant_draft'].pk}": "5000"}


def line(world: World) -> Mapping[str, Any]:
    return {
        "clause": "第2条",
        "item": world["grant_draft"].item_id,
        "unit": world["motor"].pk,
        "appointment": world.held["reviewer"].pk,
        "amount_max": "5000",
        "amount_min": "0",
        "lines": ["any"],
        "loss_classes": ["any"],
        "special_kinds": ["any"],
        "litigation": "any",
        "cosign_count": "0",
    }


declared = {"kind": "party", "name": "刘明", "relation": "兄弟"}


def cell_of_deyang(world: World) -> Mapping[str, Any]:
    path = world["dy"].path
    return {"item": "adjudication", "unit": path, "amount": "5000", "loss_class": "vehicle"}


def of_the_reviewer(world: World) -> Mapping[str, Any]:
    return {"person": world["reviewer"].pk}


WHY = {"reason": "核对后更正"}
EVERYBODY = "302 200 200 200 200 200 200 200 200 200 200"
AUDITOR = "302 403 403 403 403 403 403 403 403 403 200"
DRAFTERS = "302 404 404 404 404 404 200 404 404 200 403"
DRAFTED = "302 404 404 404 404 404 302 404 404 302 403"

# anonymous outsider clerk unit_head reviewer office_head department_head head_office system security audit
PAGES = {
    "authority:matrix": get(EVERYBODY),
    "authority:matrix_export": get(EVERYBODY),
    "authority:who_can": get(EVERYBODY),
    "authority:coverage": get(EVERYBODY),
    "authority:findings": get("302 403 403 200 403 403 200 403 403 200 200"),
    "authority:finding_acknowledge": post(
        "302 404 404 302 404 404 302 404 404 302 403", "coverage_finding", data=WHY
    ),
    "authority:coverage_export": get(EVERYBODY),
    "authority:coverage_cell": [
        get("302 422 200 200 422 200 200 200 200 200 200", data=cell_of_deyang),
        get("302 422 422 422 422 422 422 422 422 422 422"),
    ],
    "authority:powers": [
        get(EVERYBODY),
        get("302 422 422 422 200 200 200 200 422 200 200", data=of_the_reviewer),
    ],
    "authority:powers_print": get("302 422 422 422 200 200 200 200 422 200 200", data=of_the_reviewer),
    "authority:powers_export": get("302 422 422 422 200 200 200 200 422 200 200", data=of_the_reviewer),
    "authority:ledger": get(AUDITOR),
    "authority:ledger_export": get(AUDITOR),
    "authority:ledger_chain": get(AUDITOR, "chain"),
    "authority:letters": get(EVERYBODY),
    "authority:letter": [
        get("302 404 404 404 200 200 200 200 404 200 200", "letter_in_force"),
        get("302 404 404 404 404 404 200 404 404 200 200", "letter_draft"),
    ],
    "authority:letter_print": [
        get("302 404 404 404 200 200 200 200 404 200 200", "letter_in_force"),
        get("302 404 404 404 404 404 200 404 404 200 200", "letter_draft"),
    ],
    "authority:letter_compare": [
        get("302 404 404 404 200 200 200 200 404 200 200", "letter_in_force"),
        get("302 404 404 404 404 404 200 404 404 200 200", "letter_draft"),
    ],
    "authority:letter_compare_print": [
        get("302 404 404 404 200 200 200 200 404 200 200", "letter_in_force"),
        get("302 404 404 404 404 404 200 404 404 200 200", "letter_draft"),
    ],
    "authority:letter_export": [
        get("302 404 404 404 200 200 200 200 404 200 200", "letter_in_force"),
        get("302 404 404 404 404 404 200 404 404 200 200", "letter_draft"),
    ],
    "authority:letter_import_new": [
        get("302 403 403 200 403 403 200 403 403 200 403"),
        post("302 403 403 422 403 403 422 403 403 422 403"),
    ],
    "authority:letter_import_template": get(EVERYBODY),
    "authority:letter_import": get("302 404 404 404 404 404 200 404 404 404 404", "matrix_import"),
    "authority:letter_import_faults": get("302 404 404 404 404 404 200 404 404 404 404", "matrix_import"),
    "authority:letter_import_draft": post("302 404 404 404 404 404 403 404 404 404 404", "matrix_import"),
    "authority:letter_new": [
        get("302 403 403 200 403 403 200 403 403 200 403"),
        post("302 403 403 422 403 403 302 403 403 302 403", data=heading),
    ],
    "authority:letter_edit": [
        get(DRAFTERS, "letter_draft"),
        post(DRAFTED, "letter_draft", data=heading),
        get("302 404 404 404 403 403 403 403 404 403 403", "letter_in_force"),
    ],
    "authority:letter_line_new": [
        get(DRAFTERS, "letter_draft"),
        post(DRAFTED, "letter_draft", data=line),
    ],
    "authority:letter_lines": [
        get(DRAFTERS, "letter_draft"),
        post(DRAFTED, "letter_draft", data=amounts),
    ],
    "authority:letter_line_drop": post(DRAFTED, "letter_draft", "grant_draft"),
    "authority:letter_scan_upload": [
        post("302 404 404 404 403 403 302 403 404 302 403", "letter_in_force", data=scan),
        post("302 404 404 404 404 404 302 404 404 302 403", "letter_draft", data=scan),
    ],
    "authority:letter_scan": [
        get("302 404 404 404 200 200 200 200 404 200 200", "scan_in_force"),
        get("302 404 404 404 404 404 200 404 404 200 200", "scan_draft"),
    ],
    "authority:letter_submit": post(DRAFTED, "letter_draft"),
    "authority:letter_send_back": post(
        "302 404 404 404 404 404 302 404 404 403 403", "letter_submitted", data=WHY
    ),
    "authority:letter_approve": post("302 404 404 404 404 404 302 404 404 403 403", "letter_submitted"),
    "authority:letter_revoke": post(
        "302 404 404 404 403 403 302 403 404 302 403", "letter_in_force", data=WHY
    ),
    "authority:grant_revoke": [
        get("302 404 404 404 200 200 200 200 404 200 200", "grant_in_force"),
        get("302 404 404 404 404 404 200 404 404 200 200", "grant_draft"),
        post("302 404 404 404 403 403 302 403 404 302 403", "grant_in_force", data=WHY),
    ],
    "authority:ceiling_revoke": [
        get("302 404 404 404 404 200 200 200 404 200 200", "ceiling_in_force"),
        post("302 404 404 404 404 403 302 403 404 302 403", "ceiling_in_force", data=WHY),
    ],
    "authority:certificates": get(EVERYBODY),
    "authority:certificate_new": get("302 403 403 403 403 403 403 403 403 403 403"),
    "authority:certificate": get("302 404 200 200 404 200 200 200 404 200 200", "certificate"),
    "authority:certificate_scan_upload": post(
        "302 404 403 302 404 403 302 403 404 302 403", "certificate", data=scan
    ),
    "authority:certificate_scan": get("302 404 200 200 404 200 200 200 404 200 200", "certificate_scan"),
    "authority:certificate_confirm": post("302 404 403 302 404 403 302 403 404 302 403", "certificate"),
    "authority:certificate_revoke": post(
        "302 404 403 302 404 403 302 403 404 302 403", "certificate", data=WHY
    ),
    "authority:certificate_types": get(EVERYBODY),
    "authority:certificate_enforce": post("302 403 403 403 403 403 403 403 403 302 403", "certificate_type"),
    "authority:separation": get(EVERYBODY),
    "authority:separation_change": get("302 403 403 403 403 403 403 403 403 200 403", "duty"),
    "authority:separation_agree": post("302 403 403 403 403 403 302 302 403 403 403", "duty_change"),
    "authority:separation_reject": post(
        "302 403 403 403 403 403 302 302 403 302 403", "duty_change", data=WHY
    ),
    "authority:rules": get(EVERYBODY),
    "authority:rule_trials": get(EVERYBODY),
    "authority:rule": get(EVERYBODY, "rule"),
    "authority:rule_new": get("302 403 403 403 403 403 403 403 403 200 403"),
    "authority:rule_change": get("302 403 403 403 403 403 403 403 403 200 403", "rule"),
    "authority:rule_end": post("302 403 403 403 403 403 403 403 403 302 403", "rule"),
    "authority:rule_proposal": get(EVERYBODY, "rule_proposal"),
    "authority:rule_agree": post("302 403 403 403 403 403 302 302 403 403 403", "rule_proposal"),
    "authority:rule_reject": post("302 403 403 403 403 403 302 302 403 302 403", "rule_proposal", data=WHY),
    "authority:interests": get(EVERYBODY),
    "authority:interests_watched": get(EVERYBODY),
    "authority:interests_confirm": post("302 302 302 302 302 302 302 302 302 302 302"),
    "authority:interest_new": [
        get("302 404 200 200 404 403 200 403 403 200 403", "clerk"),
        post("302 404 302 302 404 403 302 403 403 302 403", "clerk", data=declared),
    ],
    "authority:interest_end": post("302 404 403 302 404 404 302 404 404 302 403", "interest", data=WHY),
}
STAFF = "302 302 302 200 302 200 200 200 200 200 200"
LISTS = {
    "authority.authorityitem": get(STAFF),
    "authority.referralrule": get(STAFF),
    "authority.findingkind": get(STAFF),
    "authority.authorityletter": get(STAFF),
    "authority.unitceiling": get(STAFF),
    "authority.personalgrant": get(STAFF),
    "authority.ledgerentry": get("302 302 302 403 302 403 403 403 403 403 200"),
}
