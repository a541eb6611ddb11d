"""`python -m infra.openapi FILE` writes the document."""

import sys
from pathlib import Path

from infra.openapi.document import write_document

write_document(Path(sys.argv[1]))
