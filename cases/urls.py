from django.urls import URLPattern, path

from cases.views import detail, importing, listing

app_name = "cases"

urlpatterns: list[URLPattern] = [
    path("", listing.index, name="index"),
    path("<int:pk>/", detail.detail, name="detail"),
    path("count/", listing.count, name="count"),
    path("export/", listing.export, name="export"),
    path("print/", listing.index_print, name="index_print"),
    path("filters/new/", listing.saved_filter_new, name="saved_filter_new"),
    path("filters/<int:pk>/delete/", listing.saved_filter_delete, name="saved_filter_delete"),
    path("imports/", importing.index, name="imports"),
    path("imports/new/", importing.new, name="import_new"),
    path("imports/<int:pk>/", importing.batch, name="import_batch"),
    path("imports/<int:pk>/columns/", importing.mapping, name="import_mapping"),
    path("imports/<int:pk>/check/", importing.check, name="import_check"),
    path("imports/<int:pk>/confirm/", importing.confirm, name="import_confirm"),
    path("imports/<int:pk>/cancel/", importing.cancel, name="import_cancel"),
    path("imports/<int:pk>/progress/", importing.progress, name="import_progress"),
    path("imports/<int:pk>/faults/", importing.faults_file, name="import_faults"),
]
