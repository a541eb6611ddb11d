"""The items of replies' logs, in whichever table they live: see `reply_logs`."""

from pynamodb.attributes import BinaryAttribute, BooleanAttribute, NumberAttribute, UnicodeAttribute

from parley.tables.item import Item


class LogItem(Item):
    """What a table that keeps logs has among its attributes. Its bodies may be of other things, too."""

    body = BinaryAttribute(null=True, legacy_encoding=False)
    parts = NumberAttribute(null=True)
    last_event = NumberAttribute(null=True)
    mark = UnicodeAttribute(null=True)
    has_replaced_stop = BooleanAttribute(null=True)
