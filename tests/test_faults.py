"""Each kind of fault, planted in a page, is caught and named with file and line."""

import contextlib
import gc
import re
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from markdown import Markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor

from bookbinder import ROOT, BookError
from bookbinder.check.claims import said
from bookbinder.check.faults import faults
from bookbinder.check.labels import label_faults
from bookbinder.check.order import everything
from bookbinder.convert.binding import BindingExtension
from bookbinder.convert.maths import MathsExtension
from bookbinder.convert.reading import ReadingExtension
from bookbinder.read.book import reading_order
from bookbinder.read.pages import Page, line_of
from bookbinder.run import session
from bookbinder.run.limits import TooLong, limited
from bookbinder.run.session import run

Write = Callable[[str], Page]

SOUND = """\
---
title: A page
---

# A page

``` { .python source="scratchnn.perceptron.np" }
```

```python
two = np.add(1, 1)
```

```pycon
>>> print(two)
2
>>> int("two")
Traceback (most recent call last):
  ...
ValueError: invalid literal for int() with base 10: 'two'
```

```python
print("seen")
```

``` { .text .output }
seen
```

One and one make 2<!--= two -->, and $1 + 1 = 2$. See [above](#a-page "A page").

![Three squares, each cut in two by a straight line](figures/perceptrons/gates.svg)
A caption.

```console
$ make test
```

!!! note

    ```pycon
    >>> for k in range(2):
    ...     print(k)
    ...
    0
    1
    ```
"""


def converter(root: Path) -> Markdown:
    """What makes HTML, with the extensions that every builder uses."""
    extensions: list[str | Extension] = [
        "admonition", "attr_list", "md_in_html", "pymdownx.details",
        "pymdownx.highlight", "pymdownx.superfences", "toc",
        BindingExtension(root=str(root)), ReadingExtension(), MathsExtension(),
    ]  # fmt: skip
    config = {"pymdownx.arithmatex": {"generic": True}}
    return Markdown(
        extensions=[*extensions, "pymdownx.arithmatex"], extension_configs=config
    )


def build(page: Page) -> str:
    """The page as HTML."""
    md = converter(page.path.parents[2])
    return md.convert(re.sub(r"\A---.*?---\n", "", page.text, flags=re.S))


def test_the_sound_page_is_sound(write: Write) -> None:
    """Otherwise the faults planted in it would prove nothing."""
    page = write(SOUND)
    assert faults(page, page.path.parents[2]) == []
    assert all(outcome.holds for outcome in run(page, page.path.parents[2]))
    html = build(page)
    assert "import numpy as np" in re.sub("<[^>]*>", "", html)
    assert '<figure id="gates">' in html
    assert '<span class="bound" title="two">2</span>' in html
    assert "<math" in html


