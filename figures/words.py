r"""The words in the figures in other languages: what stands for the English.

A figure is drawn by the same program in every edition, and says in it what it says in
English. Texts that stand here are replaced as Matplotlib is given them, each whole:

    WORDS = {"de": {"two inputs\nmeet here": "hier treffen sich\nzwei Eingaben"}}

A language with letters that our font lacks names another, as a file that Matplotlib
and Pillow can read: `theme/fonts/…`. The cards, pictures for links, are set in it, too.
"""

WORDS: dict[str, dict[str, str]] = {}
FONTS: dict[str, str] = {}
