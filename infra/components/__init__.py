"""CDK constructs, one a file, fed by the topology."""
