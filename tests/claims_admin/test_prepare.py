from pathlib import Path

import pytest
from django.conf import settings as project_settings
from django.core.management import call_command


@pytest.fixture
def var(settings, tmp_path: Path) -> Path:
    settings.VAR_DIR = tmp_path
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "claims_admin.vendor.StaticStorage"},
    }
    return tmp_path


def test_every_library_file_is_there():
    folder = project_settings.NODE_MODULES

    assert [path for path in project_settings.VENDOR_FILES.values() if not (folder / path).exists()] == []


def test_static_files_are_collected_once(db, var: Path):
    call_command("prepare")
    made_at = (var / "static" / "staticfiles.json").stat().st_mtime_ns
    call_command("prepare")

    assert (var / "static" / "staticfiles.json").stat().st_mtime_ns == made_at
    assert list((var / "static" / "vendor" / "htmx").glob("htmx.min.*.js.gz"))


def test_static_files_are_collected_anew_when_one_changed(db, var: Path):
    call_command("prepare")
    (var / "static.stamp").write_text("another state")
    (var / "static" / "left-over.css").write_text("")

    call_command("prepare")

    assert not (var / "static" / "left-over.css").exists()
