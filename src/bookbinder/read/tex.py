r"""Reads the TeX of a formula into its relations, and these into their parts.

Parts are tuples: what it is, and what it is made of. What cannot be read raises
`BookError`; nothing is passed over but white space, sizes of brackets and stops.
"""

import re
from typing import Any

from bookbinder import BookError

Node = tuple[Any, ...]
"""A part of a formula: what it is, and its parts."""

Chain = list[tuple[str, Node]]
"""`a = b < c` as ("", a), ("=", b), ("<", c)."""

TOKEN = re.compile(
    r"\\\\|\\(?:begin|end)\{\w+\}|\\(?:text|operatorname|mathsf)\s*(?:\{[^}]*\}|\w)"
    r"|\\[a-zA-Z]+|\d+(?:\.\d+)?|''|\S"
)
SILENT = re.compile(
    r"(?<!\\)\\[,;!: ]|~"
    r"|\\(?:[bB]igg?[lr]?|left|right|textstyle|displaystyle)(?![a-zA-Z])"
)
RELATIONS = {
    "=": "=", r"\approx": "≈", "<": "<", ">": ">", r"\le": "≤", r"\ge": "≥",
    r"\leftarrow": "←", r"\to": "→", r"\mapsto": "↦",
}  # fmt: skip
FUNCTIONS = (r"\log", r"\ln", r"\exp", r"\tanh", r"\sqrt", r"\max", r"\sin", r"\cos")
ACCENTS = (r"\hat", r"\bar", r"\tilde")
JOINING = re.compile(r"\\text\s*\{\s*(if|otherwise|and|for|with|or)\s*\}")
CLOSING = (")", "]", "}", "|")
"""What ends a part that something has opened."""

ENDS = (*CLOSING, "", ":", ",", "&", r"\\", r"\quad", r"\qquad", ".", ";")


def read(tex: str) -> list[Chain]:
    """The relations of a formula, each as a chain of sides."""
    return _Reader(tex).formula()


def lone_bracket(tex: str) -> str:
    """A bracket of a formula that has no partner, if there is one.

    A bracket may close one of the other kind behind a comma, as in half-open intervals.

    >>> lone_bracket("f(x)) + 1"), lone_bracket("[f(x), 1)"), lone_bracket("f(x]")
    (')', '', ']')
    """
    opened: list[tuple[str, bool]] = []  # each bracket, and whether a comma came
    for sign in tex:
        if sign in "([":
            opened.append((sign, False))
        elif sign == "," and opened:
            opened.append((opened.pop()[0], True))
        elif sign in ")]":
            opening, comma = opened.pop() if opened else ("", False)
            if not opening or (opening + sign not in ("()", "[]") and not comma):
                return sign
    return opened[0][0] if opened else ""


