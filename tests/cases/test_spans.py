"""各环节用时: what lay where and how long."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from cases.casefile.spans import Span, spans_of
from cases.models import ChainStep
from tests.cases.branch import Branch, adjusted_case, assessed_case, say, send
from tests.cases.viewers import client_of


def test_work_and_stations_in_their_order_each_once(branch: Branch):
    submission = send(adjusted_case(branch), by=branch.clerk)
    say(submission, "agree", by=branch.adjudicator)
    titles = [span.title for span in spans_of(submission.case)]

    assert len(titles) == len(set(titles))
    assert "核赔·终审" in titles
    assert titles.index("提交") < titles.index("核赔·终审")


def test_what_waits_is_still_running(branch: Branch):
    submission = send(adjusted_case(branch), by=branch.clerk)
    ChainStep.objects.filter(submission=submission, status="now").update(
        arrived_at=timezone.now() - timedelta(hours=5)
    )
    running = [span for span in spans_of(submission.case) if span.left_at is None]

    assert [span.who for span in running] == [branch.adjudicator.name]
    assert running[0].took >= timedelta(hours=5)


def test_a_case_that_waits_for_work_says_with_whom(branch: Branch):
    case = assessed_case(branch)
    running = [span for span in spans_of(case) if span.left_at is None]

    assert [(span.title, span.who) for span in running] == [("当前：已定损", case.handler.name)]


def test_twice_the_usual_is_pointed_out():
    now = timezone.now()
    span = Span("核赔", "王敏", now - timedelta(hours=5), now, timedelta(hours=2))

    assert span.is_slow
    assert not Span("核赔", "王敏", now - timedelta(hours=4), now, timedelta(hours=2)).is_slow
    assert not Span("核赔", "王敏", now - timedelta(hours=4), now).is_slow


def test_the_timeline_shows_them(branch: Branch):
    case = adjusted_case(branch)
    page = client_of(branch.clerk).get(f"{reverse('cases:detail', args=[case.pk])}?tab=timeline")

    assert "各环节用时" in page.content.decode()
