"""Finds what is wrong with a page or with the whole book.

For a page, `faults` asks all others: `dialect` how it is written, `fences` whether its
code is run, `bindings` what computes its numbers, `figures` what draws its figures,
`prose` what its sentences say, `pointers` what they say of other places in the book,
`labels` the words around code, `commands` those for the shell, `statements` what its
code does, `assertions` which of its assertions cannot fail, and `editions` whether a
translation has the same. For the book, `order` asks whether names are used before they
were shown, `ledger` where each line of the library is shown, and `claims` whether a
test vouches for what is said of a figure.
"""
