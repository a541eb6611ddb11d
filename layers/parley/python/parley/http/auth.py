"""The current user, as a dependency of routes."""

from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPBearer

from parley.accounts.authentication import Authenticator, CurrentUser
from parley.observability import annotate

_bearer = HTTPBearer(
    scheme_name="bearer", auto_error=False, description="The `access_token` of a log-in: opaque, revocable."
)


def _current_user(request: Request, _: Annotated[object, Depends(_bearer)]) -> CurrentUser:
    authenticator: Authenticator = request.app.state.authenticator
    user = authenticator.authenticate(request.headers.get("authorization"))
    annotate(user_id=user.id)
    return user


CurrentUserDep = Annotated[CurrentUser, Depends(_current_user)]
