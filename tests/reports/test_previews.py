"""The preview of a published table reads like the sheet."""

from reports.previews import preview_of

TABLE = {
    "columns": [
        {"title": "机构", "kind": "text"},
        {"title": "未决数", "kind": "count"},
        {"title": "未决金额(元)", "kind": "money"},
    ],
    "rows": [["绵阳中支", "1201", "4411839.5"], ["德阳中支", None, "-20"]],
    "totals": ["合计", "1201", "4411819.50"],
}


def test_numbers_are_written_and_aligned_by_their_column() -> None:
    preview = preview_of(TABLE, 10)

    assert [cell.css for cell in preview.headings] == ["", "number text-end", "money"]
    assert [[cell.text for cell in row] for row in preview.rows] == [
        ["绵阳中支", "1,201", "4,411,839.50"],
        ["德阳中支", "—", "-20.00"],
    ]
    assert [cell.text for cell in preview.totals] == ["合计", "1,201", "4,411,819.50"]


def test_only_the_first_rows_are_shown() -> None:
    assert len(preview_of(TABLE, 1).rows) == 1


def test_words_in_a_number_column_stay_words() -> None:
    table = TABLE | {"totals": ["", "小计", ""]}

    assert [cell.text for cell in preview_of(table, 0).totals] == ["", "小计", ""]
