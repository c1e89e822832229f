"""The shapes of the JSON interface; at most three for each noun.

Numbers that are no numbers (NaN, Infinity) and unknown keys are refused.
"""

from __future__ import annotations

from datetime import date, datetime, time
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from cases.bond import BondKind
from cases.consent import ConsentState
from cases.need import NextStep
from cases.participant import ParticipantStatus
from cases.placing_rule import PlacingKind
from cases.proposal import Decision, ProposalStatus
from catalog.actor import Role
from catalog.opening import OpeningStatus
from geo.speeds import TravelMode
from matcher.explanation import PartWord, Word

Line = Annotated[str, Field(max_length=200)]
Text = Annotated[str, Field(max_length=4000)]
Share = Annotated[float, Field(ge=0, le=1)]
Codes = Annotated[list[Line], Field(max_length=200)]
LocalTime = Annotated[
    time,  # the format "time" of JSON Schema would ask for an offset (RFC 3339)
    WithJsonSchema({"type": "string", "pattern": r"^\d\d:\d\d:\d\d$"}),
]
Weekday = Annotated[int, Field(ge=0, le=6, description="Monday is 0.")]
BandName = Literal["morning", "afternoon", "evening"]
Stage = Annotated[
    int, Field(ge=0, le=5, description="0 相談, 1 見学, 2 体験, 3 参加, 4 役割, 5 就労.")
]


class Sex(StrEnum):
    """The sex that somebody gives; nothing where they give none."""

    FEMALE = "female"
    MALE = "male"
    NOT_GIVEN = ""


class Companion(StrEnum):
    """Whether somebody goes there with company."""

    NONE = "none"
    WISH = "wish"
    MUST = "must"


