import subprocess
import sys

import pytest

from parley.domain.providers import ProviderKind
from parley.models.kinds import build_model
from parley.models.types import ModelError

CLIENTS = {"parley.models.openai", "parley.models.anthropic", "parley.models.demo", "parley.models.bedrock"}
HEAVY = {"httpx", "boto3", "botocore.session"}


@pytest.mark.parametrize(
    ("kind", "loaded"),
    [
        ("openai", {"parley.models.openai", "httpx"}),
        ("anthropic", {"parley.models.anthropic", "httpx"}),
        ("bedrock", {"parley.models.bedrock"}),
        ("demo", {"parley.models.demo"}),
    ],
)
def test_a_client_is_imported_when_its_kind_is_built_and_no_other_with_it(kind, loaded):
    program = f"""
import sys
from parley.domain.providers import ProviderKind
from parley.models.kinds import build_model
before = set(sys.modules)
build_model(ProviderKind({kind!r}), bedrock_region="eu-north-1")
print(*before)
print(*sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    before, after = (set(line.split()) for line in done.stdout.splitlines())
    assert before & (CLIENTS | HEAVY) == set()
    assert after & (CLIENTS | HEAVY) == loaded


def test_bedrock_answers_only_where_the_deployer_names_a_region():
    with pytest.raises(ModelError) as raised:
        build_model(ProviderKind.BEDROCK)
    assert raised.value.reason == "Bedrock is not enabled in this deployment."