STATIC = {
    "a listing whose object is gone": (
        "perceptron.np",
        "perceptron.gone",
        7,
        "defines no scratchnn.perceptron.gone",
    ),
    "a listing whose module is gone": ("scratchnn.perceptron.np", "lost.np", 7, "lost"),
    "a second object that is gone": (
        "perceptron.np",
        "perceptron.np lost.x",
        7,
        "lost",
    ),
    "a listing that is filled by hand": ('np" }\n', 'np" }\nx = 1\n', 7, "filled by"),
    "a fence of unknown language": ("```console", "```bash", 36, "language 'bash'"),
    "a fence without language": ("```console", "```", 36, "language ''"),
    "a skipped example": (
        ">>> print(two)",
        ">>> print(two)  # doctest: +SKIP",
        14,
        "directive",
    ),
    "an ellipsis": (
        ">>> print(two)",
        ">>> print(two)  # doctest: +ELLIPSIS",
        14,
        "directive",
    ),
    "a session without prompt": (
        ">>> print(two)\n2\n>>> int",
        "int",
        14,
        "starts with",
    ),
    "a prompt without its space": (">>> int(", ">>>-int(", 17, "the space behind it"),
    "a second prompt without its space": (
        "...     print(k)",
        "...print(k)",
        44,
        "the space behind it",
    ),
    "prompts in a script": ('print("seen")', '>>> print("seen")', 23, "prompts"),
    "an output without script": (
        '```python\nprint("seen")\n```\n',
        "",
        24,
        "without the",
    ),
    "an error inside a session": (
        "with base 10: 'two'",
        "with base 10: 'two'\n>>> two\n2",
        17,
        "ends its session",
    ),
    "an exit that ends the reader's Python": (
        "ValueError: invalid literal for int() with base 10: 'two'",
        "SystemExit: 2",
        17,
        "would end the Python",
    ),
    "an indented block left open": ("    ...\n    0", "    0", 43, "a line of its own"),
    "code whose effect nobody sees": (
        "two = np",
        "three = 3\ntwo = np",
        11,
        "nobody sees",
    ),
    "a value that nobody sees": (
        "two = np",
        "np.add(2, 2)\ntwo = np",
        11,
        "nobody sees",
    ),
    "an answer that nobody sees": (
        'print("seen")',
        'two.sum()\nprint("seen")\nassert two == 2',
        24,
        "nobody sees",
    ),
    "a function of the page that shows nothing": (
        'print("seen")',
        'def same(x):\n    return x\n\n\nsame(two)\nprint("seen")',
        28,
        "nobody sees what this does: print it, assert it or use it below",
    ),
    "an import that nobody uses": (
        "two = np",
        "import os\ntwo = np",
        11,
        "nobody sees os, which is imported here",
    ),
    "an import of two, one of which nobody uses": (
        "two = np",
        "from math import cos, pi\nassert pi > 3\ntwo = np",
        11,
        "nobody sees cos, which is imported here: use it below",
    ),
    "a name that a function makes and forgets": (
        'print("seen")',
        "def show(x):\n    best = None\n    print(x)\n\n\nshow(two)",
        25,
        "show makes best and never reads it",
    ),
    "a figure that computes with other numbers": (
        "two = np",
        "CORNERS = [(0, 0), (1, 0), (0, 1), (1, 2)]\nassert CORNERS\ntwo = np",
        35,
        "(1, 1)]: let both have the same numbers",
    ),
    "a figure without function": ("gates.svg", "lost.svg", 33, "no function"),
    "a figure that is not drawn": (
        "perceptrons/gates.svg",
        "style/canvas.svg",
        33,
        "is not drawn",
    ),
    "a figure without alt text": (
        "![Three squares, each cut in two by a straight line]",
        "![]",
        33,
        "no alt text",
    ),
    "a binding without number": ("2<!--=", "2 <!--=", 31, "right behind its number"),
    "a link to no file": ('(#a-page "A page")', "(lost.md)", 31, "leads to no file"),
    "a link to no heading": ("(#a-page", "(#lost", 31, "leads to no heading"),
    "a link over two lines": (
        "[above](#a-page",
        "[far\nabove](#lost",
        32,
        "leads to no",
    ),
    "a link by reference": (
        '[above](#a-page "A page")',
        "[above][lost]",
        31,
        "by reference",
    ),
    "a raw tag": (
        '[above](#a-page "A page")',
        '<a href="lost">above</a>',
        31,
        "a raw tag",
    ),
    "a raw tag in capitals": ("A caption.", "<IMG SRC=x>", 34, "a raw tag"),
    "a raw tag of a kind of its own": ("A caption.", "<x-y>A</x-y>", 34, "a raw tag"),
    "a frame": ("A caption.", "<iframe src=x></iframe>", 34, "a raw tag"),
    "text that is hidden": (
        "A caption.",
        'A.\n\n<div hidden markdown="1">\n\nLost.\n\n</div>',
        36,
        "a raw tag",
    ),
    "a raw tag in a formula": ("$1 + 1 = 2$", "$1 <a href=x>1$", 31, "a raw tag"),
    "a formula that is not closed": ("$1 + 1 = 2$", "$1 + 1 = 2", 31, "never closed"),
    "a formula with half an index": ("$1 + 1 = 2$", "$1_{ = 2$", 31, "expression"),
    "a sum of numbers without expression": (
        "$1 + 1 = 2$",
        "$3 + 1 = 4$",
        31,
        "no expression behind it",
    ),
    "a digit behind a bound number": ("= two -->", "= two -->0", 31, "20 is not all"),
    "a place behind a bound number": ("= two -->", "= two -->.5", 31, "2.5 is not"),
    "a dash before a bound number": (" 2<!--=", " –2<!--=", 31, "–2 is not all"),
    "a fraction that is one sign": ("A caption.", "Half is ½.", 34, "number ½ has no"),
    "a number without its zero": ("A caption.", "Half is .5.", 34, "number .5 has no"),
    "a type of another size": ("A caption.", "In float16.", 34, "float16 is nothing"),
    "a comment that is no binding": (
        "A caption.",
        "A <!-- short --> caption.",
        34,
        "nothing reads",
    ),
    "values in the middle of a sentence": (
        "A caption.",
        "A <!-- let: x = 1 / 0 --> caption.",
        34,
        "nothing reads",
    ),
    "values in a list": (
        "A caption.",
        "A caption.\n\n- <!-- let: x = 1 / 0 -->",
        36,
        "nothing reads",
    ),
    "values behind others": (
        "A caption.",
        "A caption.\n\n<!-- let: x = 1 --> <!-- let: y = 1 / 0 -->",
        36,
        "nothing reads",
    ),
    "values for a formula that is not there": (
        "A caption.",
        "A caption.\n\n<!-- formula lost: x = 1 / 0 -->\n\n"
        "<!-- formula sum: x = 2 -->\n$$\nx - 1 = 1\n$$",
        36,
        "nothing reads",
    ),
    "code that says something else": (
        "A caption.",
        "As `two = np.add(1, 2)`.",
        34,
        "does not stand in the code",
    ),
    "code whose number ends too soon": (
        "One and one make 2<!--= two -->",
        "As `1 + 1`, it is 2<!--= 0 * (1 + 11) + two -->",
        31,
        "`1 + 1` does not stand in the code",
    ),
    "a quotient that the code does not form": (
        "A caption.",
        "As `two / 2`.",
        34,
        "`two / 2` does not stand in the code",
    ),
    "an import of what is not there": (
        "A caption.",
        "By `from scratchnn import two`.",
        34,
        "does not stand in the code of this page: {'two'}",
    ),
    "a trap that is folded": ("!!! note", "??? trap", 40, "traps are not"),
    "a solution that is open": ("!!! note", "!!! solution", 40, "solutions are folded"),
    "a sign that nobody sees": ("A caption.", "A\ufeff caption.", 34, "nobody sees: "),
    "a command that is half quoted": (
        "$ make test",
        "$ python -c 'print(1)",
        37,
        "never closed",
    ),
    "a module in no package": (
        "$ make test",
        "$ python -m bookbindr.order",
        37,
        "no module bookbindr.order",
    ),
    "a package that nothing starts": (
        "$ make test",
        "$ python -m figures",
        37,
        "there is no module figures to start",
    ),
    "a module that does nothing when started": (
        "A caption.",
        "Try `python -m bookbinder.check.faults`.",
        34,
        "there is no module bookbinder.check.faults to start",
    ),
    "a number in the words of a link": (
        "A caption.",
        "[97 of 100](https://example.org).",
        34,
        "the number 97",
    ),
    "a link with a title in other quotes": (
        "A caption.",
        "A [c](#lost 'A page').",
        34,
        "a link of another form",
    ),
    "a link to nothing": ("A caption.", 'A [c]( "A page").', 34, "of another form"),
    "a link with room in its brackets": (
        "A caption.",
        "A [c]( #lost ).",
        34,
        "a link of another form",
    ),
    "a link with brackets in its words": (
        "A caption.",
        "A [c [d] e](#lost).",
        34,
        "a link of another form",
    ),
    "an attribute that hides": (
        "A caption.",
        "A\n{ hidden=hidden }",
        35,
        "an attribute",
    ),
    "an attribute that leads elsewhere": (
        '[above](#a-page "A page")',
        '[above](#a-page "A page"){ href=x }',
        31,
        "an attribute",
    ),
    "a class that hides a block": (
        "```pycon\n>>> print(two)",
        "``` { .pycon .md-skip }\n>>> print(two)",
        14,
        "of class md-skip",
    ),
    "a shape bound to itself": (
        "A caption.",
        "Of `(7, 7)`<!--= (7, 7) -->.",
        34,
        "bound to itself",
    ),
    "a number in two looks": (
        "make 2<!--= two -->",
        "make **1**2<!--= two -->",
        31,
        "12 is not all computed",
    ),
    "a table in an aside": (
        "A caption.",
        "A caption.\n\n!!! note\n\n    |a|b|\n    |-|-|\n    |c|d|\n    |c|e|",
        41,
        "a second row",
    ),
    "a table without outer bars": (
        "A caption.",
        "A caption.\n\na|b\n-|-\nc|d",
        37,
        "without bars",
    ),
    "a sum that nobody sees": (
        "two = np",
        "for k in range(2):\n    k + 1\ntwo = np",
        12,
        "nobody sees what k + 1",
    ),
    "a sum in a function that nobody sees": (
        "two = np",
        "def total(x):\n    print(x)\n    sum(x)\n\n\ntotal([1])\ntwo = np",
        13,
        "nobody sees what sum(x) comes to",
    ),
    "a comparison of arrays that nobody sees": (
        "two = np",
        "for k in range(2):\n    np.array_equal(k, [k])\ntwo = np",
        12,
        "nobody sees what np.array_equal(k, [k]) comes to",
    ),
    "a comparison with an answer that nobody sees": (
        "two = np.add(1, 1)",
        "two = [1]\nnp.allclose(two.append(1) or two, 1)",
        12,
        "nobody sees",
    ),
    "a truth that nobody sees": (
        "two = np.add(1, 1)",
        "two = [1]\nfor k in range(2):\n    bool(two.append(k))",
        13,
        "nobody sees what bool(two.append(k)) comes to",
    ),
    "a loop that does nothing": (
        "two = np",
        "for k in range(2):\n    pass\nassert k == 1\ntwo = np",
        12,
        "pass does nothing here",
    ),
    "a loop of a session that does nothing": (
        "...     print(k)\n    ...\n    0\n    1\n",
        "...     pass\n    ...\n",
        42,
        "pass does nothing here",
    ),
    "a mean that nobody sees": (
        "two = np.add(1, 1)",
        "two = np.add(1, 1)\nif two == 2:\n    two.mean()\n    print(two)",
        13,
        "nobody sees what two.mean() comes to",
    ),
    "a function of the page whose answer nobody sees": (
        "two = np",
        "def double(x):\n    return 2 * len(x)\n\n\n"
        "for k in range(2):\n    print(k)\n    double([k])\ntwo = np",
        17,
        "nobody sees what double([k]) comes to",
    ),
    "a text that nobody sees": (
        "two = np",
        'for k in range(2):\n    print(k)\n    "k"\ntwo = np',
        13,
        "nobody sees what 'k' comes to",
    ),
    "a value in a function of a session": (
        ">>> print(two)\n2",
        ">>> def show(x):\n...     print(x)\n...     x + 1\n...\n>>> show(two)\n2",
        14,
        "nobody sees what x + 1 comes to",
    ),
    "an array beside itself": (
        "two = np.add(1, 1)",
        "two = np.add(1, 1)\nassert np.allclose(two, two)",
        12,
        "cannot fail",
    ),
    "an unknown aside": ("!!! note", "!!! nota", 40, "'nota' is none of"),
    "a text that nothing vouches for": (
        "A caption.",
        "A caption.\n\n```text\n97 of 100\n```",
        36,
        "language 'text'",
    ),
    "code by indentation": (
        "A caption.",
        "A caption.\n\n    1 / 0",
        36,
        "indented code",
    ),
    "a fence by indentation": (
        "A caption.",
        "A caption.\n\n    ```python\n    assert two\n    ```",
        36,
        "indented code",
    ),
    "a fence in a caption": (
        "A caption.",
        "A caption.\n```python\nassert two\n```",
        35,
        "does not stand apart",
    ),
    "a figure in a paragraph": ("\n\n![", "\n![", 32, "does not stand apart"),
    "code in a quotation": ("A caption.", "A caption.\n\n> ```", 36, "in a quotation"),
    "a command over two lines": ("$ make test", "$ make \\\n  test", 36, "prompt: $"),
    "a tab": ("A caption.", "A\tcaption.", 34, "a tab"),
    "lines that end otherwise": ("A caption.\n", "A caption.\r\n", 1, "line feed"),
    "a figure shown twice": (
        "A caption.\n",
        "A caption.\n\n![Three squares, each cut](figures/perceptrons/gates.svg)\n",
        36,
        "on this page already",
    ),
    "a function that nobody calls": (
        "two = np",
        "def f():\n    print(1)\ntwo = np",
        11,
        "nobody sees",
    ),
    "a value that is overwritten": ("two = np", "two = 1\ntwo = np", 11, "nobody sees"),
    "a comment for a statement": (
        ">>> print(two)",
        ">>> # two",
        15,
        "no prompt of its",
    ),
    "a method without self": (
        "two = np",
        "class Two:\n    def two(sellf):\n        return 2\n\n\nassert Two()\ntwo = np",
        10,
        "the method two does not take self first",
    ),
    "a title that is not the heading": (
        "title: A page",
        "title: Another page",
        5,
        "called 'Another page' and headed 'A page'",
    ),
    "a number without expression": (
        "A caption.",
        "Three of 7 squares.",
        34,
        "the number 7 has no expression",
    ),
    "numbers in braces": ("A caption.", "In {7, 8}.", 34, "the number 7 has no"),
    "a number in an attribute": (
        '(#a-page "A page")',
        '(#a-page "A page"){ title="97 percent" }',
        31,
        "the number 97 has no",
    ),
    "a number that rests under the mouse": (
        "A caption.",
        'As [they](https://example.org/1 "97 percent") say.',
        34,
        "the number 97 has no",
    ),
    "a number as an entity": ("A caption.", "It is &half;.", 34, "an entity"),
    "a year that is not listed": ("A caption.", "In 1958.", 34, "prose.YEARS"),
    "a year of another thing": ("A caption.", "In 1957.", 34, "to Rosenblatt, who"),
    "a year of another sentence": (
        "A caption.",
        "Rosenblatt did. In 1957.",
        34,
        "to Rosenblatt, who",
    ),
    "a page called like another": (
        "A caption.",
        "See [Perceptrons](page.md).",
        34,
        "leads to page.md, not perceptrons.md",
    ),
    "a module that is another": (
        "A caption.",
        "See [`data.py`](#a-page).",
        34,
        "leads to #a-page, not code.md#data",
    ),
    "a comment behind much code": (
        "A caption.",
        "By `two`, `two`, `two` and `two`.\n`two`, `two`, `two`\nA <!-- late --> end.",
        36,
        "nothing reads",
    ),
    "a section that is another": (
        '(#a-page "A page")',
        '(#a-page "Another page")',
        31,
        "'above' leads to 'A page', but does not say so",
    ),
    "a title that says something else": (
        "A caption.",
        'See [A page](page.md "97 percent").',
        34,
        "'A page' leads to 'A page', but is titled '97 percent'",
    ),
    "a section that is not told": (
        '(#a-page "A page")',
        "(#a-page)",
        31,
        "'above' leads to 'A page', but does not say so",
    ),
    "a variable of no system": ("A caption.", "Set SCRATCH_DATA.", 34, "SCRATCH_DATA"),
    "a gate that no code knows": ("A caption.", "As NOR.", 34, "NOR is nothing that"),
    "a large number as a word": ("A caption.", "Fifty.", 34, "no code here says Fifty"),
    "an exercise that is not there": (
        "A caption.",
        "A caption; see exercise three.\n\n**1. One.** So.\n\n**2. Two.** So.",
        34,
        "there is no exercise three in page.md; of another page, write: exercise",
    ),
    "a list that miscounts": (
        "A caption.",
        "A caption.\n\n1. One.\n3. Two.",
        37,
        "number 3 follows number 1",
    ),
    "a chapter without link": ("A caption.", "See chapter 3.", 34, "without a link"),
    "a chapter that is somewhere else": (
        "A caption.",
        "See [chapter 3](https://example.org).",
        34,
        "chapter 3 is named without a link to it",
    ),
    "a link whose words are code with brackets": (
        "A caption.",
        "See [`two[0]`](#a-page).",
        34,
        "leads to 'A page', but does not say so: write (#a-page \"A page\")",
    ),
    "a section that is told by the number of its chapter": (
        "A caption.",
        "See [chapter 4](#a-page).",
        34,
        "'chapter 4' leads to 'A page', but does not say so",
    ),
    "a shape that is taken from another": (
        "A caption.",
        r"A shape: $(2, 3) - (3, 2) \to (2, 2)$<!--= (2, 2) -->.",
        34,
        "a shape is taken from another",
    ),
    "a comparison that was meant to be an assignment": (
        "two = np.add(1, 1)",
        "ones = [1]\ntwo = np.add(1, 1)\nones.pop() == two\nassert not ones",
        13,
        "nobody sees what this does",
    ),
    "what stands behind a return": (
        "two = np.add(1, 1)",
        "def one():\n    return 1\n    print(2)\n\n\ntwo = np.add(1, one())",
        13,
        "nothing comes to print(2)",
    ),
    "a chapter that is another": (
        "A caption.",
        "See [chapter 3](page.md).",
        34,
        "links to chapter",
    ),
    "a title that is another": (
        "A caption.",
        "See [3 Networks](page.md).",
        34,
        "'3 Networks' links to ''",
    ),
    "a misspelt name in a sentence": (
        "A caption.",
        "Look at `numpi.add`.",
        34,
        "numpi in `numpi.add` is nothing",
    ),
    "a number in code that no code holds": (
        "A caption.",
        "Try `two + 17`.",
        34,
        "17 in `two + 17` is nothing",
    ),
    "a file that is not there": (
        "A caption.",
        "It stands in `perceptrons.py`, not in `lost.py`.",
        34,
        "there is no file lost.py",
    ),
    "a folder that is not there": (  # in this small book, though Python might find it
        "A caption.",
        "Look into `figures/`, not into `benchmarks/`.",
        34,
        "there is no folder benchmarks/",
    ),
    "a displayed formula in a sentence": (
        "A caption.",
        "It is $$x$$ here.",
        34,
        "between lines that are $$",
    ),
    "a formula in other brackets": (
        "A caption.",
        r"It is \(3 + b\).",
        34,
        "between lines that are $$",
    ),
    "a displayed formula in other brackets": (
        "A caption.",
        "A caption.\n\n\\[\n1 = 2\n\\]",
        36,
        "between lines that are $$",
    ),
    "a formula without brackets": (
        "A caption.",
        "A caption.\n\n\\begin{align}\n1 = 2\n\\end{align}",
        36,
        "between lines that are $$",
    ),
    "a shape without expression": ("A caption.", "Shape `(2, 3)`.", 34, "the shape"),
    "a shape in a formula": ("A caption.", "Shape $(N, D)$.", 34, "the formula (N, D)"),
    "a number in a formula": ("A caption.", "Take $x = 2$.", 34, "the formula x = 2"),
    "a sign in a formula": ("A caption.", "It is $-b$.", 34, "the formula -b"),
    "a product in a formula": ("A caption.", "It is $Wx$.", 34, "the formula Wx"),
    "a bit in a formula": ("A caption.", "Here $s_1 = 0$.", 34, "the formula s_1 = 0"),
    "a false formula": ("$1 + 1 = 2$", "$1 + 1 = 3$", 31, "the formula 1 + 1 = 3"),
    "a symbol of no formula": ("A caption.", "It is $q$.", 34, "q in $q$ is no symbol"),
    "a symbol with another index": (
        "One and one",
        "<!-- let: u = [two] -->\nOne and $u_1 = 2$<!--= 2 --> and $u_2$",
        32,
        "u_2 in $u_2$ is no symbol of this page",
    ),
    "a symbol of another alphabet": (
        "A caption.",
        r"Then $\eta$ falls.",
        34,
        r"eta in $\eta$ is no symbol of this page",
    ),
    "a displayed formula without name": (
        "A caption.",
        "A caption.\n\n$$\n1 + 1 = 2\n$$",
        36,
        "a displayed formula without a name",
    ),
    "two formulas of one name": (
        "A caption.",
        "A caption.\n\n" + 2 * "<!-- formula sum: -->\n$$\n1 + 1 = 2\n$$\n\n",
        36,
        "two formulas are named sum",
    ),
    "a picture that no code draws": (
        "perceptrons/gates.svg",
        "gates.png",
        33,
        "no code draws",
    ),
    "a target that make does not know": (
        "$ make test",
        "$ make tests",
        37,
        "make does not know tests",
    ),
    "a variable that make does not know": (
        "$ make test",
        "$ make proof SAMPLE=100",
        37,
        "make does not know SAMPLE=100",
    ),
    "an environment of another name": (
        "$ make test",
        "$ python -m venv .veenv",
        37,
        "the environment is .venv, not .veenv",
    ),
    "a target behind another command": (
        "$ make test",
        "$ cd docs && make lost",
        37,
        "make does not know lost",
    ),
    "a target behind a semicolon": (
        "$ make test",
        "$ git status; make lost",
        37,
        "make does not know lost",
    ),
    "a word that git does not know": (
        "$ make test",
        "$ git frobnicate",
        37,
        "git is not asked to frobnicate here",
    ),
    "a program that is not there": (
        "$ make test",
        "$ python lost.py",
        37,
        "there is no file lost.py",
    ),
    "an option that the library does not know": (
        "$ make test",
        "$ python -m scratchnn train --speed 2",
        37,
        "unrecognized arguments: --speed 2",
    ),
    "a command in a sentence": (
        "A caption.",
        "Try `make seen`.",
        34,
        "make does not know seen",
    ),
    "an option that a program does not know": (
        "$ make test",
        "$ python -m bookbinder.publishing --nope",
        37,
        "bookbinder.publishing does not know --nope",
    ),
    "a page that is not there": (
        "A caption.",
        "Try `.venv/bin/python -m bookbinder.check.order docs/en/trainer.md`.",
        34,
        "there is no file docs/en/trainer.md",
    ),
    "an import that is not there": (
        "$ make test",
        '$ python -c "from scratchnn import NOR"',
        37,
        "has no attribute 'NOR'",
    ),
    "a package that nobody needs": (
        "$ make test",
        "$ pip install scratch-nn",
        37,
        "the project does not need scratch-nn",
    ),
    "a folder to go to that is not there": (
        "$ make test",
        "$ cd scratchn",
        37,
        "there is no folder scratchn",
    ),
    "a sentence on the line of a picture": (
        "gates.svg)",
        "gates.svg) And this is lost.",
        33,
        "not alone on its line",
    ),
    "a picture with a size of its own": (
        "gates.svg)",
        "gates.svg){ width=10 }",
        33,
        "not alone on its line",
    ),
    "two rows of one name": (
        "A caption.",
        "A caption.\n\n| what | |\n|---|--:|\n| a | yes |\n| a | no |",
        39,
        "a second row of this table is called a",
    ),
    "a column that is called like another": (
        "A caption.",
        "<!-- let: n = {'a': 1, 'b': two} -->\n\n| what | b | a |\n|---|--:|--:|\n"
        '| both | 1<!--= n["a"] --> | 2<!--= n["b"] --> |',
        36,
        "what is called b here computes with other names",
    ),
    "a column that is called like what looks up another": (
        "A caption.",
        "<!-- let: all, of = {'a': 1}, {'a': two} -->\n\n| what | of | all |\n"
        '|---|--:|--:|\n| a | 1<!--= all["a"] --> | 2<!--= of["a"] --> |',
        36,
        "what is called of here computes with other names",
    ),
    "a row that is called like another": (
        "A caption.",
        "<!-- let: n = {'a': 1, 'b': two} -->\n\n| what | number |\n|---|--:|\n"
        '| b | 1<!--= n["a"] --> |\n| a | 2<!--= n["b"] --> |',
        38,
        "what is called b here computes with other names",
    ),
    "a file that happens to lie around": (
        "A caption.",
        "By `documented`, a file of these tests.",
        34,
        "documented in `documented` is nothing that this page's code knows",
    ),
    "a row that is called like another, beside a bar in code": (
        "A caption.",
        "<!-- let: n = {'a': 1, 'b': two} -->\n\n| what | number |\n|---|--:|\n"
        '| b | `1 | 0`, 1<!--= n["a"] --> |\n| a | 2<!--= n["b"] --> |',
        38,
        "what is called b here computes with other names",
    ),
    "a number in a comment": (
        "two = np",
        "# Three, not 2.\ntwo = np",
        11,
        "a number in a comment",
    ),
    "a share in a comment": (
        "two = np",
        "# In 0.97 of all cases.\ntwo = np",
        11,
        "a number in a comment",
    ),
    "a factor in a comment": (
        "two = np",
        "# By 1.5 or so.\ntwo = np",
        11,
        "a number in a comment",
    ),
    "a thousand in a comment": (
        "two = np",
        "# By 1,000 or so.\ntwo = np",
        11,
        "a number in a comment",
    ),
    "a number without its zero in a comment": (
        "two = np",
        "# By .5 or so.\ntwo = np",
        11,
        "a number in a comment",
    ),
    "a comment behind a command": (
        "$ make test",
        "$ make test  # takes 97 minutes",
        37,
        "a comment behind a command",
    ),
    "a unit behind a bound number": ("= two -->", "= two -->%", 31, "2% is not all"),
    "a range of two bound numbers": (
        "make 2<!--= two -->",
        "make 2<!--= two -->–4<!--= two + two -->",
        31,
        "–4 is not all computed, only 4: between two numbers, write to",
    ),
    "a fraction bar before a bound number": (" 2<!--=", " 1/2<!--=", 31, "/2 is not"),
    "a minus of another kind": (" 2<!--=", " \u20112<!--=", 31, "2 is not all"),
    "thousands before a bound number": (" 2<!--=", " 1\xa02<!--=", 31, "2 is not all"),
    "thousands and a space": (" 2<!--=", " 1 2<!--=", 31, "1 2 is not all computed"),
    "a minus and a space": (" 2<!--=", " − 2<!--=", 31, "− 2 is not all computed"),
    "thousands and a dash": (" 2<!--=", " 1’2<!--=", 31, "’2 is not all computed"),
    "a ratio": ("= two -->", "= two -->:1", 31, "2:1 is not all computed"),
    "a fraction with spaces": (" 2<!--=", " 1 / 2<!--=", 31, "1 / 2 is not all"),
    "hundreds before a bound number": (
        " 2<!--=",
        " a hundred and 2<!--=",
        31,
        "hundred and 2 is not all computed",
    ),
    "millions behind a bound number": (
        "make 2<!--= two -->",
        "make two<!--= spelt(two) --> million",
        31,
        "two million is not all computed, only two: divide it by a million",
    ),
    "thousands behind a bound number, on the next line": (
        "make 2<!--= two -->",
        "make **2<!--= two -->**\nthousand",
        31,
        "2 thousand is not all computed",
    ),
    "a sign that nobody sees in a number": (" 2<!--=", " 1\ufe0f2<!--=", 31, "nobody"),
    "a backtick too few": ("A caption.", "A `caption.", 34, "a backtick that is never"),
    "a star too few": ("A caption.", "A *caption.", 34, "a star that emphasises"),
    "a heading without its space": ("A caption.", "A.\n\n##Part", 36, "its space"),
    "a heading by a line": ("A caption.", "A.\n\nPart\n----", 37, "by the line below"),
    "a word twice": ("A caption.", "A caption caption.", 34, "a word twice: caption"),
    "a word twice over two lines": ("A caption.", "A\nA.", 34, "a word twice: A"),
    "a link that is cut in two": ("[above](#", "[above] (#", 31, "cut in two"),
    "a space that nobody sees": ("A caption.", "A\u200b caption.", 34, "nobody sees: "),
    "a list inside a paragraph": ("A caption.", "So:\n- A list.", 34, "a list inside"),
    "a table inside a paragraph": (
        "A caption.",
        "So:\n| a |\n|---|\n| b |",
        34,
        "a table inside",
    ),
    "a table with a short row": (
        "A caption.",
        "A caption.\n\n| a | b |\n|---|---|\n| c |",
        38,
        "longer or shorter",
    ),
    "a title without its quotes": ("!!! note", "!!! note Well", 40, "not in quotes"),
    "a title that is not closed": ("!!! note", '!!! note "Well', 40, "not in quotes"),
    "a number that is bound to itself": (
        "A caption.",
        "It is 7<!--= 7 -->.",
        34,
        "7 is bound to itself",
    ),
    "a number that is bound to its own letters": (
        "A caption.",
        'It is 97.2<!--= "97.2" -->.',
        34,
        "97.2 is bound to itself",
    ),
    "a number that is bound to itself in brackets": (
        "A caption.",
        'It is 1,088<!--= f"{+(1_088):,}" -->.',
        34,
        "1,088 is bound to itself",
    ),
    "a number that is bound to itself and nothing": (
        "A caption.",
        "It is 97<!--= 97 + 0 -->.",
        34,
        "97 is bound to itself",
    ),
    "a number that a function gives back": (
        "A caption.",
        "It is 1,097<!--= f'{np.int64(1_097):,}' -->.",
        34,
        "1,097 is bound to itself",
    ),
    "a number that code says with another sign": (
        "two = np.add(1, 1)\n```\n",
        "two = np.add(1, 1) + 0 * -7.5\n```\n\nIt is 7.5<!--= 7.5 -->.\n",
        14,
        "7.5 is bound to itself, and no code here says it: compute it",
    ),
    "a number that code of another section says": (
        "A caption.",
        "A caption.\n\n## Another\n\nIt is 10<!--= 10 -->.",
        38,
        "10 is bound to itself",
    ),
    "a word that is bound to itself": (
        "A caption.",
        "It is seven<!--= spelt(7) -->.",
        34,
        "seven is bound to itself",
    ),
    "a number that is bound to its own value": (
        "A caption.\n",
        "A caption.\n\n<!-- let: share = 55.5 -->\nIt is 55.5<!--= share -->.\n",
        37,
        "55.5 is bound to itself",
    ),
    "a listing that is replaced by hand": (
        "two = np.add(1, 1)\n```",
        "two = np.add(1, 1)\n```\n\n"
        '``` { .python source="scratchnn.perceptron.AND" }\n```\n\n'
        "```python\ndef AND(a, b):\n    return a\n\n\nassert AND(1, 1)\n```",
        17,
        "AND takes the place of the listing in line 14",
    ),
    "a listing that is replaced by an assignment": (
        "two = np.add(1, 1)\n```",
        "two = np.add(1, 1)\n```\n\n"
        '``` { .python source="scratchnn.perceptron.AND" }\n```\n\n'
        "```pycon\n>>> AND = lambda a, b: 1\n>>> AND(1, 1)\n1\n```",
        17,
        "AND takes the place of the listing in line 14",
    ),
    "a listing that is replaced by an import": (
        "two = np.add(1, 1)\n```",
        "two = np.add(1, 1)\n```\n\n"
        '``` { .python source="scratchnn.perceptron.AND" }\n```\n\n'
        "```python\nfrom scratchnn import OR as AND\n\nassert AND(1, 1)\n```",
        17,
        "AND takes the place of the listing in line 14",
    ),
    "an assertion that cannot fail": (
        "two = np.add(1, 1)",
        "two = np.add(1, 1)\nassert [two == 3 for _ in range(2)]",
        12,
        "cannot fail",
    ),
    "an assertion without a variable": (
        "two = np.add(1, 1)",
        "two = np.add(1, 1)\nassert not False",
        12,
        "cannot fail",
    ),
    "an assertion that a thing is itself": (
        "two = np.add(1, 1)",
        "two = np.add(1, 1)\nassert np.all(two == two)",
        12,
        "cannot fail",
    ),
    "an assertion that a thing and nothing is itself": (
        "two = np.add(1, 1)",
        "two = np.add(1, 1)\nassert np.allclose(two, 0 + two)",
        12,
        "cannot fail",
    ),
    "an assertion that a thing taken once is itself": (
        "two = np.add(1, 1)",
        "two = np.add(1, 1)\nassert two - 0 == 1 * (two / 1.0)",
        12,
        "cannot fail",
    ),
    "an assertion that a function is there": (
        "two = np.add(1, 1)",
        "from scratchnn import OR\n\ntwo = np.add(1, 1)\nassert OR",
        14,
        "cannot fail",
    ),
    "an assertion of a method that nobody calls": (
        "two = np.add(1, 1)",
        "two = np.add(1, 1)\nassert two == 2 and two.all",
        12,
        "assert two.all cannot fail",
    ),
    "an assertion of a function that nobody calls": (
        "two = np.add(1, 1)",
        "two = np.add(1, 1)\nassert np.allclose, two",
        12,
        "cannot fail",
    ),
    "an assertion of a list": (
        "two = np.add(1, 1)",
        "two = np.add(1, 1)\nassert list(two == n for n in range(2))",
        12,
        "cannot fail",
    ),
    "an assertion of something or else of one": (
        "two = np.add(1, 1)",
        "two = np.add(1, 1)\nassert two == 3 or 1",
        12,
        "cannot fail",
    ),
    "an assertion that all of a generator is so": (
        "two = np.add(1, 1)",
        "two = np.add(1, 1)\nassert np.all(two == n for n in range(3))",
        12,
        "cannot fail",
    ),
    "an assertion of a length of none or more": (
        "two = np.add(1, 1)",
        "two = [1, 1]\nassert two == [1, 1] and len(two) >= 0",
        12,
        "assert len(two) >= 0 cannot fail",
    ),
    "an assertion of a size that is above what is less than none": (
        "two = np.add(1, 1)",
        "two = np.add(1, 1)\nassert -1 < two.size",
        12,
        "cannot fail",
    ),
    "an assertion that an array is something": (
        "two = np.add(1, 1)",
        "two = np.zeros(2)\nassert two is not None",
        12,
        "cannot fail",
    ),
    "an assertion that what a class makes is something": (
        "two = np.add(1, 1)",
        "from scratchnn import Sigmoid\n\ntwo = Sigmoid()\nassert None != two",
        14,
        "cannot fail",
    ),
    "an assertion that an answer is something": (
        "two = np.add(1, 1)",
        "two = np.add(1, 1)\nassert (two == 3 and np.all(two)) is not None",
        12,
        "cannot fail",
    ),
    "an assertion whose failure is passed over": (
        "two = np.add(1, 1)",
        "two = np.add(1, 1)\ntry:\n    assert two == 3\n"
        "except (TypeError, AssertionError):\n    pass",
        13,
        "nobody hears if assert two == 3 fails",
    ),
    "an assertion whose failure is suppressed": (
        "two = np.add(1, 1)",
        "from contextlib import suppress\n\ntwo = np.add(1, 1)\n"
        "with suppress(ValueError, AssertionError):\n    assert two == 3",
        15,
        "nobody hears if assert two == 3 fails",
    ),
    "an assertion whose failure a member of a module suppresses": (
        "two = np.add(1, 1)",
        "import contextlib\n\ntwo = np.add(1, 1)\n"
        "with np.errstate(), contextlib.suppress(AssertionError):\n    assert two == 3",
        15,
        "nobody hears if assert two == 3 fails",
    ),
    "an assertion whose failure is lost when a function returns": (
        "two = np.add(1, 1)",
        "two = np.add(1, 1)\n\n\ndef late():\n    try:\n        assert two == 3\n"
        "    finally:\n        return 1\n\n\nlate()",
        16,
        "nobody hears if assert two == 3 fails",
    ),
    "a comment that writes into what the page has": (
        "two = np.add(1, 1)",
        "two = np.zeros(2)\n```\n\n<!-- let: two[0] = 9.0 -->\n\n```python\n"
        "assert two[0] == 9",
        14,
        "a comment changes what the page's code has: two[0] = 9.0",
    ),
    "a comment that fills what the page has": (
        "two = np.add(1, 1)",
        "two = np.zeros(2)\n```\n\n<!-- let: one = 1; two.fill(9) -->\n\n```python\n"
        "assert two[0] == 9",
        14,
        "a comment changes what the page's code has: two.fill(9)",
    ),
    "a comment that sets the random numbers": (
        "two = np.add(1, 1)",
        "two = np.zeros(2)\n```\n\n<!-- let: np.random.seed(0) -->\n\n```python\n"
        "assert two[0] == np.zeros(1)",
        14,
        "a comment changes what the page's code has: np.random.seed(0)",
    ),
    "an assertion that a thing is an object": (
        "two = np.add(1, 1)",
        "two = np.add(1, 1)\nassert isinstance(two, object)",
        12,
        "cannot fail",
    ),
    "an assertion that a thing is among others and itself": (
        "two = np.add(1, 1)",
        "two = np.add(1, 1)\nassert two in (1, two)",
        12,
        "cannot fail",
    ),
    "an assertion that a thing is not less than itself": (
        "two = np.add(1, 1)",
        "two = np.add(1, 1)\nassert not two < two",
        12,
        "cannot fail",
    ),
    "an assertion that a thing between others is itself": (
        "two = np.add(1, 1)",
        "two = np.add(1, 1)\nassert 1 < two == two",
        12,
        "cannot fail",
    ),
    "an assertion of a pair": (
        "two = np.add(1, 1)",
        'two = np.add(1, 1)\nassert (two == 3, "not three")',
        12,
        "cannot fail",
    ),
    "a number in a description": (
        "title: A page",
        "title: A page\ndescription: Chapter 3, continued.",
        3,
        "a number in a description",
    ),
    "a description of several lines": (
        "title: A page",
        "title: A page\ndescription: >-\n  Chapter 3, continued.",
        4,
        "front matter that nothing reads",
    ),
    "front matter that is no YAML": (
        "title: A page",
        "title: A page\ndescription: Notes: what it says.",
        3,
        "front matter that is no YAML: mapping values are not allowed here",
    ),
    "a description that is no text": (
        "title: A page",
        "title: A page\ndescription: true",
        3,
        "the description is no text",
    ),
    "a second title": (
        "title: A page",
        "title: A page\ntitle: Another",
        3,
        "front matter that nothing reads",
    ),
    "a share in a description": (
        "title: A page",
        "title: A page\ndescription: In 0.97 of all cases.",
        3,
        "a number in a description",
    ),
    "a number in a description that is a word": (
        "title: A page",
        "title: A page\ndescription: With fifty figures.",
        3,
        "no code here says fifty",
    ),
    "a chapter in a description": (
        "title: A page",
        "title: A page\ndescription: Chapter six, continued.",
        3,
        "Chapter six is named by a number that is a word",
    ),
    "a link in a description": (
        "title: A page",
        "title: A page\ndescription: As [A page](page.md) says.",
        3,
        "a link in a description",
    ),
    "a figure that draws another function": (
        "gates.svg)",
        "gates.svg)\nA caption.\n\n```python\ndef valley(x):\n"
        "    return x[0] ** 2 / 10 + x[1] ** 2\n\n\nassert valley([two, two]) > two\n"
        "```\n\n![A valley of two slopes](figures/learning/arrows.svg)",
        44,
        "x[0] ** 2 / 10 + x[1] ** 2, and its figure's program return x[0] ** 2 / 5",
    ),
    "an exercise without its title": (
        "A caption.",
        "See exercise two.\n\n**1. One.** So.\n\n**2. Two of\na kind.** So.",
        34,
        "exercise two is to be called exercise two, *Two of a kind*",
    ),
    "an exercise with the title of another": (
        "A caption.",
        "See exercise\ntwo, *One*.\n\n**1. One.** So.\n\n**2. Two?** So.",
        34,
        "exercise two, *One* is to be called exercise two, *Two?*",
    ),
    "several exercises by their numbers": (
        "A caption.",
        "See exercises one and two.\n\n**1. One.** So.\n\n**2. Two.** So.",
        34,
        "exercises one is to be called exercises one, *One*",
    ),
    "an exercise by its place": (
        "A caption.",
        "See the\nsixth exercise of [A page](page.md).",
        35,
        "sixth exercise is to be called by number and title: exercise one, *Its",
    ),
    "an exercise by a title that is not there": (
        "A caption.",
        'See the exercise "Three" in [A page](page.md).\n\n**1. One.** So.',
        34,
        "there is no exercise called 'Three' in page.md",
    ),
    "an exercise without a solution": (
        "A caption.",
        "A caption.\n\n**1. One.** So.\n\n## A part\n\n"
        '??? solution "Solution"\n\n    So.',
        36,
        "an exercise with 0 solutions",
    ),
    "an exercise with two solutions": (
        "A caption.",
        "A caption.\n\n**1. One.** So." + 2 * '\n\n??? solution "Solution"\n\n    So.',
        36,
        "an exercise with 2 solutions",
    ),
    "a chapter by a word": (
        "A caption.",
        "See chapter six.",
        34,
        "chapter six is named",
    ),
    "a chapter by its place": (
        "A caption.",
        "See the next\nchapter.",
        34,
        "next chapter is named by its place: link it",
    ),
    "chapters by words": (
        "A caption.",
        "Chapters two to five.",
        34,
        "two is named by a",
    ),
    "a figure by a word": ("A caption.", "As in figure\nnine.", 34, "a word: link it"),
    "a member of NumPy that is not there": (
        "A caption.",
        "As `np.two`.",
        34,
        "nothing on this page has what `np.two` speaks of",
    ),
    "a method that is not there": (
        "A caption.",
        "As `two.print()`.",
        34,
        "nothing on this page has what `two.print()` speaks of",
    ),
    "a number with a hyphen": (
        "A caption.",
        "Now 20<!--= 10 * two --> are twenty-seven.",
        34,
        "no code here says twenty-seven",
    ),
    "steps that miscount": (
        "two = np.add(1, 1)",
        "two = np.add(1, 1)  # 1\nassert two == 2  # 3",
        12,
        "step 3 of a program stands where 2 does",
    ),
    "a table that is not below": ("A caption.", "See the table below.", 34, "no table"),
    "a figure that is not below": (
        "A caption.",
        "See the figure below.",
        34,
        "no figure",
    ),
    "a trap that is not above": ("A caption.", "The trap above.", 34, "no trap stands"),
    "a sign of per cent": ("= two -->", "= two -->%", 31, "only 2: write per cent"),
    "square brackets in the words for a picture": (
        "by a straight line]",
        "by a [straight] line]",
        33,
        "no square brackets in the alt text",
    ),
    "something that a fence does not know": (
        'perceptron.np" }',
        'perceptron.np" title="x" }',
        7,
        "a fence with title, which nothing reads",
    ),
    "an early use of what is not there": (
        "```python\ntwo",
        '``` { .python early="nonsense" }\ntwo',
        10,
        "early: the library exports no nonsense",
    ),
    "a tag that is never closed": (
        "A caption.",
        'A.\n\n<div class="hero" markdown>\n\nA part.',
        36,
        "is never closed",
    ),
    "a tag that closes nothing": (
        "A caption.",
        "A.\n\n</div>",
        36,
        "</div> closes nothing",
    ),
    "a key that is never let go": (
        "A caption.",
        "Press <kbd>Ctrl.",
        34,
        "<kbd> is never closed",
    ),
    "a second heading of one name": (
        "A caption.",
        "A.\n\n## A part\n\nSo.\n\n## A part { #another }",
        40,
        "a second place of this page is called A part",
    ),
    "a second heading at one place": (
        "A caption.",
        "A.\n\n## A part\n\nSo.\n\n## Another { #a-part }",
        40,
        "a second place of this page is called a-part",
    ),
    "a heading at the place of a figure": (
        "A caption.",
        "A.\n\n## Gates",
        36,
        "a second place of this page is called gates",
    ),
    "a word of capitals": ("A caption.", "A GPU.", 34, "is listed in prose.CAPITALS"),
    "a formula that ends with white space": (
        "$1 + 1 = 2$",
        "$1 + 1 = 2 $",
        31,
        "begins or ends with white space",
    ),
    "a formula that begins with white space": (
        "$1 + 1 = 2$",
        "$\n1 + 1 = 2$",
        31,
        "begins or ends with white space",
    ),
    "a formula with a bracket too many": (
        "$1 + 1 = 2$",
        "$1 + 1) = 2$",
        31,
        "a ) without its partner in the formula 1 + 1) = 2",
    ),
    "a formula with a bracket too few": (
        "$1 + 1 = 2$",
        r"$\bigl[ 1 + 1 = 2$",
        31,
        "a [ without its partner",
    ),
    "a formula with a bracket of another kind": (
        "$1 + 1 = 2$",
        "$(1 + 1] = 2$",
        31,
        "a ] without its partner",
    ),
    "a displayed formula with a bracket too many": (
        "A caption.",
        "A caption.\n\n<!-- formula sum: -->\n$$\n1 + 1 = 2)\n$$",
        37,
        "a ) without its partner in the formula 1 + 1 = 2)",
    ),
    "a displayed formula with a sentence below": (
        "A caption.",
        "A caption.\n\n<!-- formula sum: -->\n$$\n1 + 1 = 2\n$$\nSo.",
        39,
        "has an empty line below, and none inside",
    ),
    "a displayed formula with an empty line": (
        "A caption.",
        "A caption.\n\n<!-- formula sum: -->\n$$\n1 + 1\n\n= 2\n$$",
        41,
        "has an empty line below, and none inside",
    ),
    "a bar in a formula of a table": (
        "A caption.",
        "A caption.\n\n| a | b |\n|---|---|\n| $x|y$ |",
        38,
        "a bar in a formula, where Markdown ends the cell",
    ),
    "bars in a formula of a table": (
        "A caption.",
        "A caption.\n\n| a | b |\n|---|---|\n| c | $|x|$ |",
        38,
        "longer or shorter",
    ),
    "a list of tasks": ("A caption.", "So:\n\n- [ ] do", 36, "around no link"),
    "a footnote": ("A caption.", "A caption.[^1]", 34, "around no link"),
    "a closing bracket": ("A caption.", "A caption].", 34, "around no link"),
    "text that is struck out": ("A caption.", "A ~~good~~ one.", 34, "as it is"),
    "text that is marked": ("A caption.", "A ==good== one.", 34, "as it is"),
    "a power outside a formula": ("A caption.", "It is x^y.", 34, "as it is"),
    "TeX outside a formula": ("A caption.", r"It is \alpha.", 34, "as it is"),
    "a bar outside a table": ("A caption.", "It is a | b.", 34, "as it is"),
    "an equation outside a formula": ("A caption.", "Let x = y.", 34, "as it is"),
    "an arrow of two signs": ("A caption.", "From x -> y.", 34, "as it is"),
    "a link without words": ("A caption.", "As (#a-page) says.", 34, "as it is"),
    "a name that would be bold": ("A caption.", "By __init__.", 34, "an underscore"),
    "a heading that is too deep": ("A caption.", "A.\n\n####### A", 36, "its space"),
    "a table without its line": (
        "A caption.",
        "A caption.\n\n| a | b |\n| c | d |",
        36,
        "a row of no table",
    ),
    "a table with a sentence below": (
        "A caption.",
        "A caption.\n\n| a |\n|---|\n| b |\nSo.",
        39,
        "a table that a line follows",
    ),
    "a definition": ("A caption.", "So.\n\nTerm\n:   So.", 37, "as it is"),
    "an attribute in a sentence": (
        "A caption.",
        "A { #foo } caption.",
        34,
        "an attribute of nothing",
    ),
    "an attribute of a word": (
        "A caption.",
        "A caption{#foo}.",
        34,
        "an attribute of nothing",
    ),
    "an attribute behind a paragraph": (
        "A caption.",
        "A caption.\n\n{ .lede }",
        36,
        "an attribute of nothing",
    ),
    "an attribute in a paragraph": (
        "A caption.",
        "So.\n\nA\n{ .lede }\ncaption.",
        37,
        "an attribute of nothing",
    ),
    "an attribute in a heading": (
        "A caption.",
        "A caption.\n\n## A { #foo } part",
        36,
        "an attribute of nothing",
    ),
    "an attribute apart from its link": (
        '[above](#a-page "A page")',
        '[above](#a-page "A page") { #foo }',
        31,
        "an attribute of nothing",
    ),
    "a numbered list inside a paragraph": (
        "A caption.",
        "So.\n\nSo:\n1. One.",
        36,
        "a list inside",
    ),
    "a list inside a paragraph in bold": (
        "A caption.",
        "**So:**\n- One.",
        34,
        "a list inside",
    ),
    "a list inside an aside's paragraph": (
        "A caption.",
        "A.\n\n!!! note\n\n    So:\n    - One.",
        38,
        "a list inside",
    ),
    "an aside that holds nothing": (
        "A caption.",
        'A.\n\n!!! trap "A trap"\n\nIt is not indented.',
        36,
        "an aside with nothing in it",
    ),
    "a solution with too few spaces": (
        "A caption.",
        'A.\n\n**1. One.** So.\n\n??? solution "Solution"\n\n   So.',
        38,
        "an aside with nothing in it",
    ),
    "a condition that is no formula of the book": (
        "A caption.",
        "Let $a > 7$ be.",
        34,
        "is listed in prose.FORMULAS_ALONE",
    ),
    "an unknown symbol below a displayed formula": (
        "A caption.",
        "A caption.\n\n<!-- formula sum: -->\n$$\n1 + 1 = 2\n$$\n\nIt is $q$.",
        41,
        "q in $q$ is no symbol",
    ),
    "a symbol of another alphabet with an index": (
        "A caption.",
        r"Then $\eta_3$ falls.",
        34,
        r"eta in $\eta_3$ is no symbol of this page",
    ),
    "a number below a link whose title has its own line": (
        "A caption.",
        'See [above](#a-page\n"A page").\n\nAnd 7 more.',
        37,
        "the number 7 has no expression",
    ),
    "a language in braces, without its dot": (
        '``` { .python source="scratchnn.perceptron.np" }',
        "```{python}",
        7,
        "a fence with python, which nothing reads",
    ),
    "a listing of nothing": (
        'source="scratchnn.perceptron.np"',
        "source",
        7,
        "an empty block",
    ),
    "a listing that is shown again in other words": (
        'perceptron.np"',
        'perceptron.np" again="yes"',
        7,
        'what is shown again says so: again="true"',
    ),
    "a block of comments": (
        "```console",
        "```python\n# nothing\n```\n\n```console",
        36,
        "an empty block",
    ),
    "a second first heading": (
        "A caption.",
        "A caption.\n\n# More",
        36,
        "a second title",
    ),
    "a heading that leaves a level out": (
        "A caption.",
        "A caption.\n\n### More",
        36,
        "a heading that leaves a level out: ### below #",
    ),
    "a heading behind a space": (
        "A caption.",
        "A caption.\n\n ## More",
        36,
        "a heading that does not begin its line",
    ),
    "a heading behind a space that is none": (
        "A caption.",
        "A caption.\n\n##\N{NO-BREAK SPACE}More",
        36,
        "a heading without its space",
    ),
    "a heading with the name of a listing": (
        "A caption.",
        "A caption.\n\n## More { #perceptron-np }",
        36,
        "a second place of this page is called perceptron-np",
    ),
    "two paragraphs of one name": (
        "A caption.",
        "A caption.\n\nOne\n{ #one }\n\nAnother\n{ #one }",
        40,
        "a second place of this page is called one",
    ),
    "a listing twice": (
        "```console",
        '``` { .python source="scratchnn.perceptron.np" }\n```\n\n```console',
        36,
        "a second place of this page is called perceptron-np",
    ),
    "an address without a host": (
        "A caption.",
        "See [this](https://).",
        34,
        "the address https:// leads to no site",
    ),
    "an address with a slip in it": (
        "A caption.",
        "See [this](htps://example.org).",
        34,
        "the address htps://example.org leads to no site",
    ),
    "an address that is no link": (
        "A caption.",
        "See https://example.org there.",
        34,
        "an address that is no link",
    ),
    "the name of an emoji": (
        "A caption.",
        "A :smile: of some.",
        34,
        "a name of an emoji",
    ),
    "a list in a list by two spaces": (
        "A caption.",
        "A:\n\n- One.\n  - Another.",
        37,
        "what belongs to a list or an aside is indented by fours",
    ),
    "a paragraph of a list by three spaces": (
        "A caption.",
        "A:\n\n1. One.\n\n   More.",
        38,
        "what belongs to a list or an aside is indented by fours",
    ),
    "a fence of a list by three spaces": (
        "A caption.",
        "A:\n\n1. One.\n\n   ```console\n   $ make test\n   ```",
        38,
        "a fence in a list or an aside is indented by fours",
    ),
    "a drawing without axes of its name": (
        "two = np.add(1, 1)",
        "import matplotlib.pyplot as plt\n\ntwo = np.add(1, 1)\nplt.xlabel('x')",
        14,
        "draw on axes that have a name",
    ),
    "a link out of the book": (
        "A caption.",
        "See [this](../../Makefile).",
        34,
        "the link to ../../Makefile leads out of the book",
    ),
}


