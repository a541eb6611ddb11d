"""Writes that meet a transaction on the same item: neither DynamoDB nor its client tries them again."""

import random
import time
from collections.abc import Callable

from pynamodb.exceptions import PynamoDBException

from parley.tables.item import met_transaction

# The longest pause before each further try; after the last one the conflict is raised.
_PAUSES_SECONDS = (0.02, 0.05, 0.1, 0.2)


def despite_conflicts[Result](write: Callable[[], Result]) -> Result:
    """What `write` returns. It is called anew for each try, and only where nothing of it was done.

    Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html
    """
    for pause_seconds in _PAUSES_SECONDS:
        try:
            return write()
        except PynamoDBException as error:
            if not met_transaction(error):
                raise
            # Two that met once shall not meet again.
            time.sleep(random.uniform(pause_seconds / 2, pause_seconds))  # noqa: S311
    return write()
