"""The list and the page of letters: who sees which, what they say, and what is done there."""

from decimal import Decimal

import pytest
from django.urls import reverse

from authority import services
from authority.models import AuthorityItem, AuthorityLetter
from tests.authority.pages import another_grant, page
from tests.factories import CeilingFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("status", "who", "code"),
    [
        ("draft", "head", 200),
        ("draft", "deputy", 200),
        ("draft", "security", 200),
        ("draft", "adjudicator", 404),
        ("draft", "sub_head", 404),
        ("in_force", "adjudicator", 200),
        ("in_force", "clerk", 404),
        ("in_force", "sub_head", 404),
    ],
)
def test_who_sees_a_letter(client, branch, status, who, code):
    letter = branch.in_force() if status == "in_force" else branch.draft()
    branch.grant(letter)
    client.force_login(getattr(branch, who))

    assert page(client, "letter", letter.pk).status_code == code
    assert page(client, "letter_print", letter.pk).status_code == code
    assert (letter in page(client, "letters").context["page"].rows) == (code == 200)


def test_a_holder_sees_only_the_own_lines_of_a_letter(client, branch, in_force):
    branch.grant(in_force.letter, branch.clerk)
    client.force_login(branch.adjudicator)

    for name in ("letter", "letter_print"):
        text = page(client, name, in_force.letter_id).content.decode()
        assert "核赔员" in text
        assert "理算员" not in text


def test_letters_are_filtered(as_head, branch):
    draft, letter = branch.draft(number="甲1号"), branch.in_force(number="乙2号", mode="by_institution")

    def found(**query: object) -> list[AuthorityLetter]:
        return list(page(as_head, "letters", **query).context["page"].rows)

    assert set(found()) == {draft, letter}
    assert found(status="draft") == [draft]
    assert found(mode="by_institution") == [letter]
    assert found(number="甲") == [draft]


def test_a_letter_costs_the_same_for_many_lines(as_head, branch, in_force, assert_flat_queries):
    url = reverse("authority:letter", args=[in_force.letter_id])

    assert_flat_queries(url, grow=lambda: another_grant(branch, in_force.letter))


def test_a_draft_costs_the_same_for_many_lines(as_head, branch, assert_flat_queries):
    letter = branch.draft()

    def grow() -> None:
        another_grant(branch, letter)
        CeilingFactory(unit=branch.units["sc"])

    assert_flat_queries(reverse("authority:letter", args=[letter.pk]), grow=grow)


def test_the_list_costs_the_same_for_many(as_head, branch, assert_flat_queries):
    assert_flat_queries(reverse("authority:letters"), grow=branch.draft)


def test_a_draft_says_what_keeps_it_from_being_submitted(as_head, branch):
    letter = branch.draft()
    branch.grant(letter, amount_max=600_000)
    CeilingFactory(unit=branch.units["sc"], amount_max=500_000)

    text = page(as_head, "letter", letter.pk).content.decode()

    assert "还不能提交" in text
    assert "超出 100,000.00 元" in text


def test_the_drafter_is_told_why_not_to_approve(client, branch):
    letter = branch.draft(status="submitted")
    branch.grant(letter)
    client.force_login(branch.deputy)

    assert "起草人不得批准" in page(client, "letter", letter.pk).content.decode()
    answer = client.post(reverse("authority:letter_approve", args=[letter.pk]))
    assert answer.status_code == 403
    assert "起草人不得批准" in answer.content.decode()


def test_a_draft_is_submitted_on_its_page(as_head, branch):
    letter = branch.draft()
    branch.grant(letter)

    as_head.post(reverse("authority:letter_submit", args=[letter.pk]))

    letter.refresh_from_db()
    assert letter.status == "submitted"


def test_a_letter_is_approved_on_its_page(as_head, branch):
    letter = branch.draft(status="submitted")
    branch.grant(letter)
    assert "您可以批准" in page(as_head, "letter", letter.pk).content.decode()

    answer = as_head.post(reverse("authority:letter_approve", args=[letter.pk]), follow=True)

    assert "批准生效" in answer.content.decode()
    letter.refresh_from_db()
    assert letter.status == "in_force"


