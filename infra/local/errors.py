"""What keeps the stack from starting or going on; the message is for whoever started it."""


class StackError(Exception):
    pass