@pytest.mark.parametrize("kind", STATIC)
def test_fault_is_seen_without_running(kind: str, write: Write) -> None:
    """By the check and by the build, which both name the file and the line."""
    old, new, line, complaint = STATIC[kind]
    assert SOUND.count(old) == 1, "the fault must be planted in one place"
    page = write(SOUND.replace(old, new))
    found = faults(page, page.path.parents[2])
    assert any(
        f.startswith(f"{page.path}:{line}: ") and complaint in f for f in found
    ), found
    with pytest.raises(BookError, match=re.escape(f"{page.path}:{line}: ")):
        build(page)


def test_the_first_page_lists_the_others(tmp_path: Path) -> None:
    """All of the navigation, in its order and its parts; its button leads to the first.

    Each fault is named with its line.
    """
    (tmp_path / "mkdocs.yml").write_text(
        "nav:\n  - Front: index.md\n  - Part I:\n    - One: one.md\n"
        "  - Part II:\n    - Two: two.ipynb\n",
        "utf-8",
    )
    folder = tmp_path / "docs" / "en"
    folder.mkdir(parents=True)
    sound = """\
# Front

[Start](one.md "One"){ .md-button .md-button--primary }

### Part I

- [One](one.md)

### Part II

- [Two](two.ipynb)
"""
    page = folder / "index.md"
    for old, new, line, complaint in (
        ("", "", 0, ""),
        ("- [One](one.md)\n", "", 5, "is missing: ('Part I', 'One', 'one.md')"),
        ("[Two]", "[Too]", 11, "no such entry: ('Part II', 'Too', 'two.ipynb')"),
        ("### Part II\n", "", 10, "no such entry: ('Part I', 'Two', 'two.ipynb')"),
        ("Part II", "Part III", 11, "no such entry: ('', 'Two', 'two.ipynb')"),
        ('(one.md "One"){', "(two.ipynb){", 3, "starts with one.md, not with two.ip"),
        ('(one.md "', '(two.md "', 3, "starts with one.md, not with two.md"),
        (
            "### Part I\n\n- [One](one.md)\n\n### Part II\n\n- [Two](two.ipynb)\n",
            "### Part II\n\n- [Two](two.ipynb)\n\n### Part I\n\n- [One](one.md)\n",
            7,
            "not in the order of the navigation from here on",
        ),
    ):
        page.write_text(sound.replace(old, new), "utf-8")
        found = list(label_faults(Page.read(page), tmp_path))
        assert bool(found) == bool(complaint)
        assert not line or any(n == line and complaint in what for n, what in found)
    flat = "nav: [Front: index.md, One: one.md, Two: two.ipynb]\n"
    (tmp_path / "mkdocs.yml").write_text(flat, "utf-8")
    page.write_text(sound, "utf-8")  # where the navigation has no parts, a page may
    assert not list(label_faults(Page.read(page), tmp_path))


