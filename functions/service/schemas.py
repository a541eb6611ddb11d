"""Answers of the service itself."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from parley import __version__
from parley.http.envelope import Envelope

Version = Annotated[str, Field(examples=[__version__])]
StageName = Annotated[str, Field(examples=["prod"])]


class HealthBody(BaseModel):
    status: Literal["ok"]
    version: Version
    stage: StageName


class HealthAnswer(Envelope[HealthBody]):
    """In the envelope like every answer, and at the top level, where probes look."""

    status: Literal["ok"]
    version: Version
    stage: StageName


class LinksBody(BaseModel):
    """Paths below the root of the API."""

    health: Literal["/api/health"] = "/api/health"
    docs: Literal["/api/docs"] = "/api/docs"
    openapi: Literal["/api/openapi.json"] = "/api/openapi.json"


class ServiceBody(BaseModel):
    name: Literal["Parley"] = "Parley"
    version: Version = __version__
    links: LinksBody = LinksBody()
