"""Ten drawings. Each takes a palette (the ground first) and gives back a painter: the colour at a point."""

from collections.abc import Callable
from math import atan2, cos, hypot, pi, sin

from .chance import chance

Colour = tuple[float, float, float]
Palette = list[Colour]
Painter = Callable[[float, float], Colour]

# The inverse of a pixel's width, in the units of the drawing: how steep an edge may be before it shows stairs.
SHARP = 280


def blend(ground: Colour, ink: Colour, cover: float) -> Colour:
    (a, b, c), (d, e, f) = ground, ink
    cover = min(1.0, max(0.0, cover))
    return a + (d - a) * cover, b + (e - b) * cover, c + (f - c) * cover


def inside(distance: float) -> float:
    """How much of a pixel lies within a shape whose edge is this far away (negative is inside).

    In quarters, which the eye takes for smooth and deflate packs in half the room.
    """
    return round(4 * min(1.0, max(0.0, 0.5 - distance * SHARP))) / 4


def rain(palette: Palette) -> Painter:
    top, bottom, glass, moon = palette
    fall = chance(7)
    drops = [(-0.9 + 0.12 * n, fall.uniform(-0.7, 0.8), fall.uniform(0.15, 0.9)) for n in range(16)]

    def paint(x: float, y: float) -> Colour:
        colour = blend(top, bottom, (y + 1) / 2)
        colour = blend(colour, moon, inside(hypot(x - 0.3, y + 0.3) - 0.34))
        at, end, length = drops[min(15, max(0, round((x + 0.9) / 0.12)))]
        thread = inside(abs(x - at) - 0.005) * (end - length < y < end) * max(0.0, 1 - (end - y) / length)
        return blend(colour, glass, max(thread, inside(hypot(x - at, (y - end) * 0.8) - 0.028)))

    return paint


def horizon(palette: Palette) -> Painter:
    sky, glow, sun, ground, grid = palette

    def paint(x: float, y: float) -> Colour:
        if y > 0.25:
            depth = 0.12 / (y - 0.245)
            rows, columns = depth * 3.2 % 1, x * depth * 5 % 1
            line = max(0.0, 1 - min(columns, 1 - columns) / (0.035 * (1 + depth * 2)))
            return blend(ground, grid, max(line, 1 - min(rows, 1 - rows) / 0.06) * min(1.0, 1.2 / depth))
        colour = blend(sky, glow, max(0.0, (y + 1) / 1.25) ** 2)
        slit = y > -0.25 and (y + 0.25) * 12 % 1 < 0.15 + 0.9 * (y + 0.25)
        return colour if slit else blend(colour, blend(sun, glow, (y + 0.55) / 0.9), inside(hypot(x, y + 0.1) - 0.5))

    return paint


def sunbeams(palette: Palette) -> Painter:
    sky, beam, sun, *sea = palette

    def paint(x: float, y: float) -> Colour:
        turn = atan2(y - 0.3, x) * 12 / pi
        colour = blend(sky, beam, inside((abs(turn % 2 - 1) - 0.5) * hypot(x, y - 0.3) * pi / 12))
        colour = blend(colour, sun, inside(hypot(x, y - 0.3) - 0.42))
        for number, wave in enumerate(sea):
            crest = 0.28 + 0.2 * number + 0.05 * sin(7 * x + 2.1 * number)
            colour = blend(colour, wave, inside(crest - y))
        return colour

    return paint


def lighthouse(palette: Palette) -> Painter:
    sky, dusk, light, tower = palette
    heaven = chance(3)
    stars = [(heaven.uniform(-1, 1), heaven.uniform(-1, 0.3), heaven.uniform(0.005, 0.014)) for _ in range(40)]

    def paint(x: float, y: float) -> Colour:
        colour = blend(sky, dusk, ((y + 1) / 2) ** 2)
        for at_x, at_y, radius in stars:
            if abs(x - at_x) < 0.02 and abs(y - at_y) < 0.02:
                colour = blend(colour, light, inside(hypot(x - at_x, y - at_y) - radius))
        away = hypot(x - 0.35, y + 0.1)
        beam = inside(abs(y + 0.1 + 0.22 * (x - 0.35)) - 0.2 * abs(x - 0.35))
        colour = blend(colour, light, beam * max(0.0, 0.75 - 0.5 * away))
        colour = blend(colour, tower, inside(max(abs(x - 0.35) - 0.07 - 0.07 * (y + 0.1), -0.1 - y)))
        colour = blend(colour, tower, inside(0.82 - 0.12 * cos(2.6 * (x - 0.35)) - y))
        return blend(colour, light, inside(away - 0.075))

    return paint


