from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from cases.models.decisions import Outcome
from departments.models import Staff


class OpinionPhraseQuerySet(models.QuerySet["OpinionPhrase"]):
    def visible_to(self, staff: Staff) -> OpinionPhraseQuerySet:
        return self.filter(Q(owner=None) | Q(owner=staff))

    def fitting(self, item_code: str) -> OpinionPhraseQuerySet:
        """For this item, or for any; one's own first."""
        fits = Q(items__contains=[item_code]) | Q(items=[])
        return self.filter(fits).order_by(models.F("owner").asc(nulls_last=True), "rank", "pk")


class OpinionPhrase(models.Model):
    """常用语: a sentence that reviewers write again and again. Without an owner it is the department's."""

    text = models.CharField("常用语", max_length=200)
    owner = models.ForeignKey(
        Staff, models.CASCADE, null=True, blank=True, related_name="opinion_phrases", verbose_name="所有人"
    )
    items = ArrayField(models.CharField(max_length=30), default=list, blank=True, verbose_name="适用事项")
    outcome = models.CharField("适用结论", max_length=22, choices=Outcome, blank=True)
    rank = models.PositiveSmallIntegerField("次序", default=100)

    objects = OpinionPhraseQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "常用语"
        ordering = ["rank", "id"]
        constraints = [
            models.UniqueConstraint(fields=["owner", "text"], nulls_distinct=False, name="cases_phrase_once"),
            models.CheckConstraint(condition=~Q(text=""), name="cases_phrase_says_something"),
            models.CheckConstraint(
                condition=Q(outcome__in=["", *Outcome.values]), name="cases_phrase_outcome_known"
            ),
        ]

    def __str__(self) -> str:
        return self.text
