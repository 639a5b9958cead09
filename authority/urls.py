from django.urls import path

from authority.views import (
    certificates,
    comparing,
    drafting,
    interests,
    letters,
    matrix,
    powers,
    who_can,
)

app_name = "authority"

urlpatterns = [
    path("", matrix.matrix, name="matrix"),
    path("export/", matrix.matrix_export, name="matrix_export"),
    path("who-can/", who_can.who_can, name="who_can"),
    path("powers/", powers.powers, name="powers"),
    path("powers/export/", powers.powers_export, name="powers_export"),
    path("powers/print/", powers.powers_print, name="powers_print"),
    path("letters/", letters.letters, name="letters"),
    path("letters/new/", drafting.letter_new, name="letter_new"),
    path("letters/<int:pk>/", letters.letter, name="letter"),
    path("letters/<int:pk>/print/", letters.letter_print, name="letter_print"),
    path("letters/<int:pk>/compare/", comparing.letter_compare, name="letter_compare"),
    path("letters/<int:pk>/compare/print/", comparing.letter_compare_print, name="letter_compare_print"),
    path("letters/<int:pk>/edit/", drafting.letter_edit, name="letter_edit"),
    path("letters/<int:pk>/lines/", drafting.letter_line_new, name="letter_line_new"),
    path("letters/<int:pk>/amounts/", drafting.letter_amounts, name="letter_amounts"),
    path("letters/<int:pk>/lines/<int:line>/drop/", drafting.letter_line_drop, name="letter_line_drop"),
    path("letters/<int:pk>/submit/", letters.letter_submit, name="letter_submit"),
    path("letters/<int:pk>/send-back/", letters.letter_send_back, name="letter_send_back"),
    path("letters/<int:pk>/approve/", letters.letter_approve, name="letter_approve"),
    path("letters/<int:pk>/revoke/", letters.letter_revoke, name="letter_revoke"),
    path("grants/<int:pk>/revoke/", letters.grant_revoke, name="grant_revoke"),
    path("certificates/", certificates.certificates, name="certificates"),
    path("certificates/new/", certificates.certificate_new, name="certificate_new"),
    path("certificates/<int:pk>/confirm/", certificates.certificate_confirm, name="certificate_confirm"),
    path("certificates/<int:pk>/revoke/", certificates.certificate_revoke, name="certificate_revoke"),
    path("certificates/types/", certificates.certificate_types, name="certificate_types"),
    path(
        "certificates/types/<int:pk>/enforce/",
        certificates.certificate_enforce,
        name="certificate_enforce",
    ),
    path("interests/", interests.interests, name="interests"),
    path("interests/watched/", interests.interests_watched, name="interests_watched"),
    path("interests/confirm/", interests.interests_confirm, name="interests_confirm"),
    path("interests/of/<int:pk>/new/", interests.interest_new, name="interest_new"),
    path("interests/<int:pk>/end/", interests.interest_end, name="interest_end"),
]
