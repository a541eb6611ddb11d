import pytest

from parley.tools.page_texts import text_of
from parley.tools.types import ToolError
from tests.fakes.web_pages import a_page

TEXT = "<p>Grüße, 中文, мир</p>"
CHINESE = "<html><head><meta charset=gb2312><title>新闻</title></head><body>中华人民共和国 龍</body></html>"
RUSSIAN = "Съешь же ещё этих мягких французских булок, да выпей чаю. " * 20


@pytest.mark.parametrize(
    ("body", "charset"),
    [
        (TEXT.encode(), None),
        (TEXT.encode(), "utf-8"),
        (TEXT.encode(), "no-such-charset"),
        (TEXT.encode("utf-8-sig"), "iso-8859-1"),
        (TEXT.encode("utf-16"), None),
        (b"\xfe\xff" + TEXT.encode("utf-16-be"), "utf-8"),
        (TEXT.encode("utf-16-le"), "utf-16le"),
        (TEXT.encode("gb18030"), "gb2312"),
        (TEXT.encode("gb18030"), "GBK"),
    ],
)
def test_a_mark_wins_over_the_header_and_without_either_it_is_utf_8(body, charset):
    assert text_of(a_page(body, charset=charset)) == TEXT


def test_a_page_may_say_itself_how_it_is_written():
    assert text_of(a_page(CHINESE.encode("gb18030"))) == CHINESE
    page = '<meta http-equiv="Content-Type" content="text/html; charset=koi8-r">мир'
    assert text_of(a_page(page.encode("koi8-r"))) == page


def test_the_header_wins_over_what_the_page_says():
    page = "<meta charset=koi8-r>мир"
    assert text_of(a_page(page.encode(), charset="utf-8")) == page


def test_latin_1_is_read_as_browsers_do():
    assert text_of(a_page("“quoted” – 5 €".encode("cp1252"), charset="iso-8859-1")) == "“quoted” – 5 €"


def test_a_page_that_claims_to_be_utf_16_in_readable_ascii_is_not():
    page = "<meta charset=utf-16>plain"
    assert text_of(a_page(page)) == page


def test_a_page_that_says_nothing_is_guessed_from_its_text():
    assert text_of(a_page(RUSSIAN.encode("cp1251"))) == RUSSIAN


@pytest.mark.parametrize("charset", ["base64", "zlib", "rot13", "utf-7", "idna", "unicode_escape", "\0", ""])
def test_codecs_that_are_no_charset_of_pages_are_not_used(charset):
    assert text_of(a_page("plain +AGE- text", charset=charset)) == "plain +AGE- text"


def test_what_is_not_in_the_charset_is_replaced_and_the_rest_is_read():
    assert text_of(a_page(b"good \xff\xfe bad", charset="utf-8")) == "good �� bad"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"%PDF-1.7\n...", r"\(PDF\)"),
        (b"PK\x03\x04\x14\x00", r"\(ZIP\)"),
        (b"\x89PNG\r\n\x1a\n", r"\(PNG\)"),
        (b"GIF89a", r"\(GIF\)"),
        (b"\xff\xd8\xff\xe0", r"\(JPEG\)"),
        (b"\x1f\x8b\x08", r"\(gzip\)"),
        (b"\x7fELF\x02", r"\(ELF\)"),
        (b"text and then \0\0\1", "binary file"),
    ],
)
def test_a_binary_file_is_refused_by_what_it_is(body, kind):
    with pytest.raises(ToolError, match=f"no text but a binary file.*{kind}|{kind}"):
        text_of(a_page(body))
