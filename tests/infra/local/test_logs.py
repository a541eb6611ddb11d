import io

from infra.local.logs import LineSplitter, LogPrinter


def test_names_are_padded_to_one_width() -> None:
    output = io.StringIO()
    logs = LogPrinter(["auth", "messages"], output)
    logs.print("auth", "one")
    logs.print("messages", "two")
    assert output.getvalue() == "auth     | one\nmessages | two\n"


def test_a_closed_output_does_no_harm() -> None:
    output = io.StringIO()
    output.close()
    LogPrinter(["auth"], output).print("auth", "one")


def test_lines_are_put_together_over_pieces_and_split_characters() -> None:
    lines: list[str] = []
    splitter = LineSplitter(lines.append)
    for byte in "ä\r你\n\nrest".encode():
        splitter.feed(bytes([byte]))
    assert lines == ["ä", "你"]
    splitter.feed(b"", final=True)
    assert lines == ["ä", "你", "rest"]


def test_a_line_without_an_end_is_given_out_in_pieces() -> None:
    lines: list[str] = []
    splitter = LineSplitter(lines.append)
    for _ in range(5):
        splitter.feed(b"x" * 100_000)
    assert sum(map(len, lines)) >= 300_000