def test_the_navigation_names_what_is_there(write: Write) -> None:
    """A typo in it is named with its file, by all who read the book in its order."""
    text = "# page\n\n```python\nfrom scratchnn import AND\n\nassert AND(1, 1)\n```\n"
    folder = write(text).path.parent
    root = folder.parents[1]
    (root / "mkdocs.yml").unlink()
    (root / "mkdocs.yml").write_text("nav: [page: page.md, another: pag.md]\n", "utf-8")
    with pytest.raises(BookError, match=r"mkdocs\.yml: the navigation names pag\.md"):
        reading_order(folder, root)
    assert "names pag.md" in everything(folder / "page.md")[0]


@pytest.mark.parametrize(
    ("file", "code"),
    [
        ("src/scratchnn/perceptron.py", "import numpy as np\n"),
        ("figures/perceptrons.py", "canvas(columns=3, height=2.3, sharey=True)\n"),
    ],
)
def test_a_number_in_a_comment_is_named_with_its_file(
    file: str, code: str, write: Write
) -> None:
    """A page shows the comments of its listings and its figures' programs, too."""
    page = write(SOUND)
    root = page.path.parents[2]
    folder = file.partition("/")[0]
    (root / folder).unlink()
    shutil.copytree(ROOT / folder, root / folder)
    before, _, after = (root / file).read_text("utf-8").partition(code)
    (root / file).write_text(f"{before}{code[:-1]}  # in 97\n{after}", "utf-8")
    place = f"{file}:{line_of(before, len(before))}"
    (found,) = faults(page, root)
    assert found.endswith(f": a number in a comment in {place}: # in 97")


