"""Where Parley runs: one topology, read by CDK for the cloud and by the local stack for a laptop."""
