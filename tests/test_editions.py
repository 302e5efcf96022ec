"""A translation fits: its own titles and words, and the code of the original."""

import ast
import os
import re
import runpy
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import matplotlib
import pytest
from fontTools.ttLib import TTFont
from lxml.html import parse

from bookbinder import ROOT, BookError
from bookbinder.check.editions import edition_faults
from bookbinder.check.faults import faults
from bookbinder.convert.binding import locate
from bookbinder.convert.reading import minutes
from bookbinder.make.drawing import digest, draw, redraw
from bookbinder.make.fonts import OURS
from bookbinder.read.book import config_of, navigation
from bookbinder.read.pages import Page
from bookbinder.read.source import program
from bookbinder.read.words import WORDS
from bookbinder.run.session import run

ENGLISH = """\
docs_dir: docs/en
site_url: !ENV [SITE_URL, ""]
nav:
  - Front: index.md
  - "Part I: Gates":
      - 1 Gates: gates.md
      - A lab: notebooks/lab.ipynb
  - More: !!python/name:somewhere.else
  - more.md
"""
CHINESE = """\
INHERIT: mkdocs.yml
docs_dir: docs/zh
nav:
  - 首页: index.md
  - 第一部分：门:
      - 1 门: gates.md
"""

PAGE = """\
---
title: Gates
---

# Gates

<!-- let: bits = [0, 1]; corners = 2**2 -->

There are four<!--= spelt(corners) --> corners and 2<!--= len(bits) --> inputs.

``` { .python source="scratchnn.perceptron.np" }
```

```python
x = 1  # a one
print(x)
```

``` { .text .output }
1
```

```pycon
>>> x + 1
2
```

So much for [chapter 1](gates.md), at 100<!--= corners * 25 --> per cent.
"""
TRANSLATED = """\
---
title: 门
---

# 门

<!-- let: bits = [0, 1]; corners = 2**2 -->

两个输入，即 2<!--= len(bits) --> 个，有4<!--= spelt(corners) -->个角。

``` { .python source="scratchnn.perceptron.np" }
```

```python
# 一个一
x = 1
print(x)
```

``` { .text .output }
1
```

```pycon
>>> x + 1  # 加一
2
```

[第 1 章](gates.md)完成了百分之 100<!--= corners * 25 -->。
"""


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """A book in two languages, of which there are only the configurations."""
    (tmp_path / "mkdocs.yml").write_text(ENGLISH, "utf-8")
    (tmp_path / "mkdocs.zh.yml").write_text(CHINESE, "utf-8")
    return tmp_path


def test_each_edition_has_its_own_navigation(book: Path) -> None:
    """Found by its folder; what a configuration does not say, it inherits."""
    english = {
        "index.md": "Front",
        "gates.md": "1 Gates",
        "notebooks/lab.ipynb": "A lab",
        "more.md": "",
    }
    chinese = {"index.md": "首页", "gates.md": "1 门"}
    assert navigation(book / "docs" / "en", book) == english
    assert navigation(book / "docs" / "zh", book) == chinese
    untitled = CHINESE.partition("nav")[0]
    (book / "mkdocs.zh.yml").write_text(untitled, "utf-8")
    assert navigation(book / "docs" / "zh", book) == english
    (book / "mkdocs.zh.yml").unlink()
    with pytest.raises(BookError, match=r"no mkdocs\*\.yml says docs_dir: docs/zh"):
        navigation(book / "docs" / "zh", book)


def test_a_configuration_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    """With the line: who adds an edition writes one by hand."""
    (tmp_path / "mkdocs.yml").write_text("docs_dir: docs/en\nnav: [\n", "utf-8")
    with pytest.raises(BookError, match=r"mkdocs\.yml:3: .* expected"):
        config_of(tmp_path / "docs" / "en", tmp_path)


def test_a_page_is_called_as_in_its_own_navigation(book: Path) -> None:
    """And not as in that of another language."""
    for language, title in (("en", "Gates"), ("zh", "门"), ("zh", "Gates")):
        path = book / "docs" / language / "gates.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"---\ntitle: {title}\n---\n\n# {title}\n", "utf-8")
        found = faults(Page.read(path), book)
        if (language, title) == ("zh", "Gates"):
            (fault,) = found
            assert fault.endswith("the navigation calls the page '1 门', not 'Gates'")
        else:
            assert found == []


