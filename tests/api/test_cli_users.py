"""`user`: accounts by name, role and password, as an administrator keeps them at a terminal."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import typer

from api.cli import run
from api.passwords import password_fits
from api.sessions import SessionLimits, actor_of
from api.sign_in import Visit, make_desk
from api.sign_in import sign_in as sign_in_at
from catalog.actor import Role
from db import audit
from db.secrets import Keyring
from db.session import Database
from db.users import SqlUserStore
from tests.api.homes import Homes, living_in
from tests.office import Clock

CODE = "112305"
PASSWORD = "kotori no ie 26"
LIMITS = SessionLimits(timedelta(minutes=30), timedelta(hours=12))


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Homes:
    return Homes(tmp_path_factory.mktemp("homes"))


@pytest.fixture
def users(homes: Homes) -> Iterator[SqlUserStore]:
    """Give a city without accounts, in which the commands work."""
    home = homes.copy("init --municipality niiza")
    database = Database(f"sqlite:///{home / 'cases.sqlite3'}")
    with living_in(home):
        yield SqlUserStore(database, CODE)
    database.close()


def sign_in(users: SqlUserStore, login: str, password: str) -> str:
    """Sign in and return the secret of the session, or nothing."""
    path = users.database.engine.url.database
    assert path is not None
    keyring = Keyring.load(Path(path).parent / "keys.json")
    desk = make_desk(users.database, CODE, keyring, LIMITS)
    return sign_in_at(desk, login, password, Visit(), Clock()()).secret


def told(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """Pipe a text into the command."""
    monkeypatch.setattr("sys.stdin", io.StringIO(text))


def add(monkeypatch: pytest.MonkeyPatch, login: str, *options: str) -> int:
    """Add an account with the usual password from a pipe."""
    told(monkeypatch, f"{PASSWORD}\n")
    return run(["user", "add", login, "--password-stdin", *options])


def test_an_account_can_sign_in(
    users: SqlUserStore, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Name, role and office are kept, the password only as a hash, and never printed."""
    options = ("--role", "coordinator", "--name", "水野", "--office", "福祉相談室")
    assert add(monkeypatch, "mizuno", *options) == 0
    assert PASSWORD not in "".join(capsys.readouterr())
    user = users.user_by_login("mizuno")
    assert user is not None
    assert (user.name, user.role, user.office_id) == ("水野", Role.COORDINATOR, "福祉相談室")
    assert PASSWORD not in user.password_hash
    assert sign_in(users, "mizuno", PASSWORD)
    with users.database.reading() as connection:
        kinds = [event.kind for event in audit.events(connection, CODE, newest=2)]
        audit.verify(connection, CODE)
    assert kinds == ["signed_in", "user_added"]


