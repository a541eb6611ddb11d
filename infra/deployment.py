"""What whoever deploys says: the stage, the names of their own, and the settings of functions."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from infra import topology
from infra.components.architecture import Architecture, architecture_named
from infra.stage import DEFAULT_STAGE, StageSettings, stage_named
from parley.cors import SETTING as CORS_SETTING

DOMAIN = "PARLEY_DOMAIN"
SOCKET_DOMAIN = "PARLEY_SOCKET_DOMAIN"
CERTIFICATE = "PARLEY_CERTIFICATE_ARN"


class DeploymentError(ValueError):
    """Values that do not go together; the message says which, and what to do."""


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """`settings` are values for functions. `cors_origins` are separated by commas.

    The certificate is for both names, that of the REST API and that of the WebSocket API.
    """

    stage: StageSettings
    settings: Mapping[str, str] = field(default_factory=dict)
    cors_origins: str = ""
    domain_name: str | None = None
    socket_domain_name: str | None = None
    certificate_arn: str | None = None
    architecture: Architecture = Architecture.ARM_64
    sets_account_log_role: bool = True

    def __post_init__(self) -> None:
        if bool(self.domain_name or self.socket_domain_name) != bool(self.certificate_arn):
            raise DeploymentError(f"{DOMAIN} or {SOCKET_DOMAIN} and {CERTIFICATE} go together.")


def read_deployment(look_up: Callable[[str], str | None]) -> Deployment:
    """`look_up` gives the value of a name, if it has one.

    Raises `UnknownStageError`, `UnknownArchitectureError`, `DeploymentError`.
    """
    names = {name for function in topology.FUNCTIONS for name in function.settings}
    found = {name: look_up(name) for name in sorted(names)}
    return Deployment(
        stage=stage_named(look_up("stage") or DEFAULT_STAGE),
        settings={name: value for name, value in found.items() if value},
        cors_origins=look_up(CORS_SETTING) or "",
        domain_name=look_up(DOMAIN),
        socket_domain_name=look_up(SOCKET_DOMAIN),
        certificate_arn=look_up(CERTIFICATE),
        architecture=architecture_named(look_up("architecture") or Architecture.ARM_64),
        sets_account_log_role=look_up("account_log_role") != "existing",
    )
