"""By what our own edge makes itself known to functions: one rule for CDK, which sets it up, and for them."""

from typing import Final

SETTING: Final = "PARLEY_EDGE_SECRET"

# The edge sets both, in the place of whatever a caller sent under these names.
SECRET_HEADER: Final = "x-parley-edge"
VIEWER_HEADER: Final = "x-parley-viewer"
