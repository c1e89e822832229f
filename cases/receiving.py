"""An opening with its place, as the matching and the words about it see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from catalog.opening import Opening, OpeningStatus, free_places
from catalog.resource import Resource
from catalog.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Receiving:
    """What an opening is for the matching: itself, its place, and what is there."""

    opening: Opening
    resource: Resource | None
    held: int = 0

    @property
    def name(self) -> str:
        """The opening with its place: けやき台サロン「お茶の会」."""
        place = self.resource.name if self.resource else ""
        return f"{place}「{self.opening.name}」" if place else self.opening.name

    @property
    def free(self) -> int:
        """Places that neither the host nor an advanced proposal has given away."""
        return max(0, free_places(self.opening) - self.held)

    @property
    def begins_on(self) -> date | None:
        """First day, by the opening and by its schedule."""
        schedule = self.opening.schedule
        days = (self.opening.starts_on, schedule.starts_on if schedule else None)
        return max((day for day in days if day), default=None)

    @property
    def ends_on(self) -> date | None:
        """Last day, by the opening and by its schedule."""
        schedule = self.opening.schedule
        days = (self.opening.ends_on, schedule.ends_on if schedule else None)
        return min((day for day in days if day), default=None)

    @property
    def fetches(self) -> bool:
        """Whether somebody fetches people; codes of that kind begin with `pickup_`."""
        return any(code.startswith("pickup_") for code in self.opening.transport)

    @property
    def provides(self) -> frozenset[str]:
        """Accommodations of the opening and of the building, and those its facts imply."""
        implied = {
            "companion": self.opening.companion_welcome,
            "leave_early": self.opening.leave_early_ok,
        }
        building = self.resource.accessibility if self.resource else frozenset()
        return (
            self.opening.accommodations
            | building
            | {code for code, is_so in implied.items() if is_so}
        )

    @property
    def description(self) -> str:
        """What the opening and its place say of themselves, for comparing with own words."""
        place = (self.resource.name, self.resource.description) if self.resource else ()
        return "\n".join(filter(None, (self.opening.name, self.opening.description, *place)))

    def has_known_codes(self, vocabulary: Vocabulary) -> bool:
        """Tell whether every code that a rule or a part of the fit reads is in the lists."""
        opening = self.opening
        return (
            vocabulary.codes("menu").keys() >= set(opening.menu)
            and vocabulary.codes("field").keys() >= opening.welcome.fields
            and vocabulary.codes("accommodation").keys() >= self.provides
        )

    def takes_people(self, on: date) -> bool:
        """Tell whether status, dates and schedule let anyone begin on a day, full or not."""
        return (
            self.opening.status in (OpeningStatus.OPEN, OpeningStatus.FULL)
            and (self.begins_on is None or self.begins_on <= on)
            and (self.ends_on is None or on <= self.ends_on)
        )
