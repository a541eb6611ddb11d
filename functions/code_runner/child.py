"""What the fresh process of each run executes: read the request, confine itself, then run or check.

It is started without site-packages and without an environment, and imports the standard library only.
"""

import io
import json
import os
import sys
from pathlib import Path

from functions.code_runner.checks import check_program
from functions.code_runner.confinement import confine
from functions.code_runner.limits import Limits
from functions.code_runner.programs import run_program


def main(report_descriptor: int) -> None:
    """The request is JSON on standard input. The report, a JSON list of what could not be had of the
    confinements, goes out before a line of the program has run.
    """
    request = json.load(sys.stdin)
    scratch, time_zones = Path(request["scratch"]), request["time_zones"]
    if request["operation"] == "check":
        _load_checker(request["packages"])
    readable = [Path(time_zones)] if time_zones else []
    missing = confine(Limits(**request["limits"]), scratch, readable=readable)
    os.write(report_descriptor, json.dumps(missing).encode())
    os.close(report_descriptor)
    _settle_in(scratch, {"PYTHONTZPATH": time_zones} if time_zones else {})
    if request["operation"] == "check":
        json.dump(check_program(request["source"]), sys.stdout)
    else:
        run_program(request["source"])


def _load_checker(packages: list[str]) -> None:
    """While its files can still be read."""
    sys.path.extend(packages)
    import pyflakes.checker  # noqa: F401


def _settle_in(scratch: Path, environment: dict[str, str]) -> None:
    os.chdir(scratch)
    os.environ.update(environment, HOME=str(scratch), TMPDIR=str(scratch))
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    for stream in (sys.stdout, sys.stderr):
        assert isinstance(stream, io.TextIOWrapper)
        # What was printed is there even if the program is killed; half characters do not make it fail.
        stream.reconfigure(line_buffering=True, errors="backslashreplace")
    _forget_this_package()


def _forget_this_package() -> None:
    """The program finds the standard library, and nothing of the product."""
    sys.path[:] = [entry for entry in sys.path if entry.startswith(sys.base_prefix)]
    for name in [name for name in sys.modules if name.split(".")[0] == "functions"]:
        del sys.modules[name]
