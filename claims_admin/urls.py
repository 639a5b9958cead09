from django.contrib import admin
from django.contrib.auth.views import LoginView, LogoutView, PasswordChangeView
from django.urls import include, path, reverse_lazy

from claims_admin import health, views
from claims_admin.passwords import ChangeForm
from claims_admin.sign_in import LoginForm

handler403 = "claims_admin.views.permission_denied"

LOGIN = LoginView.as_view(
    template_name="login.html", authentication_form=LoginForm, redirect_authenticated_user=True
)
PASSWORD_CHANGE = PasswordChangeView.as_view(
    template_name="password_change.html", form_class=ChangeForm, success_url=reverse_lazy("home")
)

urlpatterns = [
    path("livez", health.livez, name="livez"),
    path("readyz", health.readyz, name="readyz"),
    path("", views.home, name="home"),
    path("login/", LOGIN, name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("password/", PASSWORD_CHANGE, name="password_change"),
    path("org/", include("departments.urls")),
    path("authority/", include("authority.urls")),
    path("cases/", include("cases.urls")),
    path("reports/", include("reports.urls")),
    path("admin/", admin.site.urls),
]
