"""What is packed: each function's own folder, each layer where Lambda looks for it, the same every time."""

import json
import shutil
from pathlib import Path

import pytest

from infra import topology
from tests.infra.cdk.synthesis import PROJECT, Synthesis, synthesise

pytestmark = pytest.mark.infra

FUNCTIONS = pytest.mark.parametrize("function", topology.FUNCTIONS, ids=lambda function: function.name)


@FUNCTIONS
def test_a_functions_code_is_its_own_folder_under_its_module_path(
    dev: Synthesis, function: topology.Function
) -> None:
    source = PROJECT / "functions" / function.name
    expected = {Path("functions/__init__.py")} | {
        path.relative_to(PROJECT)
        for path in source.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    if function.openapi_document:
        expected.add(Path("openapi.json"))

    packed = _files(dev.asset(dev.functions[function.name]["Code"]))
    assert {path for path in packed if path.suffix != ".pyc"} == expected


@FUNCTIONS
def test_each_module_of_a_function_brings_its_bytecode_for_there_is_no_place_to_keep_it(
    dev: Synthesis, function: topology.Function
) -> None:
    packed = _files(dev.asset(dev.functions[function.name]["Code"]))

    modules = {path for path in packed if path.suffix == ".py"}
    compiled = {
        path.parent.parent / path.name.replace(".cpython-313.pyc", ".py")
        for path in packed
        if path.suffix == ".pyc"
    }
    assert compiled == modules


@FUNCTIONS
def test_a_functions_own_asset_is_small(dev: Synthesis, function: topology.Function, tmp_path: Path) -> None:
    """As it is uploaded. The largest part of any is the OpenAPI document."""
    asset = dev.asset(dev.functions[function.name]["Code"])

    packed = shutil.make_archive(str(tmp_path / "asset"), "zip", asset)
    assert Path(packed).stat().st_size <= 200_000


def test_the_openapi_document_is_packed_where_its_function_is_told(dev: Synthesis) -> None:
    (function,) = [function for function in topology.FUNCTIONS if function.openapi_document]
    deployed = dev.functions[function.name]
    file = Path(deployed["Environment"]["Variables"][topology.OPENAPI_FILE_SETTING])

    packed = dev.asset(deployed["Code"]) / file.relative_to("/var/task")
    assert json.loads(packed.read_text("utf-8"))["openapi"].startswith("3.1")


def test_the_first_party_layer_brings_the_package_with_its_bytecode(dev: Synthesis) -> None:
    packed = _files(_layer(dev, "parley: parley"))

    assert {path.parts[:2] for path in packed} == {("python", "parley")}
    assert Path("python/parley/errors.py") in packed
    assert Path("python/parley/__pycache__/errors.cpython-313.pyc") in packed


def test_the_streaming_bootstrap_lies_at_the_root_of_its_layer_and_can_be_executed(dev: Synthesis) -> None:
    layer = _layer(dev, "parley: streaming")

    assert (layer / "streaming-bootstrap").stat().st_mode & 0o111 == 0o111
    assert (layer / "python" / "parley_streaming" / "__main__.py").is_file()


def test_synthesised_twice_the_template_is_the_same(
    dev: Synthesis, dependencies: dict[str, Path], tmp_path: Path
) -> None:
    again = synthesise(tmp_path, dependencies=dependencies)

    assert again.text == dev.text


def test_only_the_function_that_changed_is_deployed_anew(
    dev: Synthesis, dependencies: dict[str, Path], tmp_path: Path
) -> None:
    """With bytecode made anew, at another time."""
    again = synthesise(tmp_path, dependencies=dependencies)

    changed = [
        name for name, function in again.functions.items() if function["Code"] != dev.functions[name]["Code"]
    ]
    assert changed == []


def _layer(synthesis: Synthesis, description: str) -> Path:
    (found,) = [
        layer
        for layer in synthesis.properties("AWS::Lambda::LayerVersion")
        if layer["Description"] == description
    ]
    return synthesis.asset(found["Content"])


def _files(folder: Path) -> set[Path]:
    return {path.relative_to(folder) for path in folder.rglob("*") if path.is_file()}
