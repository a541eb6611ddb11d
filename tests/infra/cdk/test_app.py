"""The entry point: which stage is synthesised, with whose settings, and what it says."""

import json
from pathlib import Path

import pytest

from infra import app
from infra.stage import STAGES, UnknownStageError, stage_named

pytestmark = pytest.mark.infra


@pytest.fixture
def outdir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dependencies: dict[str, Path]) -> Path:
    monkeypatch.setattr(app, "build_dependencies_layers", lambda project, **_: dependencies)
    monkeypatch.setenv("CDK_OUTDIR", str(tmp_path))
    monkeypatch.delenv("CDK_CONTEXT_JSON", raising=False)
    return tmp_path


def test_the_context_chooses_the_stage_and_goes_before_the_environment(
    outdir: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PARLEY_MODEL_BASE_URL", "https://environment.example/v1")
    monkeypatch.setenv("PARLEY_MODEL_NAME", "a-model")

    app.main(["-c", "stage=prod", "--context", "PARLEY_MODEL_BASE_URL=https://context.example/v1"])

    template = outdir / "parley-prod.template.json"
    functions = [
        resource["Properties"]["Environment"]["Variables"]
        for resource in json.loads(template.read_text("utf-8"))["Resources"].values()
        if resource["Type"] == "AWS::Lambda::Function" and "Environment" in resource["Properties"]
    ]
    assert {variables["PARLEY_STAGE"] for variables in functions} == {"prod"}
    models = {
        (variables["PARLEY_MODEL_BASE_URL"], variables["PARLEY_MODEL_NAME"])
        for variables in functions
        if "PARLEY_MODEL_NAME" in variables
    }
    assert models == {("https://context.example/v1", "a-model")}
    said = capsys.readouterr().err
    assert str(template) in said
    assert "Layer dependencies: 0.0 MB unzipped" in said


def test_an_unknown_stage_ends_with_the_known_ones(outdir: Path) -> None:
    with pytest.raises(SystemExit, match=r"no stage 'staging'; choose one of: dev, prod"):
        app.main(["-c", "stage=staging"])


def test_the_context_chooses_the_processor(outdir: Path) -> None:
    app.main(["-c", "architecture=x86_64"])

    resources = json.loads((outdir / "parley-dev.template.json").read_text("utf-8"))["Resources"].values()
    functions = [each for each in resources if each["Type"] == "AWS::Lambda::Function"]
    layers = [each for each in resources if each["Type"] == "AWS::Lambda::LayerVersion"]
    assert {each["Properties"]["Architectures"][0] for each in functions} == {"x86_64"}
    assert {each["Properties"]["CompatibleArchitectures"][0] for each in layers} == {"x86_64"}


def test_without_response_streaming_all_methods_are_buffered(outdir: Path) -> None:
    app.main(["-c", "PARLEY_RESPONSE_STREAMING=off"])

    resources = json.loads((outdir / "parley-dev.template.json").read_text("utf-8"))["Resources"].values()
    integrations = [
        each["Properties"]["Integration"] for each in resources if each["Type"] == "AWS::ApiGateway::Method"
    ]
    variables = [
        each["Properties"].get("Environment", {}).get("Variables", {})
        for each in resources
        if each["Type"] == "AWS::Lambda::Function"
    ]
    assert not [each for each in integrations if each.get("ResponseTransferMode") == "STREAM"]
    assert max(each.get("TimeoutInMillis", 0) for each in integrations) == 29_000
    assert not [each for each in variables if "AWS_LAMBDA_EXEC_WRAPPER" in each]


def test_an_unknown_processor_ends_with_the_known_ones(outdir: Path) -> None:
    with pytest.raises(SystemExit, match=r"no architecture 'sparc'; choose one of: arm64, x86_64"):
        app.main(["-c", "architecture=sparc"])


def test_a_stage_is_found_by_its_name() -> None:
    assert [stage_named(stage.name) for stage in STAGES] == list(STAGES)
    with pytest.raises(UnknownStageError):
        stage_named("")
