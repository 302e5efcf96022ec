"""Does for the site what MkDocs alone does not.

`language`, `navigation`, `lab_pages`, `searching` and `templates` are hooks of MkDocs,
and add nothing that the text needs. `extras` are what there is besides pages, such as
pages in `plain` text and the whole book on `one_page`; `ahead` converts pages side by
side, `kept` takes those that have not changed from the last build, and `lean` leaves
out what no page needs.
"""
