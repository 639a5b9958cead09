from django.contrib import admin
from django.contrib.auth.views import LoginView, LogoutView
from django.urls import include, path

from claims_admin import views

handler403 = "claims_admin.views.permission_denied"

urlpatterns = [
    path("", views.home, name="home"),
    path("login/", LoginView.as_view(template_name="login.html"), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("org/", include("departments.urls")),
    path("authority/", include("authority.urls")),
    path("cases/", include("cases.urls")),
    path("reports/", include("reports.urls")),
    path("admin/", admin.site.urls),
]
