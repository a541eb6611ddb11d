"""Tools: what there is, and running one by hand."""

from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Request

from functions.tools.schemas import FailureBody, ResultBody, ToolBody, ToolListBody, outcome_body
from parley.http.auth import CurrentUserDep
from parley.http.envelope import AnswersDep, Envelope
from parley.observability import annotate
from parley.tools.execution import execute_bounded
from parley.tools.registry import ToolRegistry
from parley.tools.types import ToolContext

router = APIRouter(prefix="/api/tools")


def _registry(request: Request) -> ToolRegistry:
    registry: ToolRegistry = request.app.state.tools
    return registry


RegistryDep = Annotated[ToolRegistry, Depends(_registry)]
ArgumentsBody = Annotated[
    dict[str, Any], Body(default_factory=dict, description="The arguments, as the tool's `parameters` say.")
]


@router.get("")
def list_tools(_: CurrentUserDep, registry: RegistryDep, answers: AnswersDep) -> Envelope[ToolListBody]:
    return answers.success(ToolListBody.of(registry.tools))


@router.get("/{name}")
def get_tool(name: str, _: CurrentUserDep, registry: RegistryDep, answers: AnswersDep) -> Envelope[ToolBody]:
    return answers.success(ToolBody.of(registry.get(name)))


@router.post("/{name}/execute")
async def execute_tool(
    name: str, arguments: ArgumentsBody, user: CurrentUserDep, registry: RegistryDep, answers: AnswersDep
) -> Envelope[ResultBody | FailureBody]:
    annotate(tool=registry.get(name).name)
    outcome = await execute_bounded(registry, name, arguments, ToolContext(user_id=user.id))
    return answers.success(outcome_body(name, outcome))
