"""Health, self-description and documentation. Nothing here touches a table."""

from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from functions.service.docs_page import docs_page
from functions.service.schemas import HealthAnswer, HealthBody, ServiceBody
from parley import __version__
from parley.http.envelope import AnswersDep, Envelope

router = APIRouter()


@router.get("/api/health")
def check_health(request: Request, answers: AnswersDep) -> HealthAnswer:
    """Is it up?"""
    health = HealthBody(status="ok", version=__version__, stage=request.app.state.stage)
    return HealthAnswer(message=answers.success(None).message, data=health, **health.model_dump())


@router.get("/api/openapi.json", response_model=dict[str, Any])
def get_openapi_document(request: Request) -> Response:
    """This document: OpenAPI 3.1, of the whole REST API"""
    file: Path = request.app.state.openapi_file
    return Response(file.read_bytes(), media_type="application/json")


@router.get("/api/docs", response_class=HTMLResponse)
def show_docs() -> HTMLResponse:
    """This document as a page on which every operation can be tried"""
    page = docs_page()
    return HTMLResponse(page.html, headers=page.headers)


@router.get("/")
def describe_service(answers: AnswersDep) -> Envelope[ServiceBody]:
    """What is this?"""
    return answers.success(ServiceBody())
