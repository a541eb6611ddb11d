"""CDK stacks: they compose constructs and grant rights, nothing else."""