def test_every_word_is_said_somewhere() -> None:
    """By a module or by the theme: no text has changed and left its words behind."""
    said = {
        node.value
        for path in (ROOT / "src" / "bookbinder").rglob("*.py")
        if path.name != "words.py"
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    for path in (ROOT / "theme").rglob("*.html"):
        said |= {
            *re.findall(r"""words\.say\(["'](.+?)["']\)""", path.read_text("utf-8"))
        }
    for words in WORDS.values():
        assert words.keys() <= said


def test_words_keep_their_places_for_numbers_and_names() -> None:
    """As many as in English."""
    for words in WORDS.values():
        for english, other in words.items():
            assert english.count("{") == other.count("{"), english


def test_an_untranslated_page_belongs_to_its_own_edition(book: Path) -> None:
    """Though its text stands in another, which comes first."""
    for language in ("en", "zh"):
        (book / "docs" / language).mkdir(parents=True)
        (book / "docs" / language / "gates.md").write_text("# Gates\n", "utf-8")
    page, skipped = locate(["# Gates"], book, str(book / "docs" / "zh"))
    assert (page.language, skipped) == ("zh", 0)


@pytest.mark.parametrize(("signs", "time"), [(100, 0), (1500, 5), (3000, 10)])
def test_time_grows_with_the_signs_of_chinese(
    signs: int, time: int, book: Path
) -> None:
    """Which has no spaces to count words by."""
    path = book / "page.md"
    path.write_text(
        "# 门\n\n" + signs * "读" + "\n\n```pycon\n>>> 1\n1\n```\n", "utf-8"
    )
    assert minutes(Page.read(path)) == time


@pytest.fixture
def translated(book: Path) -> Path:
    """The page of a small book, in Chinese."""
    (book / "src").symlink_to(ROOT / "src")
    for language, text in (("en", PAGE), ("zh", TRANSLATED)):
        path = book / "docs" / language / "gates.md"
        path.parent.mkdir(parents=True)
        path.write_text(text, "utf-8")
    return path


def test_a_translation_has_other_words_and_numbers_in_another_order(
    translated: Path, book: Path
) -> None:
    """Its comments are its own, and a number that was a word is in digits."""
    for language in ("en", "zh"):
        page = Page.read(book / "docs" / language / "gates.md")
        assert faults(page, book) == []
        assert [str(outcome) for outcome in run(page, book) if not outcome.holds] == []


@pytest.mark.parametrize(
    ("old", "new", "line", "complaint"),
    {
        "a listing": ("perceptron.np", "perceptron.AND", 11, "gates.md:11 has"),
        "a statement": ("print(x)", "print(x + 0)", 14, "gates.md:14 has"),
        "an output": ("output }\n1", "output }\n2", 20, "gates.md:19 has"),
        "a prompt": (">>> x + 1", ">>> 1 + x", 24, "gates.md:23 has"),
        "an answer": ("\n2\n", "\n3\n", 24, "gates.md:23 has"),
        "a number": ("len(bits)", "2", 9, "gates.md:9 has"),
        "a value": ("2**2", "4", 7, "gates.md:7 has"),
        "too little": ("100<!--= corners * 25 -->", "", 29, "28 is missing here"),
        "too much": (
            "-->。",
            "-->，是 5<!--= max(corners, 5) --> 的倍数。",
            29,
            "nothing like this",
        ),
    }.values(),
)
def test_a_translation_that_runs_something_else_is_seen(
    old: str, new: str, line: int, complaint: str, translated: Path, book: Path
) -> None:
    """The first place is named, and that of the original."""
    text = translated.read_text("utf-8")
    assert text.count(old) == 1
    translated.write_text(text.replace(old, new), "utf-8")
    ((where, what),) = edition_faults(Page.read(translated), book)
    assert where == line
    assert complaint in what
    assert any(
        f":{line}: {what}" in fault for fault in faults(Page.read(translated), book)
    )


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("-->个角", "-->百个角", "4百 is not all computed"),
        ("有4", "有三4", "三4 is not all computed"),
        ("[第 1 章](gates.md)", "第 1 章", "chapter 1 is named without a link"),
        ("[第 1 章]", "[第 2 章]", "links to chapter 1"),
    ],
)
def test_rules_for_sentences_know_chinese(
    old: str, new: str, complaint: str, translated: Path, book: Path
) -> None:
    """Numbers end where no numeral follows; chapters are linked by their numbers."""
    translated.write_text(translated.read_text("utf-8").replace(old, new), "utf-8")
    assert any(complaint in fault for fault in faults(Page.read(translated), book))


Sheet = Callable[..., str]

FIGURE = """\
from figures.style import BLUE, canvas


def total():
    figure, axes = canvas()
    axes.plot([0, 1], color=BLUE, label="sum")
    axes.set_xticks([0, 1], ["sum", "$w$"])
    axes.legend()
    return figure
"""


