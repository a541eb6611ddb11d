"""The deployer's secrets are in no template: `prod` names the parameters that hold them."""

import pytest

from infra import topology
from tests.infra.cdk.synthesis import Synthesis

pytestmark = pytest.mark.infra

PARAMETERS = {
    "PARLEY_MODEL_API_KEY": "/parley/model-key",
    "PARLEY_SEARCH_TAVILY_API_KEY": "/parley/search/tavily",
}
FUNCTIONS = pytest.mark.parametrize("function", topology.FUNCTIONS, ids=lambda function: function.name)


@FUNCTIONS
def test_a_function_is_told_the_parameters_of_its_own_secrets_and_may_read_those(
    prod: Synthesis, function: topology.Function
) -> None:
    own = {name: PARAMETERS[name] for name in function.secrets if name in PARAMETERS}
    variables = prod.variables(function.name)

    told = {name: value for name, value in variables.items() if name.endswith("_PARAMETER")}
    assert told == {f"{name}_PARAMETER": value for name, value in own.items()}
    assert not set(function.secrets) & set(variables)
    assert prod.readable_parameters(function.name) == set(own.values())


def test_without_parameters_nothing_is_granted(dev: Synthesis) -> None:
    assert "ssm:" not in dev.text