SNAIL = """
............
............
...++++.....
..++++++.#.#
.++oooo++#.#
.+oo++oo+###
.+o+oo+o+#o#
.+o++o+o+###
.++ooo++####
###########.
##########..
............
"""


def pixels(palette: Palette) -> Painter:
    ground, shade, body, shell, eye = palette
    inks = {"#": body, "+": shell, "o": eye}
    sprite = SNAIL.split()

    def paint(x: float, y: float) -> Colour:
        column, row = int((x + 1) * 6), int((y + 1) * 6)
        gap = max(abs((x + 1) * 6 % 1 - 0.5), abs((y + 1) * 6 % 1 - 0.5)) / 6
        square = shade if (row + column) % 2 else ground
        return blend(ground, inks.get(sprite[row][column], square), inside(gap - 0.076))

    return paint


def together(palette: Palette) -> Painter:
    ground, low, one, other, both = palette

    def paint(x: float, y: float) -> Colour:
        colour = blend(ground, low, (y + 1) / 2)
        left, right = hypot(x + 0.24, y + 0.04), hypot(x - 0.24, y - 0.04)
        for radius in (0.62, 0.74, 0.86):
            colour = blend(colour, one, 0.4 * inside(abs(left - radius) - 0.004) * (left < right))
            colour = blend(colour, other, 0.4 * inside(abs(right - radius) - 0.004) * (right < left))
        colour = blend(blend(colour, one, inside(left - 0.5)), other, inside(right - 0.5))
        return blend(colour, both, inside(max(left, right) - 0.5))

    return paint


def promenade(palette: Palette) -> Painter:
    """The pavement of Copacabana."""
    light, dark, sun = palette

    def paint(x: float, y: float) -> Colour:
        bent = y + 0.11 * sin(2 * pi * x * 1.5)
        colour = blend(light, dark, inside((abs(bent * 3.5 % 2 - 1) - 0.5) / 3.5))
        return blend(colour, sun, inside(hypot(x - 0.32, y + 0.32) - 0.36))

    return paint


def rings(palette: Palette) -> Painter:
    ground, *inks = palette

    def paint(x: float, y: float) -> Colour:
        colour = ground
        for number, ink in enumerate(inks):
            turn = number * 2 * pi / len(inks) + 0.5
            away = hypot(x - 0.2 * cos(turn), y - 0.2 * sin(turn))
            if away < 0.75:
                colour = blend(colour, ink, 0.8 * inside((abs(away * 4 % 1 - 0.5) - 0.2) / 4))
        return colour

    return paint


def stars(palette: Palette) -> Painter:
    """Two squares make the eight-pointed star of the tiles of Samarra and Granada."""
    ground, low, star, heart = palette

    def paint(x: float, y: float) -> Colour:
        across, down = (x + 1) * 2 % 1 - 0.5, (y + 1) * 2 % 1 - 0.5
        upright = max(abs(across), abs(down))
        tilted = (abs(across) + abs(down)) * 0.7071
        colour = blend(ground, low, (y + 1) / 2)
        colour = blend(colour, star, inside((abs(min(upright, tilted) - 0.34) - 0.02) / 2))
        return blend(colour, heart, inside((max(upright, tilted) - 0.22) / 2))

    return paint


def bars(palette: Palette) -> Painter:
    ground, low, ink, bright = palette
    heights = (0.18, 0.3, 0.26, 0.5, 0.42, 0.62, 0.36, 0.72, 0.55, 0.44, 0.28, 0.14)

    def paint(x: float, y: float) -> Colour:
        number = min(11, max(0, int((x + 0.84) / 0.14)))
        centre = -0.77 + 0.14 * number
        away = hypot(x - centre, max(0.0, abs(y) - heights[number])) - 0.045
        colour = blend(ground, low, abs(y))
        return blend(colour, blend(ink, bright, abs(y) / 0.75), inside(away))

    return paint


MOTIFS: dict[str, Callable[[Palette], Painter]] = {
    draw.__name__: draw
    for draw in (rain, horizon, sunbeams, lighthouse, pixels, together, promenade, rings, stars, bars)
}