def test_what_a_page_says_of_another_fits_it(write: Write) -> None:
    """It comes before if it showed something, and has the code beside its link."""
    folder = write("# Three").path.parent
    root = folder.parents[1]
    (root / "mkdocs.yml").unlink()
    nav = "nav: [1 One: one.md, page: page.md, 2 Two: two.md]\n"
    (root / "mkdocs.yml").write_text(nav, "utf-8")
    listing = '``` { .python source="scratchnn.perceptron.AND" }\n```'
    (folder / "one.md").write_text(f"---\ntitle: One\n---\n\n# One\n\n{listing}\n")
    exercise, twins = "**1. Twins.** So.", "exercise one, *Twins*"
    (folder / "two.md").write_text(f"---\ntitle: Two\n---\n\n# Two\n\n{exercise}\n")
    one, two = "[chapter 1](one.md)", "[chapter 2](two.md)"
    code = "```python\nfrom scratchnn import AND\n\nassert AND(1, 1)\n```"
    for text, complaint in {
        f"As {one} showed and {two} will.": "",
        f"As {one} will.": "9: chapter 1 will, but comes earlier",
        f"As {two}\nhas shown.": "10: chapter 2 has shown, but comes later",
        f"The `AND` of {one} fires. See {two}.": "",
        f"See {twins}, of {two}, or {twins} in {two}.": "",
        f"See exercise one\nof {two}.": f"9: exercise one is to be called {twins}",
        f"See exercise two in {two}.": "9: there is no exercise two in two.md",
        f"As {one} says.\nThe `AND` of {two} fires.": "10: two.md knows nothing of AND",
    }.items():
        page = write(f"# page\n\n{code}\n\n{text}\n")
        found = " ".join(faults(page, root))
        assert complaint in found
        assert bool(found) == bool(complaint), found


