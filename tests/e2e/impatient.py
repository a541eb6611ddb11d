"""The local stack, with a messages function that may run for a few seconds only."""

import sys
from collections.abc import Mapping
from dataclasses import replace

from infra.local.__main__ import main
from infra.local.plan import Plan, plan_of

TIMEOUT_SECONDS = 5


def impatient_plan(environment: Mapping[str, str]) -> Plan:
    plan = plan_of(environment)
    functions = [
        replace(function, timeout_seconds=TIMEOUT_SECONDS) if function.name == "messages" else function
        for function in plan.functions
    ]
    return replace(plan, functions=tuple(functions))


if __name__ == "__main__":
    sys.exit(main(impatient_plan))
