"""The import of extracts: a batch of the department head's with a case of 绵阳 in it."""

from cases.models import ImportBatch
from tests.access.rows import get, post
from tests.cast import World


def furnish(world: World) -> None:
    world.things["batch"] = ImportBatch.objects.create(
        file_name="清单.csv",
        file="imports/gone.extract",
        size=1,
        sha256="0" * 64,
        layout={"kind": "csv", "headings": ["报案号", "报案时间", "机构"], "encoding": "utf-8"},
        columns={"report_no": "报案号", "reported_at": "报案时间", "unit": "机构"},
        uploaded_by=world["department_head"],
        unit_ids=[world["my"].pk],
        status="checked",
    )


# anonymous outsider clerk unit_head reviewer office_head department_head head_office system security audit
OVER_MIANYANG = "302 404 404 404 404 200 200 404 404 404 404"
GOES_ON = "302 404 404 404 404 302 302 404 404 404 404"
COLUMNS = {
    "column_report_no": "报案号",
    "column_reported_at": "报案时间",
    "column_unit": "机构",
    "money_unit": "yuan",
}
PAGES = {
    "cases:imports": get("302 403 403 200 403 200 200 403 403 403 403"),
    "cases:import_new": [
        get("302 403 403 200 403 200 200 403 403 403 403"),
        post("302 403 403 422 403 422 422 403 403 403 403"),
    ],
    "cases:import_batch": get(OVER_MIANYANG, "batch"),
    "cases:import_mapping": [get(OVER_MIANYANG, "batch"), post(GOES_ON, "batch", data=COLUMNS)],
    "cases:import_check": post(GOES_ON, "batch"),
    "cases:import_confirm": post("302 404 404 404 404 302 403 404 404 404 404", "batch"),
    "cases:import_cancel": post(GOES_ON, "batch"),
    "cases:import_progress": get(OVER_MIANYANG, "batch"),
    "cases:import_faults": get(OVER_MIANYANG, "batch"),
}
