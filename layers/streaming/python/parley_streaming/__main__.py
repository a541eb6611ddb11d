"""What `streaming-bootstrap` starts."""

import os

from parley_streaming.runtime import run

run(os.environ["_HANDLER"])
