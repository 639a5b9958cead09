"""Opinion phrases and saved filters: one's own, everybody's, a post's."""

from uuid import uuid4

import pytest
from django.db import IntegrityError
from django.urls import reverse

from authority.refusals import Refused
from cases import services
from cases.models import OpinionPhrase, SavedFilter
from tests.cases.branch import Branch, adjusted_case, send
from tests.cases.viewers import client_of

COLUMNS = "q=A1&col=unit&col=estimate&col=nonsense"


def phrase(by, **fields) -> OpinionPhrase:
    return services.keep_phrase(services.Wording(**{"text": "同意，按条款支付。", **fields}), by=by)


def test_phrases_are_offered_where_they_fit(branch: Branch):
    phrase(branch.adjudicator, items=["damage_review"])
    own = phrase(branch.adjudicator, text="我的结论", items=["adjudication"])
    fitting = list(OpinionPhrase.objects.visible_to(branch.adjudicator).fitting("adjudication"))

    assert fitting[0] == own
    assert not [one for one in fitting if one.items == ["damage_review"]]
    assert "理算项目齐全" in " ".join(one.text for one in fitting)
    assert own not in OpinionPhrase.objects.visible_to(branch.clerk)


def test_the_decision_form_offers_them(branch: Branch):
    phrase(branch.adjudicator, text="我的<结论>")
    submission = send(adjusted_case(branch), by=branch.clerk)
    text = client_of(branch.adjudicator).get(submission.get_absolute_url()).content.decode()

    assert 'data-phrase="我的&lt;结论&gt;"' in text


def test_the_departments_phrases_are_a_managers_business(branch: Branch):
    with pytest.raises(Refused, match="部门常用语由"):
        phrase(branch.adjudicator, is_shared=True)
    shared = phrase(branch.manager, is_shared=True)
    with pytest.raises(Refused, match="部门常用语由"):
        services.drop_phrase(shared, by=branch.adjudicator)

    assert shared.owner is None
    assert shared.history.get().history_user == branch.manager


def test_somebody_elses_phrase_is_left_alone(branch: Branch):
    own = phrase(branch.adjudicator)

    with pytest.raises(Refused, match="不能改动他人"):
        services.keep_phrase(services.Wording("改"), by=branch.clerk, phrase=own)


def test_the_same_words_once(branch: Branch):
    client = client_of(branch.adjudicator)
    sent = {"text": "同意。", "rank": 3, "items": ["adjudication"], "outcome": "agree"}
    client.post(reverse("cases:phrase_new"), sent)
    answer = client.post(reverse("cases:phrase_new"), sent)

    assert answer.status_code == 422
    assert "已有同样的常用语" in answer.content.decode()
    assert OpinionPhrase.objects.filter(owner=branch.adjudicator).count() == 1


def test_phrases_are_changed_and_deleted_on_their_page(branch: Branch):
    own, client = phrase(branch.adjudicator), client_of(branch.adjudicator)
    address = reverse("cases:phrase_edit", args=[own.pk])
    assert "同意，按条款支付。" in client.get(address).content.decode()
    client.post(address, {"text": "同意支付。", "rank": 2})
    own.refresh_from_db()

    assert (own.text, own.rank) == ("同意支付。", 2)
    client.post(reverse("cases:phrase_delete", args=[own.pk]))
    assert "还没有自己的常用语" in client.get(reverse("cases:phrases")).content.decode()


@pytest.mark.parametrize(
    ("constraint", "fields"),
    [
        ("cases_phrase_says_something", {"text": ""}),
        ("cases_phrase_outcome_known", {"text": "x", "outcome": "perhaps"}),
    ],
)
def test_the_database_refuses_phrases(db, constraint, fields):
    with pytest.raises(IntegrityError, match=constraint):
        OpinionPhrase.objects.create(**fields)


def saved(client, **fields):
    return client.post(reverse("cases:saved_filter_new"), {"name": f"列{uuid4().hex[:6]}", **fields})


def test_a_set_of_columns_keeps_the_columns_alone(branch: Branch):
    client = client_of(branch.clerk)
    saved(client, name="我的列", holds="columns", query=COLUMNS)
    kept = SavedFilter.objects.get()
    text = client.get(f"{reverse('cases:index')}?group=open&columns=1").content.decode()

    assert kept.query == "col=unit&col=estimate"
    assert "?group=open&amp;col=unit&amp;col=estimate" in text
    assert "我的列" in text


def test_no_columns_chosen_is_said(branch: Branch):
    answer = saved(client_of(branch.clerk), holds="columns", query="q=A1")

    assert answer.status_code == 422
    assert "请先在“列”中选择" in answer.content.decode()


def test_a_filter_is_published_for_a_post_by_a_manager(branch: Branch):
    saved(client_of(branch.manager), name="大额人伤", query="injury=yes", posts=["ADJ"])
    saved(client_of(branch.clerk), name="我的", query="group=open", posts=["ADJ"])
    seen = SavedFilter.objects.visible_to(branch.adjudicator)

    assert [one.name for one in seen] == ["大额人伤"]
    assert SavedFilter.objects.get(name="我的").posts == []
    assert not SavedFilter.objects.visible_to(branch.damage_reviewer).exists()


def test_forged_posts_are_refused_by_the_service(branch: Branch):
    forged = SavedFilter(owner=branch.clerk, name="x", posts=["ADJ"])

    with pytest.raises(Refused, match="发布给岗位"):
        services.keep_filter(forged, by=branch.clerk)


def test_filters_are_renamed_and_shared_on_their_page(branch: Branch):
    client = client_of(branch.clerk)
    saved(client, name="旧名", query="group=open")
    address = reverse("cases:saved_filter_edit", args=[SavedFilter.objects.get().pk])
    client.post(address, {"name": "新名", "query": "group=open", "is_shared": "on"})

    shown = client_of(branch.adjudicator).get(reverse("cases:saved_filters")).content.decode()
    assert "新名" in shown
    assert "旧名" not in shown


@pytest.mark.parametrize(
    ("constraint", "fields"),
    [
        ("cases_savedfilter_holds_known", {"holds": "rows"}),
        ("cases_savedfilter_columns_named", {"holds": "columns", "query": "q=1"}),
    ],
)
def test_the_database_refuses_filters(branch: Branch, constraint, fields):
    with pytest.raises(IntegrityError, match=constraint):
        SavedFilter.objects.create(owner=branch.clerk, name="x", **fields)


@pytest.mark.parametrize("act", [services.drop_filter, services.keep_filter])
def test_filters_of_others_are_left_alone(branch: Branch, act):
    kept = SavedFilter.objects.create(owner=branch.clerk, name="x")

    with pytest.raises(Refused, match="本人保存的筛选"):
        act(kept, by=branch.manager)
