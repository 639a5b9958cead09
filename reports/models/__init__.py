from reports.models.facts import DayFact, RollUp
from reports.models.runs import Frequency, ReportDefinition, Run, RunStatus, Snapshot

__all__ = ["DayFact", "Frequency", "ReportDefinition", "RollUp", "Run", "RunStatus", "Snapshot"]