class Shape(BaseModel):
    """What all shapes share."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False, frozen=True)


class Problem(BaseModel):
    """What went wrong (RFC 9457); nothing personal is in it.

    `code` says what kind of problem it is, `rule` which rule of the domain refused.
    """

    type: str
    title: str
    status: int
    detail: str
    code: str
    rule: str | None = None
    reference: str | None = None
    errors: list[dict[str, Any]] | None = None


class Session(Shape):
    """Who is signed in, and the token that goes into the header `X-Form-Token` of every change."""

    user: str
    name: str
    role: Role
    municipality: str
    form_token: str


# ------------------------------------------------------------------ catalogue
class Schedule(Shape):
    """When an opening takes place; `recurrence` is the national code (GIF 441), as `24Tu`."""

    words: str
    recurrence: str
    starts_at: LocalTime
    ends_at: LocalTime
    closed: str
    next_on: list[date]


class Opening(Shape):
    """An opening; null for `schedule` means by arrangement."""

    id: str
    place: str
    name: str
    description: str
    status: OpeningStatus
    menu: list[str]
    form: str
    role: str
    capacity: int
    free: int
    first_stage: Stage
    last_stage: Stage
    schedule: Schedule | None
    min_minutes: int
    max_minutes: int | None
    min_age: int | None
    max_age: int | None
    sex: str | None
    with_child: bool | None
    fields: list[str]
    accommodations: list[str]
    noise: int
    crowd: int
    typical_people: int | None
    helpers_wanted: int
    companion_welcome: bool
    leave_early_ok: bool
    transport: list[str]
    cost_yen: int
    stipend_yen: int
    insurance: str
    agreement_required: bool
    starts_on: date | None
    ends_on: date | None
    last_confirmed_on: date | None


class PlaceQuery(Shape):
    """What is looked for; of `kind`, `menu`, `district` (`layer/name`) and `town` one suffices."""

    q: Annotated[str, Field(max_length=100, description="Words, each of which must occur.")] = ""
    kind: Codes = []
    menu: Codes = []
    weekday: Weekday | None = None
    band: BandName | None = None
    district: Codes = []
    town: Codes = []
    accommodation: Codes = []
    stage: Stage | None = None
    free: bool = False
    page: Annotated[int, Field(ge=1, le=10_000)] = 1


class Place(Shape):
    """A place with the openings that the reader may see; coordinates in JGD2011."""

    id: str
    name: str
    name_kana: str
    kind: str
    description: str
    town: str | None
    districts: Annotated[list[str], Field(description="As `layer/name`.")]
    address: str
    lat: float | None
    lon: float | None
    accommodations: list[str]
    openings: list[Opening]
    last_confirmed_on: date | None


class PlaceList(Shape):
    """One page of what was found, and how many places each further choice would leave."""

    total: int
    page: int
    pages: int
    places: list[Place]
    facets: dict[str, dict[str, int]]


# ------------------------------------------------------------------ people
class Wish(Shape):
    """An activity and how much it is wished for."""

    menu: Line
    strength: Annotated[int, Field(ge=1, le=5)]


class Slot(Shape):
    """A part of a day of the week."""

    weekday: Weekday
    band: BandName


class Need(Shape):
    """What somebody wants, and what it takes; districts are `layer/name`."""

    kind: Line
    goal: Text = ""
    wishes: Annotated[list[Wish], Field(max_length=50)] = []
    wishes_text: Text = ""
    avoid_menu: Codes = []
    dislike_menu: Codes = []
    avoid_text: Text = ""
    strengths: Text = ""
    available: Annotated[list[Slot], Field(max_length=21)] = []
    max_minutes: Annotated[int, Field(ge=1, le=1440)] | None = None
    modes: Annotated[list[TravelMode], Field(min_length=1, max_length=6)] = [TravelMode.WALK]
    travel_limit_minutes: Annotated[int, Field(ge=1, le=1440)] = 30
    companion: Companion = Companion.NONE
    noise_limit: Annotated[int, Field(ge=1, le=3)] = 3
    crowd_limit: Annotated[int, Field(ge=1, le=3)] = 3
    accommodations: Codes = []
    with_child: bool = False
    cost_limit_yen: Annotated[int, Field(ge=0, le=1_000_000)] | None = None
    avoid_hosts: Codes = []
    avoid_districts: Codes = []
    existing_options: Text = ""
    until_on: date | None = None
    next_step: NextStep = NextStep.UP
    next_step_reason: Text = ""
    next_step_on: date | None = None
    known_places: Codes = []
    known_hosts: Codes = []


class ConsentIn(Shape):
    """What somebody said; `withdrawn` stops at once what was under way."""

    state: ConsentState
    given_by: Line = ""
    giver: Line | None = Field(default=None, description="Code of the list `consent_giver`.")
    capacity: Text | None = Field(
        default=None,
        description="How the person's own will was made sure of; needed unless they gave it.",
    )
    on: date | None = None
    until_on: date | None = None
    agencies: Codes = []
    categories: Codes = []
    note: Text = ""


class Consent(Shape):
    """A statement of consent as it is kept."""

    id: str
    state: ConsentState
    given_by: str
    giver: str | None
    capacity: str | None
    on: date
    until_on: date | None
    agencies: list[str]
    categories: list[str]
    note: str
    recorded_at: datetime | None


class PersonIn(Shape):
    """Somebody to register: the next number is given, which says of no other; `since_on` is today.

    A number of one's own is kept by the import of a file alone.
    """

    name: Line
    name_kana: Line = ""
    birth_on: date | None = None
    sex: Sex = Sex.NOT_GIVEN
    town: Line | None = None
    address: Line = ""
    phone: Line = ""
    fields: Codes = []
    own_words: Text = ""
    note: Text = ""
    since_on: date | None = None
    stage: Stage = 0
    address_protected: bool = False
    programmes: Codes = []
    member_agencies: Codes = []


class Support(Shape):
    """Under which 事業 somebody is supported, and which agencies take part in the plan."""

    programmes: Codes
    member_agencies: Codes


class PersonSummary(Shape):
    """Somebody in a list."""

    id: str
    case_no: str
    name: str
    status: ParticipantStatus
    stage: Stage
    since_on: date
    address_protected: bool


class Person(PersonSummary):
    """Somebody with need and consents; where a protected person lives is left out."""

    name_kana: str
    birth_on: date | None
    sex: Sex
    town: str | None
    address: str
    phone: str
    fields: list[str]
    own_words: str
    note: str
    coordinator: str | None
    lead_agency: str | None
    programmes: list[str]
    member_agencies: list[str]
    need: Need | None
    consents: list[Consent]


# ------------------------------------------------------------------ matching
class Near(Shape):
    """An opening that would fit after one change."""

    opening: str
    change: str


class RankedPair(Shape):
    """A pair that fits; `opening` where a person was asked for, `case_no` where an opening was."""

    opening: str | None = None
    case_no: str | None = None
    score: Share
    parts: dict[str, Share]
    reason: str


class RefusedPair(Shape):
    """A pair that a rule refuses: all rules, and the sentence of the first."""

    opening: str | None = None
    case_no: str | None = None
    rules: list[str]
    words: str
    near: list[Near]


class CountedPlace(Shape):
    """An opening for one person, and what taking it does to others."""

    opening: str
    effect: Literal["last", "weaker", "later", "none"]
    words: str


class Rank(Shape):
    """The document `tsunagite.rank/1`; `counted` orders with everyone who waits in mind."""

    format: Literal["tsunagite.rank/1"]
    asked: Annotated[str, Field(alias="for")]
    ranked: list[RankedPair]
    refused: list[RefusedPair]
    counted: list[CountedPlace] = []


class PartOfFit(Shape):
    """One part of the fit with both its sides in words."""

    name: str
    value: Share
    weight: Share
    word: PartWord
    person: str
    place: str


class Pair(Shape):
    """Why a person and an opening fit, or why not."""

    person: str
    opening: str
    fits: bool
    word: Word
    score: Share
    reason: str
    rules: list[str]
    words: str
    near: list[Near]
    parts: list[PartOfFit]


class ProposedMatch(Shape):
    """A proposal within a run."""

    case_no: str
    opening: str
    score: Share
    parts: dict[str, Share]
    reason: str


class UnplacedPerson(Shape):
    """Somebody without an opening in a run."""

    case_no: str
    reason: str
    words: str
    near: list[Near]


class LeftOutPerson(Shape):
    """Somebody who waits but was not considered."""

    case_no: str
    why: str


class MutualPair(Shape):
    """Somebody and an opening who would both rather have each other."""

    case_no: str
    opening: str


class Match(Shape):
    """The document `tsunagite.match/1`."""

    format: Literal["tsunagite.match/1"]
    status: Literal["optimal", "feasible", "unknown", "infeasible"]
    run: str
    proposals: list[ProposedMatch]
    unplaced: list[UnplacedPerson]
    not_considered: list[LeftOutPerson]
    mutual: list[MutualPair] | None = None


class Run(Shape):
    """A matching run in the list of runs."""

    id: str
    number: int
    on: date
    status: str
    certified: bool
    started_at: datetime
    finished_at: datetime
    policy_version: str
    code_version: str


class Job(Shape):
    """A run that was asked for; `run` is there when it has ended well.

    `rule` is `rules_contradict` where what was settled cannot all hold.
    """

    id: str
    status: Literal["running", "done", "failed"]
    run: str | None = None
    rule: str | None = None


class Proposal(Shape):
    """A proposal of a run, and what was decided about it."""

    id: str
    run: str
    person: str
    opening: str
    status: ProposalStatus
    word: str
    score: Share
    reason: str
    set_aside_reason: str
    decided_by: str | None
    decided_at: datetime | None


class DecisionIn(Shape):
    """What to do with a proposal; setting aside takes a code of the list `set_aside_reason`."""

    decision: Decision
    reason: Line = ""


# ------------------------------------------------------------------ settled before the search
class PlacingRuleIn(Shape):
    """Something to settle about one person: an opening, or for an exclusion its host."""

    kind: PlacingKind
    person: Line
    opening: Line | None = None
    host: Line | None = None
    reason: Text
    until_on: date | None = None


class PlacingRule(PlacingRuleIn):
    """Something settled; `overrides` are the rules of the matching that give way."""

    id: str
    overrides: list[str]
    made_at: datetime
    undone_at: datetime | None


class BondIn(Shape):
    """How the places of some people are to depend on one another."""

    kind: BondKind
    people: Annotated[list[Line], Field(min_length=2, max_length=50)]
    reason: Text
    until_on: date | None = None


class Bond(BondIn):
    """A bond between people."""

    id: str
    made_at: datetime
    undone_at: datetime | None


class MatchIn(Shape):
    """How to match everyone; `stay`: keep what the last run proposed where nobody loses by it."""

    stay: bool = False