def test_modules_are_named_where_they_are_shown(write: Write) -> None:
    """A page that says where its code lives names no other, and leaves out none."""
    ours, another = "[`perceptron.py`](code.md#perceptron)", "[`data.py`](code.md#data)"
    for text, complaint in {
        f"In {ours}.": "",
        f"In {ours} and {another}.": "34: no listing of this page stands in data.py",
        f"In {another}.": "7: the page shows perceptron.py, but does not link to it",
    }.items():
        page = write(SOUND.replace("A caption.", text))
        (page.path.parent / "code.md").write_text(
            "# The code\n\n## data\n\n## perceptron\n"
        )
        found = faults(page, page.path.parents[2])
        assert complaint in str(found)
        assert bool(found) == bool(complaint)


def test_modules_stand_under_their_names(tmp_path: Path) -> None:
    """Once each, on the page of all code and in the reference."""
    folder = tmp_path / "docs" / "en"
    folder.mkdir(parents=True)
    sound = (
        "# All\n\n## data\n\n::: scratchnn.data\n\n## losses\n\n::: scratchnn.losses\n"
    )
    for old, new, line in (
        ("", "", 0),
        ("## losses", "## layers", 9),
        ("scratchnn.losses", "scratchnn.data", 9),
        (
            "## losses\n\n::: scratchnn.losses\n",
            2 * "## losses\n\n::: scratchnn.losses\n",
            12,
        ),
    ):
        page = folder / "reference.md"
        page.write_text(sound.replace(old, new), "utf-8")
        found = dict(label_faults(Page.read(page), tmp_path))
        assert line in found if line else not found


