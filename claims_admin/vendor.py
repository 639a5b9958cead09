"""The front-end libraries: exactly the files that pages ask for, straight from `node_modules`."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage


class VendorStorage(FileSystemStorage):
    """Reads the files of `VENDOR_FILES` under the names by which pages know them."""

    def path(self, name: str) -> str:
        return str(settings.NODE_MODULES / settings.VENDOR_FILES[name])


class VendorFinder(BaseFinder):
    """The packages' folders hold a hundred times more than pages need: only what is declared is served."""

    storage = VendorStorage()

    def find(self, path: str, find_all: bool = False, **_: Any) -> Any:
        """The file, or an empty list: that is how Django's own finders say no."""
        if path not in settings.VENDOR_FILES or not Path(self.storage.path(path)).exists():
            return []
        return [self.storage.path(path)] if find_all else self.storage.path(path)

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, VendorStorage]]:
        return ((name, self.storage) for name in settings.VENDOR_FILES)


class StaticStorage(CompressedManifestStaticFilesStorage):
    """Names by content, compressed. Comments that name source maps stay as they are: maps are not served."""

    patterns = (
        (
            "*.css",
            (
                r"""(?P<matched>url\((?P<quote>['"]{0,1})\s*(?P<url>.*?)(?P=quote)\))""",
                (
                    r"""(?P<matched>@import\s*["']\s*(?P<url>.*?)["'])""",
                    """@import url("%(url)s")""",
                ),
            ),
        ),
    )
