"""Registration, log-in, log-out and who I am."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request

from functions.auth.schemas import LoginRequest, RegisteredBody, RegisterRequest, TokenBody, UserBody
from parley.accounts.sessions import Accounts
from parley.errors import BadCredentialsError, EmailTakenError, TooManyAttemptsError, UsernameTakenError
from parley.http.auth import CurrentUserDep
from parley.http.callers import CallerAddressDep
from parley.http.envelope import AnswersDep, Envelope
from parley.http.failures import failures

router = APIRouter(prefix="/api/auth")


def _accounts(request: Request) -> Accounts:
    accounts: Accounts = request.app.state.accounts
    return accounts


AccountsDep = Annotated[Accounts, Depends(_accounts)]


@router.post("/register", status_code=201, responses=failures(UsernameTakenError, EmailTakenError))
def register(body: RegisterRequest, accounts: AccountsDep, answers: AnswersDep) -> Envelope[RegisteredBody]:
    """Register

    Name and e-mail address are unique, whatever their case.
    """
    user = accounts.register(username=body.username, email=body.email, password=body.password)
    return answers.success(RegisteredBody(user=UserBody.of(user)), "registered")


@router.post("/login", responses=failures(BadCredentialsError, TooManyAttemptsError))
def log_in(
    body: LoginRequest, address: CallerAddressDep, accounts: AccountsDep, answers: AnswersDep
) -> Envelope[TokenBody]:
    """Log in

    Ten failures in 15 minutes for one name or address make it wait (429).
    """
    session = accounts.log_in(login=body.username, password=body.password, address=address)
    token = TokenBody(
        access_token=session.token,
        expires_in=session.expires_in_seconds,
        user=UserBody.of(session.user),
    )
    return answers.success(token, "logged_in")


@router.post("/logout")
def log_out(user: CurrentUserDep, accounts: AccountsDep, answers: AnswersDep) -> Envelope[None]:
    """Log out: the token is revoked at once"""
    accounts.log_out(user)
    return answers.success(None, "logged_out")


@router.get("/me")
def get_current_user(user: CurrentUserDep, accounts: AccountsDep, answers: AnswersDep) -> Envelope[UserBody]:
    """Who am I?"""
    return answers.success(UserBody.of(accounts.get_user(user)))
