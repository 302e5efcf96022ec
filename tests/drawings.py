"""Reads drawings: what is written, what leads where, what stands beside what.

A caption says what is to be seen, and the tests of figures ask these functions for it.
They give names, ends and looks instead of places, so that a figure may be laid out
anew, and only one that shows something else fails.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.colors import same_color, to_hex, to_rgba
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Circle, FancyArrowPatch, PathPatch, Polygon, Rectangle
from matplotlib.text import Annotation, Text
from numpy.typing import NDArray

from figures.style import BLACK, ORANGE, PAPER

Point = NDArray[np.float64]

RIM = 0.36
"""How far the rim of a unit is from its centre."""

SELF_MADE = re.compile(r"[−\d.]*|\$\\mathdefault\{.*")
"""Numbers by themselves, and those that Matplotlib puts at a logarithmic axis."""


def lettering(figure: Artist) -> str:
    """All that is written, in the order drawn, without numbers by themselves."""
    return quotable(" · ".join(_written(figure)))


def quotable(words: str) -> str:
    """What stands in a quotation of all that is written, in one line."""
    parts = " ".join(words.split()).split(" · ")
    return " · ".join(part for part in parts if not SELF_MADE.fullmatch(part))


def _written(artist: Artist) -> Iterator[str]:
    if isinstance(artist, Axis):  # its ticks take long to make, and know no more
        ticks = artist.get_major_formatter().format_ticks([*artist.get_majorticklocs()])
        yield from (str(tick) for tick in ticks if tick)
        artist = artist.label
    if isinstance(artist, Text) and artist.get_text():
        yield str(artist.get_text()).replace("\n", " · ")
    bare = isinstance(artist, Axes) and artist.name != "3d" and not artist.axison
    for child in sorted(artist.get_children(), key=lambda child: child.get_zorder()):
        if not (bare and isinstance(child, Axis)):
            yield from _written(child)


def check(figure: Figure, quotation: str) -> None:
    """A figure says what a mark quotes, and nothing of it misleads whoever looks at it.

    All can be seen, numbers grow to the right and upwards, and whoever sees no colours
    can tell apart what has names.
    """
    assert lettering(figure) == quotable(quotation)
    for axes in figure.axes:
        assert not out_of_view(axes)
        assert not turned_round(axes)
        named = [line for line in axes.lines if str(line.get_label())[0] != "_"]
        assert len({look(line) for line in named}) == len(named)


def turned_round(axes: Axes) -> bool:
    """Whether numbers fall along an axis; rows, of cells or bars, are to go down."""
    edges = np.mod([*axes.get_xbound(), *axes.get_ybound()], 1)
    rows = bool(axes.containers) or bool(np.all(edges == 0.5))
    return bool(axes.xaxis_inverted() or axes.yaxis_inverted() != rows)


def out_of_view(axes: Axes) -> list[Artist]:
    """Lines and shapes of which much, and texts of which the place, is beyond the axes.

    Not circles: as lines of equal height they may be larger than the map.
    """
    (left, right), (bottom, top) = axes.get_xbound(), axes.get_ybound()
    low, high = np.array([left, bottom]), np.array([right, top])
    rim = 0.005 * (high - low)
    found: list[Artist] = []
    artists: list[Any] = [*axes.lines, *axes.texts]
    for artist in artists:
        if artist.get_transform().contains_branch(axes.transData):
            line = isinstance(artist, Line2D)
            points = course(artist) if line else place(artist)[np.newaxis]
            inside = (points >= low - rim) & (points <= high + rim)
            if np.all(inside, axis=1).sum() < 0.75 * len(points):
                found.append(artist)
    for patch in axes.patches:
        if isinstance(patch, Polygon | Rectangle | PathPatch):
            points = patch.get_patch_transform().transform(patch.get_path().vertices)
            inside = (points >= low - rim) & (points <= high + rim)
            if np.all(inside, axis=1).sum() < 0.75 * len(points):
                found.append(patch)
    return [] if axes.name == "3d" else found


def words(axes: Axes) -> list[str]:
    """All texts on the axes, in the order drawn; that of a bare arrow is empty."""
    return [text.get_text() for text in axes.texts]


def texts(axes: Axes) -> list[str]:
    """Those of them that are not empty."""
    return [*filter(None, words(axes))]


def course(line: Line2D) -> Point:
    """The points of a line, shape (N, 2)."""
    return np.asarray(line.get_xydata(), dtype=float)


def place(text: Text) -> Point:
    """Where a text stands, or the point from which it keeps a distance."""
    if isinstance(text, Annotation) and text.anncoords == "offset points":
        return np.array(text.xy, dtype=float)
    return np.array(text.get_position(), dtype=float)


def circles(axes: Axes) -> dict[str, tuple[float, float]]:
    """The units of a diagram: name and centre.

    Of units with the same name, the first from the left is `×1`, and so on.
    """
    centres = [patch.center for patch in axes.patches if isinstance(patch, Circle)]
    named = [text for text in axes.texts if text.get_position() in centres]
    named.sort(key=lambda text: (text.get_position()[0], -text.get_position()[1]))
    times = Counter(text.get_text() for text in named)
    seen: Counter[str] = Counter()
    found = {}
    for text in named:
        name = text.get_text()
        seen[name] += 1
        found[name + (str(seen[name]) if times[name] > 1 else "")] = text.get_position()
    return found


class Arrow(NamedTuple):
    """An arrow: where it comes from, where its head is, and its look."""

    tail: Point
    head: Point
    look: Any

    @property
    def ink(self) -> str:
        """The colour of the arrow."""
        return to_hex(self.look.get_edgecolor())

    @property
    def course(self) -> Point:
        """Points along the arrow, which may be bent, from tail to head, (101, 2)."""
        share, way = np.linspace(0, 1, 101)[:, None], self.head - self.tail
        bend = getattr(self.look.get_connectionstyle(), "rad", 0.0)
        middle = (self.tail + self.head) / 2 + bend * np.array([way[1], -way[0]])
        straight = (1 - share) * self.tail + share * self.head
        off = middle - (self.tail + self.head) / 2
        return np.asarray(straight + 2 * share * (1 - share) * off)

    def distance(self, point: Any) -> float:
        """How far a point is from the nearest place on the arrow."""
        return float(np.linalg.norm(self.course - point, axis=1).min())

    def way_at(self, point: Any) -> tuple[Point, Point]:
        """The place on the arrow that is nearest to a point, and its way there."""
        nearest = np.linalg.norm(self.course - point, axis=1).argmin()
        way = np.gradient(self.course, axis=0)[nearest]
        return self.course[nearest], way / np.linalg.norm(way)

    def is_above(self, point: Any) -> bool:
        """Whether a point is on the left side of the arrow, seen from its tail."""
        nearest, way = self.way_at(point)
        off = point - nearest
        return bool(way[0] * off[1] > way[1] * off[0])

    def comes_back(self, wire: "Arrow") -> bool:
        """Whether this is an orange arrow below a wire and points against its way."""
        (_, way), (_, back) = wire.way_at(self.course[50]), self.way_at(self.course[50])
        against = bool(way @ back < -0.99)
        return self.ink == ORANGE and against and not wire.is_above(self.course[50])


def arrows(axes: Axes) -> list[Arrow]:
    """Every arrow, in the order drawn; each has its one head at its end."""
    found = []
    for text in axes.texts:
        if isinstance(text, Annotation) and text.arrow_patch:
            style: Any = text.arrow_patch.get_arrowstyle()
            assert style.arrow == "-|>"
            ends = np.array(text.xyann), np.array(text.xy)
            found.append(Arrow(*ends, text.arrow_patch))
    return found


def joined(axes: Axes) -> dict[tuple[str, str], Arrow]:
    """Each arrow by the units that it leads from and to."""
    units = circles(axes)

    def at(point: Point) -> str:
        name, centre = min(units.items(), key=lambda u: np.linalg.norm(point - u[1]))
        assert abs(np.linalg.norm(point - centre) - RIM) < 1e-6
        return name

    return {(at(arrow.tail), at(arrow.head)): arrow for arrow in arrows(axes)}


def labelled(axes: Axes) -> dict[tuple[str, str], str]:
    """What stands beside arrows between units, by the units at their ends."""
    wires, units = joined(axes), circles(axes).values()
    found = {}
    for text in axes.texts:
        if text.get_text() and text.get_position() not in units:
            ends = min(wires, key=lambda ends: wires[ends].distance(place(text)))
            if wires[ends].distance(place(text)) < RIM:
                assert ends not in found
                found[ends] = text.get_text()
    return found


class Wire(NamedTuple):
    """A wire of a graph: its ends, the value above it and the derivative below it."""

    start: str
    end: str
    value: str
    slope: str


def plain_lines(axes: Axes) -> list[Arrow]:
    """Every straight line, as if it were an arrow from its first point to its last."""
    lines = [course(line) for line in axes.lines]
    ends = [(line[0], line[1]) for line in lines if len(line) == 2]
    return [Arrow(a, b, FancyArrowPatch(tuple(a), tuple(b))) for a, b in ends]


def graph(axes: Axes) -> list[Wire]:
    """The wires of a graph, in the order drawn, and what stands on either side.

    A wire has a value above it, and below it an orange arrow that points back, with
    what comes back along it, in orange, on the far side. An end is named by the unit
    there, or by what is written at it. A plain line is a wire, too, to where it forks.
    """
    units, backs = circles(axes), [a for a in arrows(axes) if a.ink == ORANGE]
    wires = [*plain_lines(axes), *(a for a in arrows(axes) if a.ink != ORANGE)]
    free = [text for text in axes.texts if text.get_text()]
    free = [text for text in free if text.get_position() not in units.values()]
    at_ends: list[Text] = []

    def name(point: Point) -> str:
        for unit, centre in units.items():
            if abs(np.linalg.norm(point - centre) - RIM) < 0.01:
                return unit
        nearest = min(free, key=lambda text: np.linalg.norm(point - place(text)))
        if np.linalg.norm(point - place(nearest)) > 0.5:
            return ""
        assert nearest not in at_ends  # where wires meet there has to be a unit
        at_ends.append(nearest)
        return nearest.get_text()

    ends = [(name(wire.tail), name(wire.head)) for wire in wires]
    sides: list[list[str]] = [["", ""] for _ in wires]
    for text in free:
        if text not in at_ends:
            point = place(text)
            at = min(range(len(wires)), key=lambda n: wires[n].distance(point))
            below = not wires[at].is_above(point)
            assert below == same_color(text.get_color(), ORANGE)
            if below:
                own = min(backs, key=lambda back: back.distance(point))
                assert own.comes_back(wires[at])
                assert own.distance(point) < wires[at].distance(point)
                backs.remove(own)
            assert not sides[at][below]
            sides[at][below] = text.get_text()
    assert not backs
    return [Wire(*two, *beside) for two, beside in zip(ends, sides, strict=True)]


def number(text: str) -> float:
    """The number that a label says: of `$2s = 10$` the 10."""
    return float(text.strip("$").rpartition("= ")[2].replace("−", "-"))


SLOPES: dict[str, Callable[..., tuple[float, list[float]]]] = {
    "+": lambda *x: (sum(x), [1.0] * len(x)),
    "×": lambda x, y: (x * y, [y, x]),
    "$s^2$": lambda x: (x**2, [2 * x]),
    "σ": lambda x: (1 / (1 + np.exp(-x)), [np.exp(-x) / (1 + np.exp(-x)) ** 2]),
    "−log": lambda x: (-np.log(x), [-1 / x]),
}
"""What a unit makes of its values, and its derivative with respect to each."""


def check_units(wires: list[Wire]) -> None:
    """Each unit computes what leaves it, and sends back what comes times its slopes."""
    for unit in {wire.end for wire in wires} & {wire.start for wire in wires} - {""}:
        arriving = [wire for wire in wires if wire.end == unit]
        (leaving,) = [wire for wire in wires if wire.start == unit]
        rule = SLOPES[unit if unit in SLOPES else unit[:-1]]
        value, slopes = rule(*(number(wire.value) for wire in arriving))
        assert abs(number(leaving.value) - value) < 1e-3
        for wire, slope in zip(arriving, slopes, strict=True):
            assert abs(number(wire.slope) - number(leaving.slope) * slope) < 1e-9


def nearest_line(axes: Axes, text: Text, among: list[Line2D] | None = None) -> Line2D:
    """The line that comes nearest to a text, as it is seen on the page."""
    to_page = axes.transData.transform

    def distance(line: Line2D) -> float:
        points = to_page(course(line))
        steps = np.linspace(0, 1, 50)[:, None]
        dense = [a + steps * (b - a) for a, b in pairwise(points)]
        every = np.concatenate(dense) if dense else points
        return float(np.linalg.norm(every - to_page(place(text)), axis=1).min())

    return min(axes.lines if among is None else among, key=distance)


def look(line: Line2D) -> tuple[str, str, bool]:
    """How a line looks without its colour: dashes, marks, whether these are open."""
    return str(line.get_linestyle()), str(line.get_marker()), is_open(line)


def is_open(line: Line2D) -> bool:
    """Whether a mark is a ring or a frame: paper inside, and a colour around it."""
    inside, around = line.get_markerfacecolor(), line.get_markeredgecolor()
    return same_color(inside, PAPER) and not same_color(around, PAPER)


def training_and_test(axes: Axes) -> list[NDArray[np.float64]]:
    """The two curves: training solid with dots, test dashed with open squares."""
    labels = [line.get_label() for line in axes.lines]
    assert labels == ["training", "test"]
    assert [line.get_marker() for line in axes.lines] == ["o", "s"]
    assert [line.get_linestyle() for line in axes.lines] == ["-", "--"]
    assert [is_open(line) for line in axes.lines] == [False, True]
    for text in axes.texts:  # if there is room, each is named at its end
        (line,) = (line for line in axes.lines if line.get_label() == text.get_text())
        assert place(text).tolist() == course(line)[-1].tolist()
        assert same_color(text.get_color(), line.get_color())
    assert axes.texts or axes.get_legend()
    return [course(line) for line in axes.lines]


class Scan(NamedTuple):
    """A framed picture: its title, and the number that each tile stands for."""

    title: str
    picture: NDArray[np.float64]


def scans(axes: Axes, inks: dict[str, int] | None = None) -> list[Scan]:
    """The pictures, row by row as one reads, each with the title right above it.

    `inks` has for each colour the sign of the numbers that are drawn in it; without it,
    black stands for all of them.
    """
    inks = inks or {BLACK: 1}
    frames = [course(line) for line in axes.lines]
    frames.sort(key=lambda frame: (-frame[:, 1].max(), frame[:, 0].min()))
    inked = [
        (patch.get_path(), inks[ink] * to_rgba(patch.get_facecolor())[3])
        for patch in axes.patches
        for ink in inks
        if same_color(patch.get_facecolor()[:3], ink)
    ]
    found = []
    for frame in frames:
        (left, bottom), (right, top) = frame.min(axis=0), frame.max(axis=0)
        above = [text for text in axes.texts if left < place(text)[0] < right]
        above = [text for text in above if place(text)[1] >= top]
        title = min(above, key=lambda text: place(text)[1])
        tiles = [
            (*corners.mean(axis=0), np.ptp(corners[:, 0]) / 0.9375, number)
            for path, number in inked
            for corners in np.reshape(path.vertices, (-1, 5, 2))[:, :4]
            if left < corners[:, 0].mean() < right
            and bottom < corners[:, 1].mean() < top
        ]
        x, y, sizes, shares = np.transpose(tiles)
        side = round((top - bottom) / sizes[0])
        picture = np.zeros((side, side))
        rows, columns = (top - y) // sizes[0], (x - left) // sizes[0]
        picture[rows.astype(int), columns.astype(int)] = shares
        found.append(Scan(title.get_text(), picture))
    return found


def pictures(axes: Axes) -> list[NDArray[np.float64]]:
    """The ink of each tile of each scan."""
    return [scan.picture for scan in scans(axes)]
