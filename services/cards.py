"""Cards kept in the process, so that most searches need no SQL: bounded, and dropped with every change.

A card is read before or after the commit of a change, and the change may be applied to the index in
between: what was read while anything changed is shown, but not kept.
"""

from collections.abc import Iterable, Sequence

from data.queries.cards import Card, cards
from data.session import ReadSession

MAX_CARDS = 50_000
"""About 2 kB each."""


class CardBox:
    """The cards of the places shown most recently, by place and by company."""

    def __init__(self, limit: int = MAX_CARDS) -> None:
        self._limit = limit
        self._cards: dict[int, Card] = {}
        self._places: dict[int, set[int]] = {}
        self._changes = 0

    def __len__(self) -> int:
        return len(self._cards)

    async def get(self, session: ReadSession, places: Sequence[int]) -> dict[int, Card]:
        """Cards by place id, read in one SQL where they are not kept; none for a place that is gone."""
        found = {place: card for place in places if (card := self._cards.get(place))}
        missing = [place for place in places if place not in found]
        if missing:
            before = self._changes
            read = await cards(session, missing)
            if self._changes == before:
                self._keep(read.values())
            found |= read
        return found

    def forget(self, companies: Iterable[int]) -> None:
        """Drop the cards of companies that changed."""
        self._changes += 1
        for company in companies:
            for place in self._places.pop(company, ()):
                del self._cards[place]

    def clear(self) -> None:
        """Drop everything: the referentials that cards quote have changed."""
        self._changes += 1
        self._cards.clear()
        self._places.clear()

    def _keep(self, read: Iterable[Card]) -> None:
        for card in read:
            while len(self._cards) >= self._limit:
                self._drop(next(iter(self._cards)))
            self._cards[card.place_id] = card
            self._places.setdefault(card.company_id, set()).add(card.place_id)

    def _drop(self, place: int) -> None:
        company = self._cards.pop(place).company_id
        self._places[company].discard(place)
        if not self._places[company]:
            del self._places[company]
