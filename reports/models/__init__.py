from reports.models.facts import DayFact
from reports.models.runs import Frequency, ReportDefinition, Run, RunStatus, Snapshot

__all__ = ["DayFact", "Frequency", "ReportDefinition", "Run", "RunStatus", "Snapshot"]
