"""What whoever deploys says: the stage, the names of their own, and the settings of functions."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from infra import topology
from infra.components.architecture import Architecture, architecture_named
from infra.stage import DEFAULT_STAGE, StageSettings, stage_named
from parley.cors import SETTING as CORS_SETTING

DOMAIN = "PARLEY_DOMAIN"
SOCKET_DOMAIN = "PARLEY_SOCKET_DOMAIN"
STREAMING = "PARLEY_RESPONSE_STREAMING"
EDGE = "PARLEY_EDGE"
WAF = "PARLEY_WAF"
SNAP_START = "PARLEY_SNAP_START"
RESERVED_CONCURRENCY = "PARLEY_RESERVED_CONCURRENCY"
CERTIFICATE = "PARLEY_CERTIFICATE_ARN"

# What belongs to a distribution lives there, whatever region the rest is in.
# https://docs.aws.amazon.com/waf/latest/developerguide/how-aws-waf-works-resources.html
_REGION_OF_EDGES = "us-east-1"

# https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html
_PARAMETER_NAME = re.compile(r"(/[A-Za-z0-9_.-]+){1,15}")


class DeploymentError(ValueError):
    """Values that do not go together; the message says which, and what to do."""


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """`settings` are values for functions, `secret_parameters` the names of the parameters that hold others,
    by the setting whose value each holds. `cors_origins` are separated by commas.

    At the edge one name serves both APIs, and its certificate is in us-east-1. Without an edge each API has a
    name of its own, the certificate is for both, and in the region of the APIs.
    """

    stage: StageSettings
    settings: Mapping[str, str] = field(default_factory=dict)
    secret_parameters: Mapping[str, str] = field(default_factory=dict)
    cors_origins: str = ""
    domain_name: str | None = None
    socket_domain_name: str | None = None
    certificate_arn: str | None = None
    architecture: Architecture = Architecture.ARM_64
    sets_account_log_role: bool = True
    has_edge: bool = True
    has_waf: bool = False
    alarms_email: str | None = None
    region: str | None = None

    def __post_init__(self) -> None:
        if bool(self.domain_name or self.socket_domain_name) != bool(self.certificate_arn):
            raise DeploymentError(f"{DOMAIN} or {SOCKET_DOMAIN} and {CERTIFICATE} go together.")
        if self.has_edge and self.socket_domain_name:
            raise DeploymentError(f"{SOCKET_DOMAIN}: at the edge, {DOMAIN} serves both APIs. Or {EDGE}=off.")
        if self.has_edge and self.has_waf and self.region not in (None, _REGION_OF_EDGES):
            raise DeploymentError(f"{WAF} at the edge needs the region {_REGION_OF_EDGES}. Or {EDGE}=off.")


def read_deployment(look_up: Callable[[str], str | None]) -> Deployment:
    """`look_up` gives the value of a name, if it has one.

    Raises `UnknownStageError`, `UnknownArchitectureError`, `DeploymentError`.
    """
    names = {name for function in topology.FUNCTIONS for name in function.settings}
    found = {name: look_up(name) for name in sorted(names)}
    return Deployment(
        stage=_stage(look_up),
        settings={name: value for name, value in found.items() if value},
        secret_parameters=_secret_parameters(look_up),
        cors_origins=look_up(CORS_SETTING) or "",
        domain_name=look_up(DOMAIN),
        socket_domain_name=look_up(SOCKET_DOMAIN),
        certificate_arn=look_up(CERTIFICATE),
        architecture=architecture_named(look_up("architecture") or Architecture.ARM_64),
        has_edge=_switch(EDGE, look_up, default=True),
        has_waf=_switch(WAF, look_up, default=False),
        alarms_email=look_up("PARLEY_ALARMS_EMAIL"),
        region=look_up("CDK_DEFAULT_REGION"),
        sets_account_log_role=look_up("account_log_role") != "existing",
    )


def _stage(look_up: Callable[[str], str | None]) -> StageSettings:
    """As the stage has it, but for what costs, takes from the account or is not everywhere."""
    stage = stage_named(look_up("stage") or DEFAULT_STAGE)
    if not _switch(RESERVED_CONCURRENCY, look_up, default=True):
        stage = replace(stage, reserved_concurrency={})
    return replace(
        stage,
        snap_start=_switch(SNAP_START, look_up, default=stage.snap_start),
        response_streaming=_switch(STREAMING, look_up, default=stage.response_streaming),
    )


def _secret_parameters(look_up: Callable[[str], str | None]) -> dict[str, str]:
    found = {}
    for secret in sorted({name for function in topology.FUNCTIONS for name in function.secrets}):
        setting = topology.parameter_setting(secret)
        if look_up(secret):
            raise DeploymentError(
                f"{secret} would stand readable in the template. Store it in Parameter Store:\n"
                "  aws ssm put-parameter --type SecureString --name /parley/… --value …\n"
                f"and give that name as {setting}."
            )
        if name := look_up(setting):
            found[secret] = _parameter_name(setting, name)
    return found


def _parameter_name(setting: str, name: str) -> str:
    if not _PARAMETER_NAME.fullmatch(name):
        raise DeploymentError(f"{setting} is the name of a parameter, like /parley/model-key: not {name!r}.")
    return name


def _switch(name: str, look_up: Callable[[str], str | None], *, default: bool) -> bool:
    match look_up(name):
        case None:
            return default
        case "on":
            return True
        case "off":
            return False
    raise DeploymentError(f"{name} is on or off.")
