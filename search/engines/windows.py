"""Where the parts of a phrase, of a window and of a sentence stand together in one field: the definition of each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

__all__ = ["Span", "chained", "closest", "together"]

# Half-open, in positions of words.
Span = tuple[int, int]


def chained(places: Sequence[set[Span]]) -> set[Span]:
    """One span from each part, each beginning where the one before it ends."""
    spans = places[0]
    for following in places[1:]:
        spans = {(start, end) for start, middle in spans for begin, end in following if begin == middle}
    return spans


def closest(places: Sequence[set[Span]], distance: int) -> set[Span]:
    """Windows that begin with a part, hold all of them and at most *distance* further words; the shortest for each."""
    windows = set()
    for start in sorted({start for spans in places for start, _ in spans}):
        # Of each part the match that ends first; of those that end together the shortest.
        chosen = [min(((end, -begin) for begin, end in spans if begin >= start), default=None) for spans in places]
        matches = [match for match in chosen if match]
        end = max(end for end, _ in matches)
        if len(matches) == len(places) and end - start <= distance + sum(end + begin for end, begin in matches):
            windows.add((start, end))
    return windows


def together(places: Sequence[set[Span]], sentences: Mapping[int, int]) -> set[Span]:
    """Sentences that hold every part; *sentences* gives each position its own. A title is one sentence."""
    bounds: defaultdict[int, list[int]] = defaultdict(list)
    for position, sentence in sentences.items():
        bounds[sentence].append(position)
    spans = {(min(positions), max(positions) + 1) for positions in bounds.values()}
    return {
        (start, end) for start, end in spans if all(any(start <= a and b <= end for a, b in part) for part in places)
    }
