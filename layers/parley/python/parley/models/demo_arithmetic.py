"""Finds the arithmetic in a sentence, for the demo model. Whether it can be computed, the calculator says."""

import re

_MAX_EXPRESSIONS = 4
_MAX_CHARACTERS = 1_000

_FULL_WIDTH_TO_ASCII = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_NO_ARITHMETIC = re.compile(r"https?://\S+|\d{4}[-/]\d{1,2}[-/]\d{1,2}|\d{1,2}:\d{2}", re.ASCII)
_WORDS = (
    (re.compile(r"(?<=\d)\s*(?:plus|加上?)\s*(?=\d)"), " + "),
    (re.compile(r"(?<=\d)\s*(?:minus|减去?)\s*(?=\d)"), " - "),
    (re.compile(r"(?<=\d)\s*(?:times|multiplied by|乘以?|[xX])\s*(?=\d)"), " * "),
    (re.compile(r"(?<=\d)\s*(?:divided by|除以)\s*(?=\d)"), " / "),
)
_CALL = (
    r"\b(?:sqrt|cbrt|sin|cos|tan|asin|acos|atan|log2|log10|log|ln|exp|abs|round|floor|ceil|min|max|sum|mean|pow"
    r"|factorial|gcd|lcm|comb|perm)\s*+\((?:[^()\n]|\([^()\n]*+\))*+\)"
)
_NUMBER = r"(?:\d{1,3}(?:,\d{3})++(?![\d,])|\d++)(?:\.\d++)?(?:[eE][+-]?\d++)?|\.\d++"
_SIGN = r"[-+*/%^()!×÷·−]"
_RUN = re.compile(rf"(?:(?:{_CALL}|{_NUMBER}|\b(?:pi|tau)\b|[πτ]|{_SIGN})[ \t]*+)++", re.ASCII)
_OPERATION = re.compile(rf"[\d)%!πτi][ \t]*+(?:[-+*/%^×÷·−])[ \t]*+[-+−(.\dπτa-z]|{_CALL}", re.ASCII)


def find_expressions(text: str) -> tuple[str, ...]:
    """The expressions in the order of the text: what has an operator between two operands, or a function."""
    text = _NO_ARITHMETIC.sub(";", text.translate(_FULL_WIDTH_TO_ASCII))
    for words, sign in _WORDS:
        text = words.sub(sign, text)
    runs = (_trimmed(match[0]) for match in _RUN.finditer(text))
    found = (run for run in runs if len(run) <= _MAX_CHARACTERS and _OPERATION.search(run))
    return tuple(dict.fromkeys(found))[:_MAX_EXPRESSIONS]


def _trimmed(run: str) -> str:
    """Without the brackets, dashes and exclamation mark of the sentence around it."""
    run = run.strip(" \t").lstrip("*/%^!)×÷· ").rstrip("+-*/^(×÷·− ")
    if run.startswith("- "):
        run = run[2:]
    if run.endswith("!") and run.count("!") == 1 and _OPERATION.search(run[:-1]):
        run = run[:-1].rstrip()
    while run.endswith(")") and run.count(")") > run.count("("):
        run = run[:-1].rstrip()
    while run.startswith("(") and run.count("(") > run.count(")"):
        run = run[1:].lstrip()
    return run
