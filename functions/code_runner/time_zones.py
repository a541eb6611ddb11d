"""Where programs find time zones."""

import importlib.util
import zoneinfo
from functools import cache
from pathlib import Path


@cache
def bundled_time_zones() -> str | None:
    """The folder of the package that brings them, where the system has none, as Lambda's may not."""
    if any(Path(folder).is_dir() for folder in zoneinfo.TZPATH):
        return None
    package = importlib.util.find_spec("tzdata")
    folders = package.submodule_search_locations if package else None
    return str(Path(folders[0], "zoneinfo")) if folders else None