@pytest.mark.parametrize(
    ("name", "status", "after"),
    [("letter_send_back", "submitted", "draft"), ("letter_revoke", "in_force", "revoked")],
)
def test_a_reason_is_asked_for(as_head, branch, name, status, after):
    letter = branch.in_force() if status == "in_force" else branch.draft(status=status)
    url = reverse(f"authority:{name}", args=[letter.pk])

    answer = as_head.post(url, {"reason": ""})
    assert (answer.status_code, "请填写理由" in answer.content.decode()) == (422, True)
    assert as_head.post(url, {"reason": "金额有误"}).status_code == 302
    letter.refresh_from_db()
    assert letter.status == after


def test_one_grant_is_revoked_on_its_page(as_head, in_force):
    url = reverse("authority:grant_revoke", args=[in_force.pk])

    assert "撤销权限" in as_head.get(url).content.decode()
    assert as_head.post(url, {}).status_code == 422
    assert as_head.post(url, {"reason": "离岗", "despite": "上级代办"}).status_code == 302
    in_force.refresh_from_db()
    assert in_force.revoked_at


def test_a_holder_reads_why_he_cannot_revoke_his_grant(client, branch, in_force):
    client.force_login(branch.adjudicator)
    url = reverse("authority:grant_revoke", args=[in_force.pk])

    assert "您不能撤销" in client.get(url).content.decode()
    assert client.post(url, {"reason": "x"}).status_code == 403


def test_the_page_tells_what_was_done_in_words(as_head, branch):
    old = branch.in_force()
    branch.grant(old)
    letter = services.draft_letter(heading_like(old), by=branch.deputy, like=old)
    (grant,) = letter.personalgrants.all()
    services.revise_lines(letter, services.Revision(amounts={grant.pk: Decimal("60000")}), by=branch.deputy)
    services.send_back(services.submit_letter(letter, by=branch.deputy), by=branch.head, reason="再核")
    services.revise_lines(letter, services.Revision(dropped=[grant.pk]), by=branch.deputy)

    events = page(as_head, "letter", letter.pk).context["page"].events

    assert [(event.title, event.who, event.text) for event in events] == [
        ("起草", "副经理", f"以 {old.number} 为底稿，1 项条款"),
        ("编辑条款", "副经理", "调整 第1条 核赔员 核赔 100,000.00 → 60,000.00 元"),
        ("提交批准", "副经理", ""),
        ("退回起草", "经理", "再核"),
        ("编辑条款", "副经理", "删除 第1条 60,000.00 元"),
    ]


def heading_like(letter: AuthorityLetter) -> services.LetterDraft:
    return services.LetterDraft(
        number="川理授〔2027〕7号",
        title=letter.title,
        mode=letter.mode,
        issuing_unit=letter.issuing_unit,
        scope_unit=letter.scope_unit,
        basis=letter.basis,
        valid_from=letter.valid_from,
    )


def test_approving_and_adding_are_told_in_words(as_head, branch):
    old, letter = branch.in_force(number="旧1号"), branch.draft()
    item = AuthorityItem.objects.get(code="refusal")
    line = services.GrantLine(
        clause="第3条",
        item=item,
        unit=branch.units["motor"],
        amount_max=Decimal(5000),
        appointment=branch.adjudicator.appointments.get(),
    )
    services.add_grant(letter, line, by=branch.deputy)
    services.approve_letter(services.submit_letter(letter, by=branch.deputy), by=branch.head)

    events = page(as_head, "letter", letter.pk).context["page"].events

    assert [event.text for event in events] == ["第3条 5,000.00 元", "", "1 项条款，替代 旧1号"]
    assert page(as_head, "letter", old.pk).context["page"].events[0].text == f"由 {letter.number} 替代"
