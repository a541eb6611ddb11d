"""A walk through a deployment, as a front-end would use it: `make smoke URL=…`."""
