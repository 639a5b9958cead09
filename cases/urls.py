from django.urls import URLPattern, path

from cases.views import detail, listing

app_name = "cases"

urlpatterns: list[URLPattern] = [
    path("", listing.index, name="index"),
    path("<int:pk>/", detail.detail, name="detail"),
    path("count/", listing.count, name="count"),
    path("export/", listing.export, name="export"),
    path("print/", listing.index_print, name="index_print"),
    path("filters/new/", listing.saved_filter_new, name="saved_filter_new"),
    path("filters/<int:pk>/delete/", listing.saved_filter_delete, name="saved_filter_delete"),
]
