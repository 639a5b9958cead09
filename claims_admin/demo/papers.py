"""Papers for the files of the made-up branch: one page each, in the fonts that every PDF reader has."""

from __future__ import annotations

from collections.abc import Iterable
from random import Random

from django.core.files.uploadedfile import SimpleUploadedFile

from cases import services
from cases.models import CasePaper, ClaimCase
from departments.models import Staff

Kind = CasePaper.Kind
ALWAYS = (Kind.CLAIM_FORM, Kind.LICENCE, Kind.ACCIDENT_PROOF, Kind.ASSESSMENT)
SOMETIMES = (Kind.SURVEY_RECORD, Kind.INVOICE, Kind.IDENTITY)
OF_INJURY = (Kind.MEDICAL, Kind.DISABILITY)
_FONT = (
    b"<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UTF16-H/DescendantFonts[<</Type/Font"
    b"/Subtype/CIDFontType0/BaseFont/STSong-Light/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 4"
    b">>/FontDescriptor<</Type/FontDescriptor/FontName/STSong-Light/Flags 6/FontBBox[-25 -254 1000 880]"
    b"/ItalicAngle 0/Ascent 880/Descent -120/CapHeight 880/StemV 93>>>>]>>"
)


def file_papers(case: ClaimCase, random: Random, *, by: Staff) -> None:
    """Most of what a complete file holds; now and then a paper is still missing."""
    kinds = [*ALWAYS, *random.sample(SOMETIMES, 2), *(OF_INJURY if case.is_injury else ())]
    if random.random() < 0.3:
        kinds.remove(random.choice(kinds))
    for kind in kinds:
        facts = (kind.label, f"报案号 {case.report_no}", f"车牌 {case.plate_no}", "演示材料，并非真实单证")
        page = SimpleUploadedFile(f"{kind.label}.pdf", one_page(facts))
        services.file_paper(case, page, kind, by=by)


def one_page(lines: Iterable[str]) -> bytes:
    """A PDF of one A4 page with these lines of text."""
    shown = b"".join(b"<%s> Tj T* " % line.encode("utf-16-be").hex().encode() for line in lines)
    text = b"BT /F1 20 Tf 40 TL 72 760 Td " + shown + b"ET"
    return _pdf(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(text), text),
        _FONT,
    )


def _pdf(*objects: bytes) -> bytes:
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    head = b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<</Size %d/Root 1 0 R>>\n" % (size, table, size)
    return out + head + b"startxref\n%d\n%%%%EOF\n" % len(out)