RUN = {
    "a wrong output": (">>> print(two)\n2", ">>> print(two)\n3", 16),
    "a missing output": (">>> print(two)\n2\n", ">>> print(two)\n", 16),
    "an output too many": (">>> print(two)\n2", ">>> print(two)\n2\n2", 16),
    "a space too many": (">>> print(two)\n2", ">>> print(two)\n 2", 16),
    "a wrong output of a script": ("}\nseen", "}\nsaw", 28),
    "an error that is written and not shown": (
        "two = np",
        "import sys\n\nprint('lost', file=sys.stderr)\ntwo = np",
        16,
    ),
    "a line on the stream of errors of a session": (
        ">>> print(two)",
        ">>> print(two, file=__import__('sys').stderr)\n>>> print(two)",
        16,
    ),
    "an output that is not shown": ("``` { .text .output }\nseen\n```\n", "", 26),
    "another error": ("int() with base 10", "int() with base 9", 18),
    "code that fails": ("np.add(1, 1)", "np.plus(1, 1)", 11),
    "a bound number that is off": ("make 2<!--=", "make 3<!--=", 31),
    "a name that is not there": ("= two -->", "= too -->", 31),
    "a formula that is off": ("$1 + 1 = 2$", "$1 + x = 3$<!--= 2 -->", 31),
    "a bound formula of a name that is not there": (
        "$1 + 1 = 2$",
        "$1 + x = 2$<!--= 2 -->",
        31,
    ),
    "a shape that is off": ("$1 + 1 = 2$", "`(2, 3)`<!--= (3, 2) -->", 31),
    "a displayed formula that does not hold": (
        "A caption.",
        "A caption.\n\n<!-- formula sum: x = 2 -->\n$$\nx - 1 = 3\n$$",
        36,
    ),
    "a displayed formula that cannot be read": (
        "A caption.",
        "A caption.\n\n<!-- formula sum: x = 2 -->\n$$\nx \\star 1 = 3\n$$",
        36,
    ),
    "a case with another word before its condition": (
        "A caption.",
        "A caption.\n\n<!-- formula larger: x = each(1, 2); y = 2 -->\n$$\n"
        r"y = \begin{cases} x & \text{or } x > 1 \\ 2 & \text{otherwise} \end{cases}"
        "\n$$",
        36,
    ),
    "an exit": ("two = np", "import sys\nsys.exit(0)\ntwo = np", 12),
    "a warning": ("np.add(1, 1)", "np.add(1, 1) + 0 * np.log(0.0)", 11),
    "a space that is printed and not shown": ('print("seen")', 'print(" ")', 24),
    "an empty line that is printed and not shown": (
        "two = np.add(1, 1)",
        "two = np.add(1, 1)\nprint()",
        11,
    ),
    "an exit in a comment": ("One and", "<!-- let: x = exit() -->\nOne and", 31),
    "an exit in a formula": ("$1 + 1 = 2$", "$1 + 1 = 2$<!--= exit() -->", 31),
    "a print in a comment": ("One and", "<!-- let: x = print(two) -->\nOne and", 31),
    "a branch that is not taken": (
        "two = np.add(1, 1)",
        "two = np.add(1, 1)\nif two == 3:\n    print('three')",
        13,
    ),
    "a branch that is not taken below one that is": (
        "two = np.add(1, 1)",
        "two = np.add(1, 1)\nif two == 2:\n    two = two + 0\nelse:\n    two = 3",
        15,
    ),
    "an error that does not come": (
        "two = np.add(1, 1)",
        "try:\n    two = np.add(1, 1)\nexcept ValueError:\n    two = 3",
        14,
    ),
    "a branch of a function that is not taken": (
        "two = np.add(1, 1)",
        "def same(x):\n    if x > 2:\n        return 2\n    return x\n\n\n"
        "two = same(np.add(1, 1))",
        13,
    ),
    "a branch in a session that is not taken": (
        "for k in range(2):",
        "for k in range(2):\n...     if k == two:\n...         print(two)",
        45,
    ),
    "an assertion that nothing comes to": (
        "two = np.add(1, 1)",
        "two = np.add(1, 1)\nfor n in []:\n    assert n == two",
        13,
    ),
    "an assertion in a session that nothing comes to": (
        "for k in range(2):",
        "for k in range(2):\n...     if k == two:\n...         assert k > two",
        45,
    ),
    "an assertion in a function that nobody calls": (
        "two = np.add(1, 1)",
        "def same(x):\n    assert x == 2\n\n\ntwo = np.add(1, 1) + 0 * bool(same)",
        12,
    ),
    "an assertion that holds for all of nothing": (
        "two = np.add(1, 1)",
        "two = np.add(1, 1)\nassert all(n == two for n in [])",
        12,
    ),
    "an assertion that holds for no one of nothing": (
        "two = np.add(1, 1)",
        "two = np.add(1, 1)\nassert not any(n == two for n in range(2, two))",
        12,
    ),
    "an assertion of a method that is not called": (
        "two = np.add(1, 1)",
        "two = np.add(1, 1)\nassert two == 2 and two.astype(str).isdigit",
        12,
    ),
    "an assertion of a generator": (
        "two = np.add(1, 1)",
        "two = np.add(1, 1)\nsome = (n == two for n in range(2))\nassert some",
        13,
    ),
    "an assertion of empty arrays": (
        "two = np.add(1, 1)",
        "two = np.add(1, 1)\nassert two == 2 and np.allclose([two][1:], 3)",
        12,
    ),
    "an assertion of all of an empty array": (
        "two = np.add(1, 1)",
        "two = np.add(1, 1)\nassert (np.zeros(0) == two).all()",
        12,
    ),
}


@pytest.mark.parametrize("kind", RUN)
def test_fault_is_seen_by_running(kind: str, write: Write) -> None:
    """Outputs and numbers are compared to the letter, and warnings are errors."""
    old, new, line = RUN[kind]
    assert SOUND.count(old) == 1, "the fault must be planted in one place"
    page = write(SOUND.replace(old, new))
    wrong = [str(o) for o in run(page, page.path.parents[2]) if not o.holds]
    assert wrong
    assert wrong[0].startswith(f"{page.path}:{line}: "), wrong[0]


def test_an_error_that_is_written_may_be_shown(write: Write) -> None:
    """Where it was written; bars of progress are not."""
    code = (
        "import sys\n\nfrom tqdm import tqdm\n\nprint('se', end='')\n"
        "for letters in tqdm(['en']):\n    print(letters, file=sys.stderr)"
    )
    page = write(SOUND.replace('print("seen")', code))
    assert all(outcome.holds for outcome in run(page, page.path.parents[2]))


GOES_THROUGH = {
    "what is empty, but not each time": (
        "for n in range(two + 1):\n    assert all(k < n for k in range(n))"
    ),
    "an iterator, of which it takes as much as it needs": (
        "some = iter([1, 0, 2])\nassert not all(some)\nassert next(some) == 2"
    ),
    "numbers": "assert np.isclose(two, 2.0) and np.all(two == 2)",
    "what a session is to show as false": (
        "assert two\n```\n\n```pycon\n>>> for n in range(2):\n"
        "...     assert n == two\n...     assert n + 1 == two\n...\n"
        "Traceback (most recent call last):\n  ...\nAssertionError"
    ),
    "a failure that is told": (
        "try:\n    assert two == 3\nexcept AssertionError:\n    two = 2"
    ),
    "nothing, where no program comes": "if two != 2:\n    assert False",
}


@pytest.mark.parametrize("kind", GOES_THROUGH)
def test_an_assertion_that_looks_at_something_is_no_fault(
    kind: str, write: Write
) -> None:
    """And it says what it would have said if nobody had watched it."""
    code = f"two = np.add(1, 1)\n{GOES_THROUGH[kind]}"
    page = write(SOUND.replace("two = np.add(1, 1)", code))
    assert all(outcome.holds for outcome in run(page, page.path.parents[2]))


ENDLESS = {
    "a script": ("two = np.add(1, 1)", "two = np.add(1, 1)\nwhile True: pass", 12),
    "that catches all": (
        'print("seen")',
        "while True:\n    try: int(1)\n    except Exception: pass",
        24,
    ),
    "a session": (">>> print(two)\n2", ">>> while True: pass\n...\n2", 17),
    "a number": ("= two -->", "= sum(0 for _ in iter(int, 1)) -->", 31),
    "a formula": ("1 = 2$", "1 = 2$<!--= sum(0 for _ in iter(int, 1)) -->", 31),
    "a value": (
        "One and one",
        "<!-- let: n = sum(0 for _ in iter(int, 1)) -->\nOne and one",
        31,
    ),
}


