"""`python -m figures` draws what is out of date, runs the labs, writes the notebooks.

With `--check` it changes nothing and says what is out of date.
"""

from bookbinder import cards, drawing, labs, notebooks

if __name__ == "__main__":  # the processes that help to draw read this file, too
    cards.main()
    drawing.main()
    labs.rerun()
    notebooks.write()