def test_the_list_names_everybody_and_who_is_stopped(
    users: SqlUserStore, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert add(monkeypatch, "mizuno", "--role", "coordinator", "--name", "水野") == 0
    assert add(monkeypatch, "ogawa", "--role", "planner") == 0
    assert run(["user", "disable", "ogawa"]) == 0
    capsys.readouterr()
    assert run(["user", "list"]) == 0
    *_, mizuno, ogawa = capsys.readouterr().out.strip().splitlines()
    assert "水野" in mizuno
    assert "止めてある" not in mizuno
    assert "止めてある" in ogawa


def test_a_stopped_account_is_out_at_once(
    users: SqlUserStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert add(monkeypatch, "mizuno", "--role", "coordinator") == 0
    clock = Clock()
    secret = sign_in(users, "mizuno", PASSWORD)
    assert secret
    assert actor_of(users, secret, LIMITS, clock()) is not None
    assert run(["user", "disable", "mizuno"]) == 0
    assert actor_of(users, secret, LIMITS, clock()) is None
    assert sign_in(users, "mizuno", PASSWORD) == ""


def test_the_last_administrator_cannot_be_stopped(
    users: SqlUserStore, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Not even at the terminal; with a second one it can be done."""
    assert add(monkeypatch, "mori", "--role", "administrator") == 0
    assert run(["user", "invite", "hayashi", "--role", "administrator"]) == 0
    capsys.readouterr()
    assert run(["user", "disable", "mori"]) == 1
    assert "先に、ほかの方を管理者にしてください" in capsys.readouterr().err
    told(monkeypatch, "春の野に すみれ つみにと\n")
    assert run(["user", "password", "hayashi", "--password-stdin"]) == 0
    assert run(["user", "disable", "mori"]) == 0


def test_an_invited_person_gets_a_link_that_is_shown_once(
    users: SqlUserStore, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is kept is a hash; who has not used it cannot sign in."""
    options = ["--role", "coordinator", "--origin", "https://tsunagite.example/"]
    assert run(["user", "invite", "hayashi", *options]) == 0
    printed = capsys.readouterr().out
    found = re.search(r"https://tsunagite.example/invitation/([\w-]{43})\n", printed)
    assert found is not None
    user = users.user_by_login("hayashi")
    assert user is not None
    assert user.password_hash == ""
    assert sign_in(users, "hayashi", "") == ""
    assert run(["user", "reset", "hayashi"]) == 0
    assert found[1] not in capsys.readouterr().out


def test_sessions_are_shown_and_ended_and_a_lock_is_opened(
    users: SqlUserStore, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert add(monkeypatch, "mizuno", "--role", "coordinator") == 0
    monkeypatch.setattr("api.commands.users.present", Clock())
    assert run(["user", "sessions", "mizuno"]) == 0
    assert "今は サインインしていません" in capsys.readouterr().out
    assert sign_in(users, "mizuno", PASSWORD)
    assert run(["user", "sessions", "mizuno"]) == 0
    assert "2026-11-12" in capsys.readouterr().out
    assert run(["user", "sessions", "mizuno", "--end"]) == 0
    user = users.user_by_login("mizuno")
    assert user is not None
    assert users.sessions_of(user.id) == []
    for _ in range(6):
        assert sign_in(users, "mizuno", "wrong") == ""
    assert sign_in(users, "mizuno", PASSWORD) == ""
    assert run(["user", "unlock", "mizuno"]) == 0
    assert sign_in(users, "mizuno", PASSWORD)


def test_everybody_is_signed_out_once_the_word_is_given(
    users: SqlUserStore, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In a pipe by an option, at a terminal by typing it; else nothing changes."""
    add(monkeypatch, "kimura", "--role", "planner")
    clock = Clock()
    monkeypatch.setattr("api.commands.users.present", clock)
    for confirm in (["--confirm", "全員"], []):
        secret = sign_in(users, "kimura", PASSWORD)
        assert run(["user", "sign-out-everybody", "--confirm", "はい"]) == 1
        assert run(["user", "sign-out-everybody"]) == 1
        assert "--confirm 全員" in capsys.readouterr().err
        assert actor_of(users, secret, LIMITS, clock()) is not None
        with monkeypatch.context() as terminal:
            terminal.setattr("sys.stdin.isatty", lambda: True, raising=False)
            terminal.setattr(typer, "prompt", lambda *_: "全員")
            assert run(["user", "sign-out-everybody", *confirm]) == 0
        assert "終わりにしました（1か所）" in capsys.readouterr().out
        assert actor_of(users, secret, LIMITS, clock()) is None


def test_a_new_password_ends_open_sessions(
    users: SqlUserStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert add(monkeypatch, "mizuno", "--role", "coordinator") == 0
    clock = Clock()
    secret = sign_in(users, "mizuno", PASSWORD)
    told(monkeypatch, "another good one\n")
    assert run(["user", "password", "mizuno", "--password-stdin"]) == 0
    assert actor_of(users, secret, LIMITS, clock()) is None
    user = users.user_by_login("mizuno")
    assert user is not None
    assert password_fits("another good one", user.password_hash)
    assert not password_fits(PASSWORD, user.password_hash)


@pytest.mark.parametrize(
    ("arguments", "said", "code", "words"),
    [
        (["add", "mizuno", "--role", "coordinator"], PASSWORD, 1, "もう使われています"),
        (["add", "mizuno 2", "--role", "coordinator"], PASSWORD, 1, "mizuno 2"),
        (["add", "hara", "--role", "coordinator"], "short", 1, "12文字"),
        (["add", "hara", "--role", "coordinator"], "x" * 1001, 1, "1000文字"),
        (["add", "a-long-login-name", "--role", "planner"], "a-long-login-name", 1, "アカウント名"),
        (["add", "hara", "--role", "system"], PASSWORD, 2, "system"),
        (["add", "hara", "--role", "boss"], PASSWORD, 2, "planner、auditor、"),
        (["add", "hara"], PASSWORD, 2, "--role"),
        (["password", "mizumo"], PASSWORD, 1, "「mizuno」のことですか"),
        (["disable", "mizumo"], PASSWORD, 1, "「mizuno」のことですか"),
    ],
)
def test_what_cannot_be_is_refused(
    users: SqlUserStore,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    said: str,
    code: int,
    words: str,
) -> None:
    """With the reason in Japanese; nothing is written."""
    assert add(monkeypatch, "mizuno", "--role", "coordinator") == 0
    before = users.users()
    capsys.readouterr()
    told(monkeypatch, f"{said}\n")
    piped = [] if arguments[0] == "disable" else ["--password-stdin"]
    assert run(["user", *arguments, *piped]) == code
    printed = capsys.readouterr()
    assert words in printed.err
    assert printed.out == ""
    assert users.users() == before


def test_without_a_terminal_a_password_is_not_asked_for(
    users: SqlUserStore, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It would be shown."""
    told(monkeypatch, f"{PASSWORD}\n")
    assert run(["user", "add", "hara", "--role", "coordinator"]) == 1
    assert "--password-stdin" in capsys.readouterr().err
    assert users.users() == []


def test_at_a_terminal_the_password_is_asked_for_without_showing_it(
    users: SqlUserStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asked twice, hidden."""
    asked: list[dict[str, object]] = []

    def prompt(_words: str, **options: object) -> str:
        asked.append(options)
        return PASSWORD

    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr(typer, "prompt", prompt)
    assert run(["user", "add", "hara", "--role", "coordinator"]) == 0
    assert asked == [{"hide_input": True, "confirmation_prompt": "もう一度"}]
    user = users.user_by_login("hara")
    assert user is not None
    assert password_fits(PASSWORD, user.password_hash)
