"""The algorithms of reports: each takes a question and gives a table. Names are those of `figure` rows."""

from collections.abc import Callable

from reports.figures.clearing import clearing_summary
from reports.figures.daily import daily_flow
from reports.figures.outstanding import outstanding_list
from reports.figures.table import Column, Question, Table

FIGURES: dict[str, Callable[[Question], Table]] = {
    "daily_flow": daily_flow,
    "outstanding_list": outstanding_list,
    "clearing_summary": clearing_summary,
}

__all__ = ["FIGURES", "Column", "Question", "Table"]
