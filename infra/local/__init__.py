"""The local stack: the topology as processes on one machine."""
