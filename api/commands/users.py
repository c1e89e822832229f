"""`user`: who may sign in, and as what."""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Final

import typer

from api.command_refusals import CommandRefused, did_you_mean
from api.commands.office import event, open_office
from api.commands.terminal import plain_table, show
from catalog.actor import Role

if TYPE_CHECKING:
    from db.users import SqlUserStore, User

LEAST_CHARACTERS: Final = 12
ROLES_OF_PEOPLE: Final = "|".join(role for role in Role if role is not Role.SYSTEM)
_LOGIN = re.compile(r"[!-~]{2,40}")
commands = typer.Typer(no_args_is_help=True, help="サインインできる人を決めます。")

Login = Annotated[str, typer.Argument(metavar="アカウント名", help="サインインに使う名前。")]
FromStdin = Annotated[
    bool,
    typer.Option("--password-stdin", help="パスワードを標準入力の1行目から読む（たずねない）。"),
]


HELP: Final = {
    "add": "アカウントを作ります。",
    "list": "アカウントの一覧を見せます。",
    "password": "パスワードを変えます（サインイン中の画面は終わります）。",
    "disable": "アカウントを止めます。記録に残る名前は消えません。",
}


def register(app: typer.Typer) -> None:
    """Add the commands."""
    commands.command("add", help=HELP["add"])(add)
    commands.command("list", help=HELP["list"])(list_all)
    commands.command("password", help=HELP["password"])(change_password)
    commands.command("disable", help=HELP["disable"])(disable)
    app.add_typer(commands, name="user")


def check_role(role: Role) -> Role:
    """Refuse the role that is nobody's."""
    if role is Role.SYSTEM:
        raise typer.BadParameter("system は人の役割ではありません。")
    return role


def add(
    login: Login,
    role: Annotated[
        Role, typer.Option(metavar=ROLES_OF_PEOPLE, callback=check_role, help="役割。")
    ],
    name: Annotated[str, typer.Option(help="画面に出る名前。言わないときは、アカウント名。")] = "",
    office: Annotated[str, typer.Option(help="所属する機関。")] = "",
    password_stdin: FromStdin = False,
) -> None:
    """Add an account."""
    from api.labels import ROLES
    from api.passwords import hash_password
    from catalog.ids import new_id
    from db.users import SqlUserStore, User

    if not _LOGIN.fullmatch(login):
        raise CommandRefused("login_malformed", value=login)
    with open_office() as opened:
        users = SqlUserStore(opened.database, opened.code)
        if users.user_by_login(login) is not None:
            raise CommandRefused("login_taken", value=login)
        password = _new_password(login, password_stdin)
        user = User(
            id=new_id(),
            login=login,
            name=name or login,
            role=role,
            office_id=office or None,
            password_hash=hash_password(password),
        )
        users.save_user(user, event("user_added", "user", user.id, role=role))
    typer.echo(f"✓ アカウント {login}（{ROLES[role]}）を作りました。")


def list_all() -> None:
    """List all accounts."""
    from api.labels import ROLES
    from db.users import SqlUserStore

    with open_office() as opened:
        users = SqlUserStore(opened.database, opened.code).users()
    table = plain_table("アカウント名", "名前", "役割", "所属", "")
    for user in users:
        state = "止めてある" if user.disabled else ""
        table.add_row(user.login, user.name, ROLES[user.role], user.office_id or "", state)
    show(table)


def change_password(login: Login, password_stdin: FromStdin = False) -> None:
    """Give an account a new password and end its sessions."""
    from api.passwords import hash_password
    from db.users import SqlUserStore

    with open_office() as opened:
        users = SqlUserStore(opened.database, opened.code)
        user = _find(users, login)
        password = _new_password(login, password_stdin)
        changed = replace(user, password_hash=hash_password(password))
        with opened.database.writing():
            users.save_user(changed, event("password_changed", "user", user.id))
            users.end_sessions_of(user.id, event("signed_out_everywhere", "user", user.id))
    typer.echo(f"✓ {login} のパスワードを変えました。")


def disable(login: Login) -> None:
    """Let an account sign in no more."""
    from db.users import SqlUserStore

    with open_office() as opened:
        users = SqlUserStore(opened.database, opened.code)
        user = _find(users, login)
        users.save_user(replace(user, disabled=True), event("user_disabled", "user", user.id))
    typer.echo(f"✓ {login} を止めました。サインインしていた画面も終わりました。")


def _find(users: SqlUserStore, login: str) -> User:
    user = users.user_by_login(login)
    if user is None:
        hint = did_you_mean(login, [each.login for each in users.users()])
        raise CommandRefused("unknown_login", value=login, hint=hint)
    return user


def _new_password(login: str, from_stdin: bool) -> str:
    """Ask for a new password twice without showing it, or read it from a pipe.

    Raises
    ------
    CommandRefused
        It is too short, too long or the login itself, or there is no terminal to ask at.
    """
    from api.passwords import MOST_CHARACTERS

    if from_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    elif sys.stdin.isatty():
        password = typer.prompt("新しいパスワード", hide_input=True, confirmation_prompt="もう一度")
    else:
        raise CommandRefused("password_not_asked")
    if not LEAST_CHARACTERS <= len(password) <= MOST_CHARACTERS:
        raise CommandRefused("password_length", least=LEAST_CHARACTERS, most=MOST_CHARACTERS)
    if password.casefold() == login.casefold():
        raise CommandRefused("password_is_login")
    return password
