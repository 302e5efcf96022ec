"""Makes what stands beside the pages, whenever it is out of date: `make figures`.

`drawing` draws the figures, for which `fonts` unpacks those of the page; `cards`
draws the pictures for links, `labs` runs the labs, and `notebooks` writes each chapter
as a notebook. `__main__` has all of them do so.
"""
