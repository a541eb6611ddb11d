"""Trimming an installed tree, on one made up here."""

from pathlib import Path

import pytest

from infra.components.trimming import BOTOCORE_SERVICES, trim

KEPT = [
    "library/__init__.py",
    "library/testing.py",
    "library/native.cpython-313-aarch64-linux-gnu.so",
    "library/py.typed",
    "library-1.0.dist-info/METADATA",
    "library-1.0.dist-info/entry_points.txt",
    "library-1.0.dist-info/licenses/LICENSE",
    "botocore/data/endpoints.json",
    "botocore/data/partitions.json",
    *[f"botocore/data/{service}/2020-01-01/service-2.json.gz" for service in sorted(BOTOCORE_SERVICES)],
    "boto3/data/dynamodb/2012-08-10/resources-1.json",
    "babel/locale-data/root.dat",
    "lxml/etree.cpython-313-aarch64-linux-gnu.so",
    "lxml/html/__init__.py",
    "babel/locale-data/zh_Hans_CN.dat",
]
REMOVED = [
    "bin/tool",
    "library/__init__.pyi",
    "library/tests/test_all.py",
    "library/deeper/tests/data.json",
    "library/__pycache__/__init__.cpython-312.pyc",
    "library/native.pyx",
    "library/includes/native.h",
    "babel/locale-data/fr.dat",
    "lxml/objectify.cpython-313-aarch64-linux-gnu.so",
    "lxml/isoschematron/__init__.py",
    "lxml/html/_difflib.cpython-313-aarch64-linux-gnu.so",
    "lxml/html/diff.py",
    "library-1.0.dist-info/sboms/library.json",
    "library-1.0.dist-info/RECORD",
    "library-1.0.dist-info/INSTALLER",
    "botocore/data/ec2/2016-11-15/service-2.json.gz",
    "boto3/data/ec2/2016-11-15/resources-1.json",
]


@pytest.fixture
def trimmed(tmp_path: Path) -> Path:
    for name in [*KEPT, *REMOVED]:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")
    trim(tmp_path)
    return tmp_path


@pytest.mark.parametrize("name", KEPT)
def test_what_a_function_may_read_stays(trimmed: Path, name: str) -> None:
    assert (trimmed / name).is_file()


@pytest.mark.parametrize("name", REMOVED)
def test_what_no_function_reads_goes(trimmed: Path, name: str) -> None:
    assert not (trimmed / name).exists()


def test_a_package_named_tests_at_the_top_is_somebodys_module(tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "__init__.py").write_text("")

    trim(tmp_path)

    assert (tmp_path / "tests" / "__init__.py").is_file()
