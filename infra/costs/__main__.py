from infra.costs import prices
from infra.costs.scenarios import scenarios
from infra.costs.table import markdown

print(f"List prices of {prices.REGION} as of {prices.AS_OF}, no free tier, without the models.\n")
print(markdown(scenarios()))
