from django.urls import path

from departments.views import (
    appointments,
    clocks,
    duties,
    hand_overs,
    notifications,
    people,
    telling,
    units,
)

app_name = "departments"

urlpatterns = [
    path("", units.tree, name="tree"),
    path("units/<int:pk>/", units.unit, name="unit"),
    path("units/<int:pk>/headcount/", units.headcount, name="headcount"),
    path("people/", people.people, name="people"),
    path("people/export/", people.people_export, name="people_export"),
    path("people/<int:pk>/", people.person, name="person"),
    path("people/<int:pk>/reveal/", people.reveal, name="reveal"),
    path("people/<int:pk>/duties/", people.duty_statement, name="duty_statement"),
    path("people/<int:pk>/appoint/", appointments.assign, name="assign"),
    path("people/<int:pk>/hand-over/", hand_overs.hand_over_new, name="hand_over_new"),
    path("hand-overs/", hand_overs.hand_overs, name="hand_overs"),
    path("hand-overs/<int:pk>/", hand_overs.hand_over, name="hand_over"),
    path("hand-overs/<int:pk>/print/", hand_overs.hand_over_print, name="hand_over_print"),
    path("hand-overs/<int:pk>/sign/", hand_overs.hand_over_sign, name="hand_over_sign"),
    path("people/<int:pk>/absence/", appointments.absence, name="absence"),
    path("absences/<int:pk>/cancel/", appointments.absence_cancel, name="absence_cancel"),
    path("posts/<int:pk>/appoint/", appointments.appoint, name="appoint"),
    path("appointments/<int:pk>/relieve/", appointments.relieve, name="relieve"),
    path("appointments/<int:pk>/withdraw/", appointments.appointment_withdraw, name="appointment_withdraw"),
    path("duties/", duties.duties, name="duties"),
    path("clock-rules/", clocks.clock_rules, name="clock_rules"),
    path("notifications/", notifications.notifications, name="notifications"),
    path("notifications/read/", notifications.notifications_read, name="notifications_read"),
    path("notifications/settings/", notifications.mail_settings, name="mail_settings"),
    path("notifications/told/", telling.told, name="told"),
    path("notifications/<int:pk>/", notifications.notification_open, name="notification_open"),
]
