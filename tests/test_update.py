"""After a deliberate change the pages are brought up to date, or nothing is written."""

import re
from pathlib import Path

import pytest
from test_faults import SOUND, Write

from bookbinder import BookError
from bookbinder.update import told, update


def test_update_rewrites_outputs_and_numbers(write: Write, tmp_path: Path) -> None:
    """In one go, and a second finds nothing to do."""
    changed = SOUND.replace("np.add(1, 1)", "np.add(1, 2)")
    page = write(changed.replace("    0\n    1\n", "    0\n    5\n    6\n"))
    assert len(update(tmp_path)) == 3
    text = page.path.read_text("utf-8")
    assert text == changed.replace("(two)\n2", "(two)\n3").replace("2<!--", "3<!--")
    assert update(tmp_path) == []


def test_update_shows_of_many_lines_those_that_it_changed(
    write: Write, tmp_path: Path
) -> None:
    write(SOUND.replace("    0\n    1\n", "    0\n    5\n").replace("make 2", "make 4"))
    place = tmp_path / "docs" / "en" / "page.md"
    number, output = (told(outcome).split("\n") for outcome in update(tmp_path))
    assert re.fullmatch(rf"{place}:\d+: 4 -> 2", number[0])
    assert [re.sub(r".*:\d+:", "place:", line) for line in output] == [
        "place:",
        "- 5",
        "+ 1",
    ]


def test_update_adds_an_output_that_is_missing(write: Write, tmp_path: Path) -> None:
    page = write(SOUND.replace("``` { .text .output }\nseen\n```\n\n", ""))
    update(tmp_path)
    assert page.path.read_text("utf-8") == SOUND


def test_update_of_one_page_leaves_the_others_alone(
    write: Write, tmp_path: Path
) -> None:
    """Also those that have a fault: whoever writes a page has not broken them."""
    stale = SOUND.replace("(two)\n2", "(two)\n3")
    page = write(stale)
    other = page.path.with_name("other.md")
    other.write_text(stale.replace("2$. See", "3$. See"), "utf-8")
    with pytest.raises(BookError, match=r"other\.md"):
        update(tmp_path)
    assert len(update(tmp_path, [page.path])) == 1
    assert page.path.read_text("utf-8") == SOUND
    assert "(two)\n3" in other.read_text("utf-8")


def test_update_refuses_where_code_fails(write: Write, tmp_path: Path) -> None:
    """Nothing is written, neither the crash nor the good change beside it."""
    broken = SOUND.replace("np.add(1, 1)", "np.plus(1, 1)").replace(
        "0\n    1", "0\n    2"
    )
    page = write(broken)
    with pytest.raises(BookError, match="this fails"):
        update(tmp_path)
    assert page.path.read_text("utf-8") == broken


def test_update_refuses_what_would_not_last(write: Write, tmp_path: Path) -> None:
    """A number that changes with every run cannot be written down."""
    changing = "from itertools import count\n\ncounter = count()\ntwo = np"
    page = write(
        SOUND.replace("two = np", changing).replace("= two -->", "= next(counter) -->")
    )
    update(tmp_path)
    assert "make 0<!--=" in page.path.read_text("utf-8")
    twice = "make 7<!--= next(counter) --> or 7<!--= next(counter) -->"
    page = write(page.text.replace("make 2<!--= next(counter) -->", twice))
    with pytest.raises(BookError, match="the page shows"):
        update(tmp_path)
    assert "make 7<!--=" in page.path.read_text("utf-8")


def test_update_keeps_all_else_byte_for_byte(write: Write, tmp_path: Path) -> None:
    """Rare line separators, trailing spaces, the file's mode."""
    odd = SOUND.replace("A caption.", "A caption\u2028of two  ")
    page = write(odd.replace("make 2<!--", "make 3<!--"))
    page.path.chmod(0o755)
    update(tmp_path)
    assert page.path.read_text("utf-8") == odd
    assert page.path.stat().st_mode & 0o777 == 0o755


def test_update_refuses_where_a_page_has_a_fault(write: Write, tmp_path: Path) -> None:
    page = write(SOUND.replace("```console", "```bash"))
    with pytest.raises(BookError, match="bash"):
        update(tmp_path)
    assert "bash" in page.path.read_text("utf-8")
