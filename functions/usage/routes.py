"""Usage: the tokens that the caller's replies have used."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from functions.usage.schemas import PeriodQuery, UsageReportBody
from parley.domain.usage import UsageRepository
from parley.http.auth import CurrentUserDep
from parley.http.envelope import AnswersDep, Envelope

router = APIRouter(prefix="/api/usage")


def _repository(request: Request) -> UsageRepository:
    repository: UsageRepository = request.app.state.usage
    return repository


RepositoryDep = Annotated[UsageRepository, Depends(_repository)]


@router.get("")
def get_usage(
    query: Annotated[PeriodQuery, Query()],
    user: CurrentUserDep,
    repository: RepositoryDep,
    answers: AnswersDep,
) -> Envelope[UsageReportBody]:
    """What my replies have used, by day and model

    At most 366 days, oldest first; days without a reply are left out.
    """
    period = query.period()
    return answers.success(UsageReportBody.of(period, repository.list_days(user.id, period)))
