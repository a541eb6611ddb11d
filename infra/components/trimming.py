"""Takes out of an installed dependency tree what a function never reads: unzipped size is start-up time."""

import shutil
from collections.abc import Iterable
from pathlib import Path

# The services that the product calls, and sts for credentials. botocore ships the models of some 400.
BOTOCORE_SERVICES = frozenset(
    {
        "apigatewaymanagementapi",
        "bedrock",
        "bedrock-runtime",
        "dynamodb",
        "kms",
        "lambda",
        "sqs",
        "ssm",
        "sts",
    }
)
# The languages of the product. courlan asks babel for the others' names only where a link names a language.
_BABEL_LOCALES = frozenset({"root", "en", "zh"})
_SOURCES_OF_EXTENSIONS = ("*.c", "*.h", "*.pxd", "*.pxi", "*.pyx")
# lxml's other ways to read and to compare documents, and what is built on them. No package here imports them.
_UNUSED_PARTS = ("objectify.*.so", "isoschematron", "html/diff.py", "html/_difflib.*.so")
_INSTALLER_FILES = ("RECORD", "INSTALLER", "REQUESTED", "direct_url.json", "uv_cache.json", "sboms")


def trim(site_packages: Path) -> None:
    """Licences, metadata and entry points stay: the law and `importlib.metadata` ask for them."""
    shutil.rmtree(site_packages / "bin", ignore_errors=True)
    _remove_all(site_packages.rglob("__pycache__"))
    _remove_all(site_packages.glob("*/**/tests"))
    for pattern in ("*.pyi", *_SOURCES_OF_EXTENSIONS):
        _remove_all(site_packages.rglob(pattern))
    for name in _INSTALLER_FILES:
        _remove_all(site_packages.glob(f"*.dist-info/{name}"))
    for pattern in _UNUSED_PARTS:
        _remove_all((site_packages / "lxml").glob(pattern))
    for library in ("botocore", "boto3"):
        _trim_service_models(site_packages / library / "data")
    _trim_locales(site_packages / "babel" / "locale-data")


def _trim_service_models(data: Path) -> None:
    """Files beside the services' folders tell of regions, retries and defaults: every client needs them."""
    _remove_all(data / path.name for path in data.glob("*/") if path.name not in BOTOCORE_SERVICES)


def _trim_locales(data: Path) -> None:
    _remove_all(path for path in data.glob("*.dat") if path.stem.partition("_")[0] not in _BABEL_LOCALES)


def _remove_all(paths: Iterable[Path]) -> None:
    for path in list(paths):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
