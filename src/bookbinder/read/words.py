"""What the machinery says on a page, in the language of the page's edition.

English stands in the code that says it, and is the key here; what has no words here is
said in English. The figures have a table of their own, `figures/words.py`, and so has
the script of the pages, `theme/assets/book.js`; the word before a trap stands in the
style sheet, `theme/assets/book.css`.
"""

DOT = "\N{NO-BREAK SPACE}· "
"""What stands between the parts of a line; no line begins with it."""

WORDS: dict[str, dict[str, str]] = {
    "zh": {
        "line {}": "第 {} 行",
        "lines {}": "第 {} 行",
        "{} and {}": "{} 和 {}",
        "shown first in {}": "首次出现于{}",
        "The code that draws this figure": "绘制此图的代码（文字为英文）",
        "Source: {}": "源码：{}",
        "Introduced in {}": "引入于{}",
        "reference": "参考",
        "{} in the reference": "参考中的 {}",
        "Chapter {}": "第 {} 章",
        "About {} minutes": "约 {} 分钟",
        "{} minutes": "{} 分钟",
        "Run this page": "运行本页",
        "Notebook": "笔记本",
        "Download this notebook": "下载此笔记本",
        "Permanent link": "永久链接",
        "# {}, from line {}": "# {}，从第 {} 行起",
        "{}: described in {}": "{}：说明见 {}",
        "Trap: ": "陷阱：",
        "*This notebook is a page of the book {book}, made for you to run and change. "
        'It needs*\n`pip install ".[plot]"` *in a copy of the project.*': (
            "*本笔记本是《{book}》一书中的一页，供你运行和修改。它需要在项目的副本中执行*\n"
            '`pip install ".[plot]"`*。*'
        ),
        "Neural networks from scratch in NumPy": "用 NumPy 从零开始写神经网络",
        "How this book is checked": "本书如何得到检验",
        "The whole book on one page": "整本书在一页上",
        ", to print or to keep": "，可打印或保存",
        "The whole book": "整本书",
        "This is the whole book on one page, ready to be printed or saved as a PDF.": (
            "这是整本书的单页版本，可以打印或存为 PDF。"
        ),
        "Back to the book in pages": "回到分页的书",
        "This page as plain Markdown": "本页的纯 Markdown 版本",
        "There is no such page": "没有这个页面",
        "The address may be mistyped, or the page may have moved.": (
            "地址可能有误，或者页面已经移走。"
        ),
        "Look for": "查找",
        "Or is it one of these?": "或者是下面的某一页吗？",
        "Search the book": "在书中搜索",
        "Code block": "代码块",
    },
}
"""By language, what is said in it for what is said in English."""


def say(text: str, language: str) -> str:
    """A text in a language; in English where there are no words for it.

    >>> say("About {} minutes", "zh").format(30), say("Something else", "zh")
    ('约 30 分钟', 'Something else')
    """
    return WORDS.get(language, {}).get(text, text)
