"""本地配件价格: the list with its filters and file, and a quote from the market."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from authority.refusals import Refused, insist_on
from cases.forms.damage import PriceFilter, QuoteForm
from cases.models import ClaimCase, PartPrice
from cases.models.case import lent_case_ids
from cases.services import pricing
from departments.access import SEE_CASES
from departments.http import StaffRequest
from departments.listings import Column, Empty, Listing, show
from departments.models import OrgUnit, Staff


def _columns(viewer: Staff) -> Sequence[Column]:
    """Everybody reads the prices; which case one came from only who may see the case."""
    case_of = _case_reader(viewer)
    return (
        Column("编码", lambda row: row.code, "number"),
        Column("配件", lambda row: row.name),
        Column("品牌", lambda row: row.brand),
        Column("车系", lambda row: row.series),
        Column("地区", lambda row: row.unit.short_name),
        Column("单价(元)", lambda row: row.price, "money"),
        Column("日期", lambda row: row.priced_on, "moment"),
        Column("来源", lambda row: str(row.get_origin_display())),
        Column(
            "来源赔案",
            lambda row: str(case_of(row) or ""),
            "number",
            url=lambda row: row.case.get_absolute_url() if case_of(row) else "",
        ),
        Column("供应商", lambda row: row.supplier),
        Column("登记人", lambda row: row.entered_by.name),
        Column("说明", lambda row: row.note, "wrap"),
    )


def _case_reader(viewer: Staff) -> Callable[[PartPrice], ClaimCase | None]:
    """The case of a row where this person may see it; one statement for the whole list."""
    units = viewer.unit_scope.ids(SEE_CASES)
    lent = set(lent_case_ids(viewer))

    def case_of(row: PartPrice) -> ClaimCase | None:
        seen = row.case is not None and (row.case.unit_id in units or row.case_id in lent)
        return row.case if seen else None

    return case_of


PRICES = Listing(
    "本地配件价格",
    "part-prices",
    _columns,
    ("-priced_on", "-pk"),
    Empty("没有符合条件的价格", "核损通过后核定的配件价自动进入；也可登记市场询价。"),
    template="cases/prices.html",
    signers=("核价岗", "室主任"),
)


@require_GET
def prices(request: StaffRequest) -> HttpResponse:
    form = PriceFilter(request.GET, viewer=request.user)
    seen = PartPrice.objects.all() if request.user.unit_scope.ids(SEE_CASES) else PartPrice.objects.none()
    may_quote = pricing.may_quote(request.user)
    return show(request, PRICES, form.narrow(seen.for_list()), form, may_quote=may_quote)


@require_http_methods(["GET", "POST"])
def price_new(request: StaffRequest) -> HttpResponse:
    insist_on(pricing.may_quote(request.user))
    units = OrgUnit.objects.filter(pk__in=pricing.quoting_units(request.user)).order_by("path_rank")
    form = QuoteForm(request.POST if request.method == "POST" else None, units=units)
    if form.is_bound and form.is_valid():
        try:
            price = pricing.note_quote(pricing.Quote(**form.cleaned_data), by=request.user)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"已登记询价：{price}")
            return redirect(price)
    return render(request, "cases/price_new.html", {"form": form}, status=422 if form.is_bound else 200)
