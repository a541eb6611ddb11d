"""Registration, log-in, log-out and who I am."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request

from functions.auth.schemas import LoginRequest, RegisteredBody, RegisterRequest, TokenBody, UserBody
from parley.accounts.sessions import Accounts
from parley.http.auth import CurrentUserDep
from parley.http.envelope import AnswersDep, Envelope

router = APIRouter(prefix="/api/auth")


def _accounts(request: Request) -> Accounts:
    accounts: Accounts = request.app.state.accounts
    return accounts


AccountsDep = Annotated[Accounts, Depends(_accounts)]


@router.post("/register", status_code=201)
def register(body: RegisterRequest, accounts: AccountsDep, answers: AnswersDep) -> Envelope[RegisteredBody]:
    user = accounts.register(username=body.username, email=body.email, password=body.password)
    return answers.success(RegisteredBody(user=UserBody.of(user)), "registered")


@router.post("/login")
def log_in(
    body: LoginRequest, request: Request, accounts: AccountsDep, answers: AnswersDep
) -> Envelope[TokenBody]:
    address = request.client.host if request.client else ""
    session = accounts.log_in(login=body.username, password=body.password, address=address)
    token = TokenBody(
        access_token=session.token,
        expires_in=session.expires_in_seconds,
        user=UserBody.of(session.user),
    )
    return answers.success(token, "logged_in")


@router.post("/logout")
def log_out(user: CurrentUserDep, accounts: AccountsDep, answers: AnswersDep) -> Envelope[None]:
    accounts.log_out(user)
    return answers.success(None, "logged_out")


@router.get("/me")
def get_current_user(user: CurrentUserDep, accounts: AccountsDep, answers: AnswersDep) -> Envelope[UserBody]:
    return answers.success(UserBody.of(accounts.get_user(user)))
