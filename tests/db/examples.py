"""Values that tests of the stores write."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from sqlalchemy import select

from cases.consent import HOSTS, Consent, ConsentState
from cases.need import Need, NextStep, Wish
from cases.participant import Household, Participant, ParticipantStatus
from cases.permissions import PeopleScope
from catalog.actor import Actor, Role
from catalog.audit import AuditEvent
from catalog.municipality import DistrictLayer, DistrictSetting, Municipality
from catalog.opening import Opening, OpeningStatus, Preference, Stage, Welcome
from catalog.organisation import Organisation
from catalog.resource import Resource
from catalog.schedule import Band, ClosedPeriod, Schedule, parse_recurrence
from catalog.service_area import AnyOf, InDistrict, Towns
from db import audit
from db.session import Database
from db.tables import audit_events
from geo.towns import Town, town_id

CODE = "999999"
AT = datetime(2026, 11, 4, 0, 30, tzinfo=UTC)

TOWNS = tuple(
    Town(town_id(CODE, name), name, CODE, lat, 139.6, people=1000)
    for name, lat in (
        ("東", 35.80),
        ("東北一丁目", 35.81),
        ("東北二丁目", 35.82),
        ("野火止", 35.83),
    )
)
SETTINGS = Municipality(
    code=CODE,
    name="つなぎ市",
    kana="つなぎし",
    plane_zone=9,
    districts=(
        DistrictLayer(
            "welfare",
            "福祉圏域",
            districts=(
                DistrictSetting("北部", ("東北一丁目から二丁目まで",)),
                DistrictSetting("南部", ("東", "野火止")),
            ),
        ),
    ),
)


ORGANISATION = Organisation(
    id="host-1",
    name="つばめ町会",
    name_kana="つばめちょうかい",
    kind="neighbourhood_association",
    town_id=TOWNS[0].id,
    address="東1-2-3",
    lat=35.8,
    lon=139.6,
    contact_name="会長",
    phone="048-000-0001",
    fax="048-000-0002",
    email="tsubame@example.jp",
    contact_hours="平日の午前",
    corporate_number="1234567890123",
    operation_form="contracted",
    is_host=False,
    note="留守がち",
    found_by="回覧板で",
    liaison="生活支援コーディネーター",
    liaison_form="direct",
    most_at_once=6,
    newcomers_a_month=2,
    visibility="office",
    last_confirmed_on=date(2026, 10, 1),
    last_confirmed_by="user-1",
    last_confirmed_how="phone",
)
RESOURCE = Resource(
    id="resource-1",
    name="つばめ町サロン",
    name_kana="つばめちょうさろん",
    kind="salon",
    organisation_id="host-1",
    description="お茶と体操",
    town_id=TOWNS[0].id,
    address="東1-2-3",
    address_note="裏口から",
    lat=35.8,
    lon=139.6,
    location_accuracy="town",
    phone="048-000-0003",
    service_area=AnyOf((InDistrict("welfare", "南部"), Towns(frozenset({TOWNS[1].id})))),
    accessibility=frozenset({"wheelchair_access", "handrails"}),
    days="毎週水曜日",
    hours="10時から12時",
    cost_yen=100,
    capacity=20,
    operation_form="subsidised",
    section="福祉課",
    visibility="agencies",
    url="https://example.jp/",
    note="1月は休み",
    source="公共施設一覧",
    external_id="A-1",
    last_confirmed_on=date(2026, 10, 2),
    last_confirmed_by="user-2",
    last_confirmed_how="visit",
)
OPENING = Opening(
    id="opening-1",
    resource_id="resource-1",
    host_id="host-1",
    name="花だんの手入れ",
    menu=("gardening", "exercise"),
    form="volunteering",
    role="helper",
    capacity=3,
    taken=1,
    status=OpeningStatus.PAUSED,
    description="草とり",
    first_stage=Stage.CONSULTATION,
    last_stage=Stage.ROLE,
    schedule=Schedule(
        parse_recurrence("7We"),
        time(10),
        time(12),
        anchor_on=date(2026, 4, 1),
        closed_on_holidays=True,
        closed=(ClosedPeriod("12-29", "01-03", "年末年始"),),
    ),
    min_minutes=45,
    max_minutes=90,
    welcome=Welcome(18, 64, "female", "女性だけの会", False, frozenset({"elderly"}), False),
    accommodations=frozenset({"quiet_place", "companion"}),
    noise=2,
    crowd=3,
    typical_people=8,
    companion_welcome=False,
    leave_early_ok=False,
    quota=True,
    transport=("bus_stop_near", "car_park"),
    cost_yen=50,
    stipend_yen=500,
    insurance="volunteer",
    agreement_required=True,
    starts_on=date(2026, 4, 1),
    ends_on=date(2027, 3, 31),
    visibility="public",
    found_by="紹介",
    liaison="コーディネーター",
    last_confirmed_on=date(2026, 10, 3),
    last_confirmed_by="user-3",
    last_confirmed_how="document",
    helpers_wanted=2,
    status_reason="工事",
    preference=Preference(
        min_age=60,
        max_age=80,
        stages=frozenset({Stage.TRIAL, Stage.VISIT}),
        menu=frozenset({"farm"}),
        weekdays=frozenset({0, 4}),
        words="土に さわるのが好きな方",
    ),
)


HOUSEHOLD = Household(id="household-1", name="山田家", note="犬がいる")
PARTICIPANT = Participant(
    id="person-1",
    case_no="2026-001",
    name="山田 花子",
    name_kana="ヤマダ ハナコ",
    birth_on=date(1946, 5, 3),
    sex="female",
    household_id="household-1",
    relation="母",
    town_id=TOWNS[0].id,
    address="東1-2-3 メゾン東201",
    phone="048-000-9999",
    lat=35.8012345,
    lon=139.6012345,
    fields=("elderly", "needy"),
    own_words="にぎやかなのは苦手です",
    note="玄関は二度ノック",
    since_on=date(2026, 4, 1),
    stage=Stage.VISIT,
    status=ParticipantStatus.PAUSED,
    address_protected=True,
    coordinator_id="user-1",
    office_id="office-1",
    weight=2,
    paused_until_on=date(2026, 12, 20),
    named_staff_ids=frozenset({"user-7", "user-8"}),
    programmes=("参加支援事業",),
    member_office_ids=frozenset({"office-9"}),
)
NEED = Need(
    participant_id="person-1",
    kind="place_to_belong",
    goal="週に一度は外で過ごす",
    wishes=(Wish("gardening", 5), Wish("tea_chat", 2)),
    wishes_text="土いじりが好き",
    avoid_menu=frozenset({"sports"}),
    dislike_menu=frozenset({"music"}),
    avoid_text="大声",
    strengths="編みもの",
    available=frozenset({(0, Band.MORNING), (2, Band.AFTERNOON)}),
    max_minutes=60,
    modes=("walk", "bus"),
    travel_limit_minutes=20,
    companion="wish",
    noise_limit=1,
    crowd_limit=2,
    accommodations=frozenset({"quiet_place"}),
    with_child=True,
    cost_limit_yen=300,
    avoid_host_ids=frozenset({"host-9"}),
    avoid_districts=frozenset({("welfare", "北部")}),
    existing_options="デイサービスは対象外",
    until_on=date(2027, 3, 31),
    next_step=NextStep.BACK,
    next_step_reason="しばらく見学だけ",
    next_step_on=date(2026, 11, 2),
    known_place_ids=frozenset({"resource-2"}),
    known_host_ids=frozenset({"host-2"}),
    known_person_ids=frozenset({"person-2"}),
)
CONSENT = Consent(
    id="consent-1",
    participant_id="person-1",
    state=ConsentState.WRITTEN,
    given_by="山田 花子",
    on=date(2026, 4, 2),
    agencies=frozenset({HOSTS, "council"}),
    categories=frozenset({"attributes"}),
    until_on=date(2027, 4, 1),
    note="長女が同席",
    recorded_at=AT,
    giver="family",
    capacity="本人に二度たずね、うなずかれた",
)
SYSTEM = PeopleScope(Actor("system", "system", Role.SYSTEM, CODE))
"""The scope of the system itself, which meets everyone."""


def an_event(kind: str = "test") -> AuditEvent:
    return AuditEvent(kind, "user-1", "thing", "thing-1", AT)


def kinds_of_events(database: Database) -> list[str]:
    """List the kinds of all events in order, the chain checked."""
    with database.reading() as connection:
        audit.verify(connection, CODE)
        query = select(audit_events.c.kind).where(audit_events.c.municipality_code == CODE)
        return list(connection.scalars(query.order_by(audit_events.c.number)))