@pytest.fixture
def no_collector() -> Iterator[None]:
    """Hypothesis watches the collector; an alarm that falls in there only warns."""
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("no_collector")
@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="Windows has no timers")
@pytest.mark.parametrize("kind", ENDLESS)
def test_what_does_not_end_is_a_fault(
    kind: str, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is named with its line."""
    monkeypatch.setattr(session, "SECONDS", 0.1)
    good, endless, line = ENDLESS[kind]
    page = write(SOUND.replace(good, endless))
    wrong = [out for out in run(page, page.path.parents[2]) if not out.holds]
    assert "TooLong: this did not end in 0.1 seconds" in str(wrong[0])
    assert str(wrong[0]).startswith(f"{page.path}:")
    assert wrong[0].line in range(line, line + 3)


@pytest.mark.usefixtures("no_collector")
@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="Windows has no timers")
@pytest.mark.parametrize("inner", [0.01, 60])
def test_limits_stand_inside_each_other(inner: float) -> None:
    """The outer one goes on where the inner one ends, whichever is longer."""

    def work() -> None:
        with contextlib.suppress(TooLong), limited(inner):
            sum(0 for _ in iter(int, 1))
        sum(0 for _ in iter(int, 1))

    with pytest.raises(TooLong, match=r"did not end in 0\.2 seconds"), limited(0.2):
        work()


def test_a_figure_that_clobbers_a_name_is_named(write: Write) -> None:
    """Its program would, for who pastes it, between the name's making and its use."""
    made = SOUND.replace("two = np", "gates = 2\ntwo = np")
    used = made.replace(">>> for k in range(2):", ">>> for k in range(gates):")
    page = write(used)
    complaint = f"{page.path}:34: the figure's program makes another gates"
    assert faults(page, page.path.parents[2]) == [complaint]
    unused = write(made.replace("print(two)", "print(two + 0 * gates)"))
    assert faults(unused, unused.path.parents[2]) == []
    taken = ">>> print((lambda gates: gates)(0))\n    0\n    >>> for k in range(2):"
    own = write(made.replace(">>> for k in range(2):", taken))
    assert faults(own, own.path.parents[2]) == []


WORKING = {
    "a number that is none": 'nan = float("nan")\nassert nan != nan',
    "two draws": "rng = np.random.default_rng(0)\nassert rng.random() != rng.random()",
    "what may be nothing": (
        "import re\n\nfound = re.search(two.dtype.char, 'all')\n"
        "assert found is not None and len(found[0]) > 0"
    ),
    "what is something in one line of two": (
        "best = None\nfor n in range(3):\n    if n == two:\n        best = 2\n"
        "assert best is not None"
    ),
    "what only looks like itself": "assert two + 1 != two and 0 * two == 0 == 1 // two",
    "what is among others": "assert two in (1, 2) and not np.any(two < [1, 2])",
    "nothing that is meant": (
        "class Two:\n    pass\n\n\ntry:\n    two / 0\nexcept TypeError:\n    pass\n"
        "else:\n    assert two == 2 != Two"
    ),
    "a call that is tried": (
        "from contextlib import suppress\n\nwith suppress(ValueError):\n"
        '    int("two")\n    print("no")\n\n'
        'try:\n    [1] @ two\nexcept ValueError:\n    print("seen")'
    ),
    "a call that is tried as a member": (
        "import contextlib\n\nwith contextlib.suppress(ValueError):\n"
        '    int("two")\n    print("no")'
    ),
    "methods that do something and are called like others": (
        "from threading import Thread\n\nfor thread in [Thread(target=print)]:\n"
        "    thread.start()\n    thread.join()\n    assert not thread.is_alive()"
    ),
    "functions of NumPy that do something": (
        "def fill(x):\n    np.copyto(x, 2)\n    np.add(x, 0, out=x)\n\n\n"
        "ones = np.ones(2)\nfill(ones)\nassert np.all(ones == 2)"
    ),
    "a function that is given": (
        'def call(function):\n    """Call it."""\n    function(sum([1]))\n\n\n'
        "for seen in ([], [0]):\n    call(seen.append)\n    assert seen[-1] == 1"
    ),
    "a function that prints": "def show(x):\n    print(x)\n\n\nshow(two)",
    "a function that asserts": "def same(x):\n    assert x == 2\n\n\nsame(two)",
    "a function that changes what it is given": (
        "def fill(x):\n    x[:] = 2\n\n\nones = np.ones(2)\nfill(ones)\n"
        "assert np.all(ones == 2)"
    ),
    "a function that names what it only counts or drops": (
        "def show(x):\n    _, n = x, 0\n    n += 1\n    print(x)\n\n\nshow(two)"
    ),
    "a shuffle": (
        "deck = [2, 2]\nnp.random.default_rng(0).shuffle(deck)\nassert deck == [2, 2]"
    ),
    "a diagonal": (
        "grid = np.ones((2, 2))\nnp.fill_diagonal(grid, 2)\nassert grid.max() > 1"
    ),
    "a place for the result": (
        "pair = np.ones(2)\nnp.add(1, 1, out=pair)\nassert pair[0] > 1"
    ),
    "something that is deleted": (
        'bag = {"a": 1, "b": 2}\ndel bag["b"]\nassert len(bag) == 1'
    ),
    "a line on the screen": 'import sys\n\nsys.stdout.write("seen")',
    "a function from elsewhere whose output is shown": (
        "from pprint import pprint\n\npprint(two)"
    ),
}


@pytest.mark.parametrize("kind", WORKING)
def test_what_is_seen_is_no_fault(kind: str, write: Write) -> None:
    """Whoever writes sound code is not told that it does nothing."""
    page = write(SOUND.replace('print("seen")', WORKING[kind]))
    assert faults(page, page.path.parents[2]) == []


@pytest.mark.parametrize(
    "command",
    [
        "make test",
        "python -m pip install numpy",
        "python -m bookbinder.make --check",
        ".venv/bin/python -m bookbinder.check.order docs/en/page.md",
        "python -c 'from scratchnn import XOR'",
    ],
)
def test_a_command_in_a_sentence_is_no_code_of_the_page(
    command: str, write: Write
) -> None:
    """Every page may name one that can be carried out."""
    page = write(SOUND.replace("A caption.", f"A caption, and `{command}`."))
    assert faults(page, page.path.parents[2]) == []


def test_make_knows_what_its_file_says_now(write: Write) -> None:
    """Not what it said when Python began: who serves the book may change both."""
    page = write(SOUND.replace("$ make test", "$ make later"))
    root = page.path.parents[2]
    assert "make does not know later" in " ".join(faults(page, root))
    (root / "Makefile").unlink()
    (root / "Makefile").write_text("later:\n", "utf-8")
    assert faults(page, root) == []


SAID_WELL = {
    "a heading and its first word": "## Softmax\n\nSoftmax is next.",
    "a number with a hyphen": "It is twenty-five<!--= spelt(12.5 * two) -->.",
    "millions that are computed": "So two<!--= spelt(2_000_000 // 10**6) --> million.",
    "a figure and then a number": "In the figure three squares are cut.",
    "what stands above": "As the figure above and the listing above say.",
    "a member of NumPy": "By `np.floor` and by `np.add()`..",
    "half an open interval": "In $[0, 1)$<!--= [0, 1] -->, or $(0, 1]$<!--= two -->.",
    "an exercise by number and title": (
        'Exercise one, *One*, and the exercise "One".\n\n**1. One.** So.\n\n'
        '??? solution "Solution"\n\n    So.'
    ),
    "addresses of all kinds": (
        "See [one](http://www.example.org/~ada/), [two](https://example.org/a:b:c?==), "
        "[three](https://a.org/web/https://b.org/_c), [four](https://example.org#top) "
        "and [five](https://example.org:8080/Gate_%28logic%29)."
    ),
    "a table of bits": "A.\n\n| a | b |\n|---|---|\n| 0 | 0 |\n| 0 | 1 |\n",
    "another year in an expression": (
        "Twelve<!--= spelt(1969 - 1957) --> years later, in 1969, came Minsky."
    ),
    "a letter of another alphabet": (
        r"Let it be $\alpha = 2$<!--= two -->."
        "\n\n<!-- let: alpha = two -->\n"
        r"Then $\alpha$ is it."
    ),
    "a function in a comment": (
        "<!-- let: def twice(x):\n        return 2 * x -->\n"
        "Four<!--= spelt(twice(two)) -->."
    ),
    "code with brackets as a link has them": (
        "So `[int][0]()` is it.\n\n```pycon\n>>> [int][0]()\n0\n```"
    ),
    "code beside its value": "And `two + 2` is four<!--= spelt(two + 2) -->.",
    "times with colons": "It is written h:m:s and a:b:c.",
    "a list in a list": "A:\n\n1. One.\n\n    - Of two.\n\n2. Another.",
}


@pytest.mark.parametrize("kind", SAID_WELL)
def test_what_is_said_well_is_no_fault(kind: str, write: Write) -> None:
    """Checks that cry wolf are soon switched off."""
    page = write(SOUND.replace("A caption.", SAID_WELL[kind]))
    assert faults(page, page.path.parents[2]) == []


def test_a_page_is_looked_at_before_it_is_stored(write: Write) -> None:
    """Where its links lead to is in the text that is given, and not yet on the disk."""
    page = write(SOUND)
    text = SOUND.replace("(#a-page", "(#part").replace(
        "A caption.", "## A part {#part}"
    )
    found = faults(Page(page.path, text), page.path.parents[2])
    assert [fault for fault in found if "leads to 'A part'" in fault]


def test_a_title_may_stand_in_quotation_marks(write: Write) -> None:
    """One that begins with a number has to; the heading below it has none."""
    page = write(SOUND.replace("title: A page", 'title: "A page"'))
    assert page.title == "A page"
    assert faults(page, page.path.parents[2]) == []


def test_an_assertion_of_something_false_can_fail(write: Write) -> None:
    """It says that a line is not reached."""
    code = "two = np.add(1, 1)\nif two != 2:\n    assert False"
    page = write(SOUND.replace("two = np.add(1, 1)", code))
    assert faults(page, page.path.parents[2]) == []


def test_a_page_leaves_no_print_options_behind(write: Write) -> None:
    """Or what the next page prints would depend on the order of the pages."""
    before = np.get_printoptions()
    change = "np.set_printoptions(precision=2)\nassert np.pi\ntwo = np"
    page = write(SOUND.replace("two = np", change))
    run(page, page.path.parents[2])
    assert np.get_printoptions() == before


def test_bad_tex_fails_the_build(write: Write) -> None:
    """With the line that it stands in, not the first that has the same letters."""
    text = SOUND.replace("$1 + 1 = 2$", r"$\frac{1}{x$<!--= 1 -->")
    good = r"Let $2 \frac{1}{x}$<!--= 2 --> be." + "\n\n```pycon\n>>> print(two)"
    page = write(text.replace("```pycon\n>>> print(two)", good))
    with pytest.raises(BookError, match=re.escape(f"{page.path}:33: bad TeX")):
        build(page)


def test_bad_tex_is_named_by_its_own_page(write: Write) -> None:
    """Not by another that has a formula with the same beginning."""
    page = write(SOUND.replace("A caption.", "It is $\\frac{1}{w$<!--= 1 --> here."))
    other = page.path.with_name("another.md")
    other.write_text("# Another\n\nIt is $\\frac{1}{w}$ here.\n", "utf-8")
    with pytest.raises(BookError, match=re.escape(f"{page.path}:34: bad TeX")):
        build(page)


def test_a_root_over_a_fraction_fails_the_build(write: Write) -> None:
    """The font's roots are as high as a line, and would not reach around it."""
    page = write(SOUND.replace("$1 + 1 = 2$", r"$\sqrt{\frac{1}{x}}$<!--= 1 -->"))
    with pytest.raises(BookError, match=r"page.md:\d+: a root over a fraction"):
        build(page)


@pytest.mark.parametrize("backslash", ["\\", r"\\"])
def test_bad_tex_is_named_in_the_docstring_it_stands_in(
    backslash: str, write: Write
) -> None:
    """With the file and the line, whether the docstring is raw or not."""
    root = write(SOUND).path.parents[2]
    (root / "src").unlink()
    file = root / "src" / "scratchnn" / "losses.py"
    file.parent.mkdir(parents=True)
    file.write_text(f'"""Losses.\n\nIt is ${backslash}frac{{1}}{{w$.\n"""\n', "utf-8")
    md = converter(root)
    md.treeprocessors.register(Treeprocessor(), "mkdocstrings_ids", 0)
    with pytest.raises(BookError, match=re.escape(f"{file}:3: bad TeX")):
        md.convert(r"It is $\frac{1}{w$.")


def test_a_bracket_too_many_in_a_docstring_fails_the_build(write: Write) -> None:
    """Its page is made of the library, which no check of pages reads."""
    root = write(SOUND).path.parents[2]
    (root / "src").unlink()
    file = root / "src" / "scratchnn" / "losses.py"
    file.parent.mkdir(parents=True)
    file.write_text('"""Losses.\n\nIt is $f(x))$.\n"""\n', "utf-8")
    md = converter(root)
    md.treeprocessors.register(Treeprocessor(), "mkdocstrings_ids", 0)
    with pytest.raises(BookError, match=re.escape(f"{file}:3: a ) without")):
        md.convert(r"It is $f(x))$.")


def test_a_full_stop_stays_with_its_formula(write: Write) -> None:
    """Or a line of the page could begin with it."""
    html = build(write(SOUND.replace("2$. See", "2$). See")))
    assert "</math>).</span> See" in html


def test_a_hat_keeps_off_its_letter(write: Write) -> None:
    """In Chromium it would touch it if it were an accent."""
    formula = "<!-- formula hat: m_hat = 2 -->\n$$\n\\hat{m} = 2\n$$\n\n"
    html = build(write(SOUND.replace("One and", f"{formula}One and")))
    assert '<mover><mi>m</mi><mo stretchy="false" style="font-size: 1em">ˆ</mo>' in html


def test_an_output_of_many_ticks_stays_an_output(write: Write) -> None:
    """The fence around it is always longer."""
    script, ticks = "```python\nprint(8 * '`')\n```\n\n", 8 * "`"
    output = f"`{ticks} {{ .text .output }}\n{ticks}\n`{ticks}\n\n"
    html = build(write(SOUND.replace("One and", f"{script}{output}One and")))
    assert f"\n{ticks}\n" in re.sub("<[^>]*>", "", html)


def test_a_comment_in_a_caption_does_not_end_it(write: Write) -> None:
    """The page shows as a caption what a test has to quote."""
    page = write(SOUND.replace("A caption.", "A\n<!-- let: n = 3 -->\ncaption."))
    shown = re.search(r"<figcaption>(.*?)</figcaption>", build(page), re.DOTALL)
    assert shown
    assert shown[1].split() == ["A", "caption."]
    assert said(page, page.figures[0]).endswith("straight line A caption.")


def test_a_page_may_be_named_from_where_one_stands(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its faults are found in the book all the same, and named with its whole path."""
    page = write(SOUND.replace("A caption.", "See chapter 3."))
    root = page.path.parents[2]
    monkeypatch.chdir(page.path.parent)
    near = Page.read(Path("page.md"))
    assert faults(near, root) == faults(page, root) != []


def test_fence_that_never_closes(write: Write) -> None:
    page = write(SOUND + "\n```python\n")
    with pytest.raises(BookError, match=r"page.md:\d+: this fence is never closed"):
        faults(page, page.path.parents[2])
