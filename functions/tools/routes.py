"""Tools: what there is, and running one by hand."""

from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Path, Request

from functions.tools.schemas import ToolBody, ToolFailureBody, ToolListBody, ToolResultBody, outcome_body
from parley.errors import ToolNotFoundError
from parley.http.auth import CurrentUserDep
from parley.http.envelope import AnswersDep, Envelope
from parley.http.failures import failures
from parley.http.idempotency import IdempotentRoute
from parley.observability import annotate
from parley.tools.execution import execute_bounded
from parley.tools.registry import ToolRegistry
from parley.tools.types import ToolContext

router = APIRouter(prefix="/api/tools", route_class=IdempotentRoute)


def _registry(request: Request) -> ToolRegistry:
    registry: ToolRegistry = request.app.state.tools
    return registry


RegistryDep = Annotated[ToolRegistry, Depends(_registry)]
ArgumentsBody = Annotated[
    dict[str, Any],
    Body(
        default_factory=dict,
        description="The arguments, as the tool's `parameters` say.",
        examples=[{"expression": "6 * 7"}],
    ),
]
NamePath = Annotated[str, Path(description="The tool's name.")]


@router.get("")
def list_tools(_: CurrentUserDep, registry: RegistryDep, answers: AnswersDep) -> Envelope[ToolListBody]:
    """List all tools, also by category"""
    return answers.success(ToolListBody.of(registry.tools))


@router.get("/{name}", responses=failures(ToolNotFoundError))
def get_tool(
    name: NamePath, _: CurrentUserDep, registry: RegistryDep, answers: AnswersDep
) -> Envelope[ToolBody]:
    """Read how a tool is called"""
    return answers.success(ToolBody.of(registry.get(name)))


@router.post("/{name}/execute", responses=failures(ToolNotFoundError))
async def execute_tool(
    name: NamePath, arguments: ArgumentsBody, user: CurrentUserDep, registry: RegistryDep, answers: AnswersDep
) -> Envelope[ToolResultBody | ToolFailureBody]:
    """Run a tool by hand

    Arguments that do not fit its `parameters` are a 422. A tool that fails on good arguments is a 200 with
    `success: false` and `error` inside `data`.
    """
    annotate(tool=registry.get(name).name)
    outcome = await execute_bounded(registry, name, arguments, ToolContext(user_id=user.id))
    return answers.success(outcome_body(name, outcome, answers))
