"""Health and self-description. Neither touches a table."""

from typing import Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel

from parley import __version__
from parley.http.envelope import AnswersDep, Envelope

router = APIRouter()


class Health(BaseModel):
    status: Literal["ok"] = "ok"
    version: str = __version__
    stage: str


class HealthEnvelope(Envelope[Health]):
    """In the envelope like every answer, and at the top level, where probes look."""

    status: Literal["ok"] = "ok"
    version: str = __version__
    stage: str


class Links(BaseModel):
    health: str = "/api/health"


class ServiceInformation(BaseModel):
    name: str = "Parley"
    version: str = __version__
    links: Links = Links()


@router.get("/api/health")
def check_health(request: Request, answers: AnswersDep) -> HealthEnvelope:
    health = Health(stage=request.app.state.stage)
    return HealthEnvelope(message=answers.success(None).message, data=health, stage=health.stage)


@router.get("/")
def describe_service(answers: AnswersDep) -> Envelope[ServiceInformation]:
    return answers.success(ServiceInformation())