class _Reader:
    """Reads tokens from left to right; every method takes in one kind of part."""

    def __init__(self, tex: str) -> None:
        tex = re.sub(r"(?<=\d)\{,\}(?=\d{3})", "", tex).replace("{,}", ",")
        self.tex, self.tokens = tex, TOKEN.findall(SILENT.sub(" ", tex))

    @property
    def next(self) -> str:
        return self.tokens[0] if self.tokens else ""

    def take(self, expected: str = "") -> str:
        if not self.tokens or (expected and self.next != expected):
            wanted = expected or "more"
            raise BookError(f"cannot read {self.tex!r}: {wanted} expected")
        return self.tokens.pop(0)

    def formula(self) -> list[Chain]:
        chains: list[Chain] = []
        open_chain = False
        begins = True  # nothing stands before a bar that it could close
        while self.tokens:
            if self.next in RELATIONS and chains:
                open_chain = True  # a row that goes on with the one above
            ends = self.next in (*ENDS, r"\begin{aligned}", r"\end{aligned}")
            if ends and not (begins and self.next == "|"):
                open_chain, begins = False, True
                token = self.take()
                if token in CLOSING:
                    raise BookError(f"{token} closes nothing in {self.tex!r}")
                if token == r"\\" and r"\begin{aligned}" not in self.tex:
                    raise BookError(f"rows that are not aligned in {self.tex!r}")
            elif JOINING.match(self.next):
                self.take()
                begins = True
            elif open_chain:
                relation = RELATIONS[self.take()]
                self.skip("&")
                chains[-1].append((relation, self.sum()))
            else:
                chains.append(self.chain())
                begins = False
        return chains

    def chain(self) -> Chain:
        sides: Chain = [("", self.sum())]
        while self.next in RELATIONS or (
            self.next == "&" and self.tokens[1:2] and self.tokens[1] in RELATIONS
        ):
            self.skip("&")
            relation = RELATIONS[self.take()]
            self.skip("&")
            sides.append((relation, self.sum()))
        return sides

    def skip(self, token: str) -> None:
        if self.next == token:
            self.take()

    def sum(self) -> Node:
        """Terms with their signs."""
        terms: list[tuple[str, Node]] = []
        while True:
            sign = self.take() if self.next in ("+", "-", r"\pm") else "+"
            terms.append((sign, self.product()))
            if self.next not in ("+", "-", r"\pm"):
                return (
                    terms[0][1] if terms == [("+", terms[0][1])] else ("terms", terms)
                )

    def product(self, *, implicit: bool = False) -> Node:
        """Factors, with signs between them or (`implicit`: only) without."""
        found = self.factor()
        while self.next not in (*ENDS, *RELATIONS, "+", "-", r"\pm"):
            if self.next.startswith(r"\end{") or JOINING.match(self.next):
                break
            if self.next in (r"\cdot", r"\times", r"\odot", "/"):
                if implicit:
                    break
                sign = {r"\odot": "⊙", "/": "/"}.get(self.take(), "·")
                found = (sign, found, self.signed())
            elif self.next[0].isdigit():
                raise BookError(f"two numbers side by side in {self.tex!r}")
            else:
                found = ("·", found, self.factor())
        return _derivative(found)

    def signed(self) -> Node:
        if self.next == "-":
            self.take()
            return ("terms", [("-", self.factor())])
        return self.factor()

    def factor(self) -> Node:
        """One symbol, number, group or function, with what stands above and below."""
        token = self.next
        if token in FUNCTIONS:
            self.take()
            below = self.atom() if self.next == "{" else self.product(implicit=True)
            return ("call", ("symbol", token[1:]), [below])
        if token in (r"\sum", r"\lim"):
            return self.big(self.take()[1:])
        return self.scripts(self.atom())

    def big(self, kind: str) -> Node:
        """A sum over a letter, or a limit."""
        self.take("_")
        letter, start = self.letter()
        end = None
        if self.next == "^":
            self.take()
            end = self.argument()
        return (kind, letter, start, end, self.product())

    def letter(self) -> tuple[str, Node | None]:
        """A letter, and what it begins with or goes to."""
        if self.next != "{":
            return self.take(), None
        self.take()
        letter, start = self.take(), None
        if self.next in ("=", r"\to"):
            self.take()
            start = self.sum()
        self.take("}")
        return letter, start

    def atom(self) -> Node:
        token = self.take()
        if token[0].isdigit():
            return ("number", token)
        if token == "(":
            return self.brackets()
        if token == "|":
            inside = self.sum()
            self.take("|")
            return ("call", ("symbol", "abs"), [inside])
        if token == "{":
            inside = self.sum()
            self.take("}")
            return inside
        if token in (r"\frac", r"\dfrac", r"\tfrac"):
            above, below = self.argument(), self.argument()
            return _derivative(("/", above, below))
        if token == r"\partial":
            return ("partial", self.scripts(self.atom()))
        if token in ACCENTS:
            under = self.argument()
            if under[0] != "symbol":
                raise BookError(f"{token} in {self.tex!r} is for a single letter")
            return self.call(("symbol", f"{under[1]}_{token[1:]}"))
        if token == r"\nabla":
            return self.call(("symbol", "nabla_" + self.take()))
        if token == r"\begin{pmatrix}":
            return ("matrix", self.rows("pmatrix"))
        if token == r"\begin{cases}":
            return ("cases", self.rows("cases"))
        if token == r"\dots":
            return ("dots",)
        if words := re.fullmatch(r"\\text\s*\{([\w ]+)\}", token):
            return ("symbol", "_".join(words[1].split()))
        if name := re.fullmatch(r"\\(?:operatorname|mathsf)\s*\{?(\w+)\}?", token):
            return self.call(("symbol", name[1]))
        if name := re.fullmatch(r"\\?([a-zA-Z]+)", token):
            letter = name[1]
            if letter == "d" and re.fullmatch("[a-zA-Z]", self.next):
                letter += self.take()
            return self.call(("symbol", letter))
        raise BookError(f"cannot read {self.tex!r} at {token!r}")

    def call(self, symbol: Node) -> Node:
        """A symbol; with brackets behind it perhaps a function, which its value says.

        A dash makes a name of its own, and a number in brackets above is part of it.
        """
        while self.next in ("'", "''"):
            symbol = (
                "symbol",
                symbol[1] + ("_prime" if self.take() == "'" else "_second"),
            )
        if self.tokens[:3] == ["^", "{", "("]:
            layer = self.tokens[3]
            del self.tokens[:6]
            symbol = ("symbol", symbol[1] + layer)
        if self.next == "(":
            self.take()
            inside = self.brackets()
            return ("apply", symbol, self.scripts(inside), inside)
        return symbol

    def brackets(self) -> Node:
        """A group, or the parts of a row or shape."""
        parts, comma = [self.sum()], False
        while self.next == ",":
            self.take()
            comma = True
            if self.next != ")":
                parts.append(self.sum())
        self.take(")")
        return ("tuple", parts) if comma else parts[0]

    def rows(self, kind: str) -> list[list[Any]]:
        """The cells of a matrix or of a distinction of cases.

        In each case, its value is followed by `if` and a condition, or by `otherwise`.
        """
        end = rf"\end{{{kind}}}"
        rows: list[list[Any]] = [[]]
        words: list[list[str]] = [[]]
        while self.next != end:
            if self.next == r"\\":
                self.take()
                rows.append([])
                words.append([])
            elif word := JOINING.match(self.next):
                self.take()
                words[-1].append(word[1])
                last = self.next in (r"\\", end)
                if word[1] not in _joining(kind, len(rows[-1]), last):
                    raise BookError(f"{word[1]!r} stands wrong in {self.tex!r}")
            elif self.next in ("&", ","):
                self.take()
            else:
                rows[-1].append(self.chain() if kind == "cases" else self.sum())
        self.take()
        for row, said in zip(rows, words, strict=True):
            if kind == "cases" and row and len(said) != max(1, len(row) - 1):
                raise BookError(f"a case without its word, such as if, in {self.tex!r}")
        return [row for row in rows if row]

    def argument(self) -> Node:
        """What one script or half of a fraction holds: a group, or a single sign."""
        if self.next.isdigit() and len(self.next) > 1:  # as in \tfrac12
            digit, self.tokens[0] = self.next[0], self.next[1:]
            return ("number", digit)
        return self.atom()

    def scripts(self, base: Node) -> Node:
        while self.next in ("_", "^"):
            if self.take() == "_":
                base = _indexed(base, self.below())
            elif self.next.startswith(r"\mathsf") or self.next == r"\top":
                self.take()
                base = ("turned", base)
            elif self.tokens[:2] == ["{", r"\mathsf T"]:
                del self.tokens[:3]
                base = ("turned", base)
            else:
                base = ("^", base, self.argument())
        return base

    def below(self) -> list[str]:
        """The signs of a lower index, each by itself."""
        if self.next != "{":
            return [self.take()]
        if "}" not in self.tokens:
            raise BookError(f"cannot read {self.tex!r}: }} expected")
        end = self.tokens.index("}")
        signs = [c for t in self.tokens[1:end] for c in (t if t.isdigit() else [t])]
        del self.tokens[: end + 1]
        return [sign for sign in signs if sign != ","]


def _joining(kind: str, before: int, last: bool) -> tuple[str, ...]:
    """The words that may stand behind so many cells of a row, and `last` in it."""
    if kind != "cases" or not before:
        return ()
    if before == 1:
        return ("otherwise",) if last else ("if", "for")
    return () if last else ("and",)


def _indexed(base: Node, below: list[str]) -> Node:
    if base[0] == "partial":
        return ("partial", _indexed(base[1], below))
    return ("indexed", base, below)


def _derivative(node: Node) -> Node:
    r"""`\partial L / \partial W_{dm}` as the entry d, m of the name `dL_dW`."""
    if node[0] != "/":
        return node
    above, below = node[1:]
    if above[0] == below[0] == "partial":
        inner = below[1]
        base, index = (inner[1], inner[2]) if inner[0] == "indexed" else (inner, [])
        name = ("symbol", f"d{above[1][1]}_d{base[1]}")
        return ("indexed", name, index) if index else name
    if above[0] == below[0] == "symbol" and re.fullmatch(
        "d. d.", f"{above[1]} {below[1]}"
    ):
        return ("symbol", f"{above[1]}_{below[1]}")
    return node