@pytest.fixture
def sheet(book: Path) -> Sheet:
    """Draws a figure with the word "sum" in Chinese, with other words and fonts."""
    (book / "src").symlink_to(ROOT / "src")
    (book / "figures").mkdir()
    (book / "figures" / "style.py").symlink_to(ROOT / "figures" / "style.py")
    (book / "figures" / "sums.py").write_text(FIGURE, "utf-8")

    def sheet(words: str, fonts: str = "{}") -> str:
        table = f"WORDS = {words}\nFONTS = {fonts}\n"
        (book / "figures" / "words.py").write_text(table, "utf-8")
        return draw("figures.sums.total", book, "zh")

    return sheet


def test_a_figure_says_in_other_words_what_its_program_says(
    sheet: Sheet, book: Path
) -> None:
    """In ticks and legend, too; the English drawing does not know of it."""
    plain = sheet("{}")
    english = draw("figures.sums.total", book)
    other = sheet('{"zh": {"sum": "he"}}')
    texts = re.compile("<!-- (.+?) -->")
    before, after = texts.findall(english)[:-1], texts.findall(other)[:-1]
    assert before.count("sum") == 2
    assert after == ["he" if text == "sum" else text for text in before]
    assert draw("figures.sums.total", book) == english
    assert plain.rpartition("<!--")[0] == english.rpartition("<!--")[0]
    assert len({digest("figures.sums.total", book, x) for x in ("en", "zh", "de")}) == 3


def test_words_in_a_figure_need_a_font_that_has_them(sheet: Sheet, book: Path) -> None:
    """Or readers would see boxes; what is in the other fonts is taken from those."""
    words = '{"zh": {"sum": "和 sum"}}'
    with pytest.raises(BookError, match=r"total: Glyph .* See figures/words\.py"):
        sheet(words)
    font = TTFont(Path(matplotlib.get_data_path(), "fonts", "ttf", "DejaVuSerif.ttf"))
    for table in font["cmap"].tables:
        table.cmap = {ord("和"): "A"}
    for name in font["name"].names:
        name.string = "A font for one sign"
    font.save(book / "figures" / "zh.ttf")
    drawing = sheet(words, '{"zh": "figures/zh.ttf"}')
    assert re.search(r'id="Afontforonesign-\w+"', drawing)


def test_the_words_of_the_figures_stand_for_words_that_they_hold() -> None:
    """Line by line: what is in no English drawing is misspelt, or has gone."""
    held = {
        text
        for path in (ROOT / "docs" / "en" / "figures").rglob("*.svg")
        for text in re.findall("<!-- (.+?) -->", path.read_text("utf-8"))
    }
    table = runpy.run_path(str(ROOT / "figures" / "words.py"))["WORDS"]
    for words in table.values():
        assert {line for text in words for line in text.split("\n")} <= held


SETTINGS = (ROOT / "mkdocs.yml").read_text("utf-8")
NAVIGATION = re.compile(r"^nav:\n( .*\n)+", re.MULTILINE)

TITLES = {
    "en": {
        "index": "Front",
        "nets": "1 Networks",
        "code": "Code",
        "reference": "Reference",
    },
    "zh": {"index": "首页", "nets": "1 网络", "code": "代码", "reference": "Reference"},
}
NETS = """
{sentence}

``` {{ .python source="scratchnn.two_layer_net.np" }}
```

``` {{ .python source="scratchnn.two_layer_net.np" again="true" }}
```

``` {{ .python source="scratchnn.two_layer_net.TwoLayerNet" }}
```

```pycon
>>> 1 + 1  # {comment}
2
```

![{alt}](figures/sums/total.svg)
{caption}
"""
ENGLISH_WORDS = {
    "run": "How to run it",
    "sentence": "It has two<!--= spelt(1 + 1) --> layers.",
    "comment": "two of them",
    "alt": "A line from nothing to one, called sum",
    "caption": "The sum grows.",
}
CHINESE_WORDS = {
    "run": "运行各章",
    "sentence": "它有 2<!--= spelt(1 + 1) --> 层。",
    "comment": "两层",
    "alt": "一条从零升到一的直线，图例把它叫做 sum，坐标轴上也写着。",
    "caption": "和在增长。",
}


