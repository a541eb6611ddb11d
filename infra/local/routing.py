"""Finds the resource of a path, as a REST API does."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from infra.topology import Route


@dataclass(frozen=True, slots=True)
class Resource:
    """`methods` maps HTTP methods to function names."""

    path: str
    methods: Mapping[str, str]

    @property
    def segments(self) -> tuple[str, ...]:
        return tuple(self.path.strip("/").split("/"))


@dataclass(frozen=True, slots=True)
class Match:
    resource: Resource
    path_parameters: Mapping[str, str]


class Router:
    """A path matches with and without a trailing slash; a fixed segment wins over a parameter."""

    def __init__(self, routes: Iterable[Route]) -> None:
        methods: dict[str, dict[str, str]] = {}
        for route in routes:
            methods.setdefault(route.path, {})[route.method] = route.function
        resources = [Resource(path, functions) for path, functions in methods.items()]
        self._resources = sorted(resources, key=lambda each: [_is_parameter(part) for part in each.segments])

    def match(self, path: str) -> Match | None:
        """`path` is as it was requested, percent-encoded."""
        segments = path.removeprefix("/").removesuffix("/").split("/")
        for resource in self._resources:
            parameters = _parameters(resource.segments, segments)
            if parameters is not None:
                return Match(resource, parameters)
        return None


def _is_parameter(segment: str) -> bool:
    return segment.startswith("{")


def _parameters(pattern: tuple[str, ...], segments: list[str]) -> dict[str, str] | None:
    if len(pattern) != len(segments):
        return None
    parameters: dict[str, str] = {}
    for expected, segment in zip(pattern, segments, strict=True):
        if _is_parameter(expected) and segment:
            parameters[expected.strip("{}")] = unquote(segment)
        elif expected != segment:
            return None
    return parameters
