"""The table of costs, as the README has it."""

from collections.abc import Sequence

from infra.costs.scenarios import Scenario


def markdown(scenarios: Sequence[Scenario]) -> str:
    rows = [f"| {each.name} | {dollars(each.bill.dollars)} | {_lines(each)} |" for each in scenarios]
    return "\n".join(["| | $ | of which |", "|---|---|---|", *rows])


def dollars(amount: float) -> str:
    return f"{amount:,.2f}"


def _lines(scenario: Scenario) -> str:
    """The dearest first; what is under a cent is not named."""
    named = sorted(scenario.bill.lines.items(), key=lambda line: -line[1])
    return ", ".join(f"{name} {dollars(amount)}" for name, amount in named if amount >= 0.005)