def write_edition(root: Path, language: str, words: dict[str, str]) -> None:
    """Four pages: the front, a chapter, the code, and the reference, untranslated."""
    titles = TITLES[language]
    texts = {
        "index": "".join(f"- [{titles[x]}]({x}.md)\n\n" for x in [*titles][1:]),
        "nets": NETS.format(**words),
        "code": '``` { .python source="scratchnn.two_layer_net" }\n```\n',
        "reference": "::: scratchnn.two_layer_net\n",
    }
    folder = root / "docs" / language
    folder.mkdir(parents=True)
    for name, text in texts.items():
        title = titles[name].lstrip("1 ")
        front = f"---\ntitle: {title}\n---\n\n# {title}\n\n"
        run_it = f"## {words['run']} {{ #run-it }}\n\n" if name == "index" else ""
        (folder / f"{name}.md").write_text(front + run_it + text, "utf-8")


@pytest.fixture
def editions(sheet: Sheet, book: Path) -> Path:
    """A book in two languages that MkDocs can build."""
    for name in ("src", "mkdocs.yml", "mkdocs.zh.yml"):
        (book / name).unlink()
    (book / "src").mkdir()
    shutil.copytree(ROOT / "src" / "bookbinder", book / "src" / "bookbinder")
    (book / "src" / "scratchnn").symlink_to(ROOT / "src" / "scratchnn")
    (book / "pyproject.toml").symlink_to(ROOT / "pyproject.toml")
    (book / "theme").mkdir()
    for part in (ROOT / "theme").iterdir():
        if part.name != "fonts":  # to cut them all takes long
            (book / "theme" / part.name).symlink_to(part)
    (book / "theme" / "fonts").mkdir()
    for name in OURS.values():
        font = ROOT / "theme" / "fonts" / f"{name}.woff2"
        (book / "theme" / "fonts" / font.name).symlink_to(font)
    write_edition(book, "en", ENGLISH_WORDS)
    write_edition(book, "zh", CHINESE_WORDS)
    nav = {
        language: "nav:\n" + "".join(f"  - {t}: {x}.md\n" for x, t in titles.items())
        for language, titles in TITLES.items()
    }
    (book / "mkdocs.yml").write_text(NAVIGATION.sub(nav["en"], SETTINGS), "utf-8")
    own = "INHERIT: mkdocs.yml\ndocs_dir: docs/zh\nsite_dir: site/zh\n"
    theme = "site_name: 网络\ntheme:\n  language: zh\n"
    (book / "mkdocs.zh.yml").write_text(own + theme + nav["zh"], "utf-8")
    sheet('{"zh": {"sum": "he"}}')
    redraw(book)
    return book


def test_a_second_edition_is_built_in_its_own_language(editions: Path) -> None:
    """Its titles, its words, its drawings; and the code of the first."""
    built = subprocess.run(
        [sys.executable, "-m", "bookbinder.publishing", "--edition", "zh"],
        cwd=editions,
        env={**os.environ, "PYTHONPATH": str(editions / "src")},
        capture_output=True,
        text=True,
    )
    assert built.returncode == 0, built.stderr
    site = editions / "site" / "zh"
    chapter, reference, front = (
        words_of(site / name / "index.html") for name in ("nets", "reference", "")
    )
    assert "网络 - 网络" in chapter
    assert "首页 1 网络 5 分钟 代码 Reference" in chapter
    assert "约 5 分钟 · 运行本页" in chapter
    assert re.search(r"第 \d+ 行 · 首次出现于网络", chapter)
    assert re.search(r"第 \d+–\d+ 行 · 参考", chapter)
    assert "绘制此图的代码" in chapter
    assert "本书如何得到检验 · 整本书在一页上，可打印或保存" in chapter
    assert "引入于网络 · 源码：scratchnn/two_layer_net.py, 第" in reference
    assert "Introduced" not in reference
    assert "运行各章" in front
    assert "没有这个页面" in words_of(site / "404.html")
    assert "这是整本书的单页版本" in words_of(site / "book.html")
    assert '本页的纯 Markdown 版本"' in (site / "nets/index.html").read_text("utf-8")
    assert "# scratchnn/two_layer_net.py，从第" in (site / "nets.md").read_text("utf-8")
    assert "<!-- he -->" in (site / "figures/sums/total.svg").read_text("utf-8")
    original = Page.read(editions / "docs" / "en" / "nets.md")
    code = [block.shown(editions) for block in original.blocks]
    code.append(program("figures.sums.total", editions))
    shown = [pre.text_content() for pre in parse(site / "nets/index.html").iter("pre")]
    both = ENGLISH_WORDS["comment"], CHINESE_WORDS["comment"]
    assert [text.rstrip() for text in shown] == [text.replace(*both) for text in code]


def words_of(html: Path) -> str:
    """All that a built page says, with single spaces."""
    return " ".join(parse(html).getroot().text_content().split())
