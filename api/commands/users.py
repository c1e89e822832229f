"""`user`: who may sign in, and as what."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Final

import typer

from api.command_refusals import CommandRefused, did_you_mean
from api.commands.office import ACTOR, Office, event, open_office, present
from api.commands.terminal import plain_table, show
from catalog.actor import Role

if TYPE_CHECKING:
    from api.sign_in import Desk
    from db.users import SqlUserStore, User

ROLES_OF_PEOPLE: Final = "|".join(role for role in Role if role is not Role.SYSTEM)
commands = typer.Typer(no_args_is_help=True, help="サインインできる人を決めます。")

Login = Annotated[str, typer.Argument(metavar="アカウント名", help="サインインに使う名前。")]
Name = Annotated[str, typer.Option(help="画面に出る名前。言わないときは、アカウント名。")]
OfficeName = Annotated[str, typer.Option("--office", help="所属する機関。")]
Origin = Annotated[
    str, typer.Option(help="つなぎ手のアドレス。リンクの前に付きます。https://… の形。")
]
FromStdin = Annotated[
    bool,
    typer.Option("--password-stdin", help="パスワードを標準入力の1行目から読む（たずねない）。"),
]


HELP: Final = {
    "add": "アカウントを、パスワードを決めて作ります。",
    "invite": "アカウントを作り、本人がパスワードを決めるリンクを1つ出します。",
    "reset": "パスワードを決めなおすリンクを1つ出します。",
    "list": "アカウントの一覧を見せます。",
    "password": "パスワードを変えます（サインイン中の画面は終わります）。",
    "sessions": "サインインしている画面を見せます。--end で、すべて終わりにします。",
    "sign-out-everybody": "全員のサインインを、一度に終わりにします。",
    "unlock": "続けて違ったための待ち時間を なくします。",
    "disable": "アカウントを止めます。記録に残る名前は消えません。",
}


def register(app: typer.Typer) -> None:
    """Add the commands."""
    commands.command("add", help=HELP["add"])(add)
    commands.command("invite", help=HELP["invite"])(invite)
    commands.command("reset", help=HELP["reset"])(reset)
    commands.command("list", help=HELP["list"])(list_all)
    commands.command("password", help=HELP["password"])(change_password)
    commands.command("sessions", help=HELP["sessions"])(list_sessions)
    commands.command("sign-out-everybody", help=HELP["sign-out-everybody"])(sign_out_everybody)
    commands.command("unlock", help=HELP["unlock"])(unlock)
    commands.command("disable", help=HELP["disable"])(disable)
    app.add_typer(commands, name="user")


def check_role(role: Role) -> Role:
    """Refuse the role that is nobody's."""
    if role is Role.SYSTEM:
        raise typer.BadParameter("system は人の役割ではありません。")
    return role


TheRole = Annotated[Role, typer.Option(metavar=ROLES_OF_PEOPLE, callback=check_role, help="役割。")]


def add(
    login: Login,
    role: TheRole,
    name: Name = "",
    office: OfficeName = "",
    password_stdin: FromStdin = False,
) -> None:
    """Add an account."""
    from api.labels import ROLES
    from api.passwords import hash_password

    with open_office() as opened:
        user = _new_user(opened, login, role, name, office)
        password = _new_password(opened, user, password_stdin)
        kept = replace(user, password_hash=hash_password(password))
        desk_of(opened).users.save_user(kept, event("user_added", "user", user.id, role=role))
    typer.echo(f"✓ アカウント {login}（{ROLES[role]}）を作りました。")


def invite(
    login: Login,
    role: TheRole,
    name: Name = "",
    office: OfficeName = "",
    origin: Origin = "",
) -> None:
    """Add an account whose password its person sets by a link."""
    with open_office() as opened:
        desk = desk_of(opened)
        user = _new_user(opened, login, role, name, office)
        with opened.database.writing():
            desk.users.save_user(user, event("user_added", "user", user.id, role=role))
            _print_link(desk, user, origin)


def reset(login: Login, origin: Origin = "") -> None:
    """Print a link by which somebody sets a new password."""
    with open_office() as opened:
        desk = desk_of(opened)
        _print_link(desk, _find(desk.users, login), origin)


def list_sessions(
    login: Login,
    end: Annotated[bool, typer.Option("--end", help="すべて終わりにする。")] = False,
) -> None:
    """Show where somebody is signed in, or end it all."""
    from api.staff import StaffAct, do_to_account

    with open_office() as opened:
        desk = desk_of(opened)
        user, now = _find(desk.users, login), present()
        if end:
            do_to_account(desk, user, StaffAct.END_SESSIONS, ACTOR, now)
            typer.echo(f"✓ {login} のサインインを すべて終わりにしました。")
            return
        running = [s for s in desk.users.sessions_of(user.id) if desk.limits.counts(s, now)]
    if not running:
        typer.echo(f"{login} は、今は サインインしていません。")
        return
    table = plain_table("何で", "サインイン", "最後に使った時")
    for session in running:
        times = (session.created_at.astimezone(), session.last_seen_at.astimezone())
        table.add_row(session.browser, *(f"{each:%Y-%m-%d %H:%M}" for each in times))
    show(table)


def sign_out_everybody(
    confirm: Annotated[
        str, typer.Option(metavar="ことば", help="「全員」と書く。端末ではたずねるので、要らない。")
    ] = "",
) -> None:
    """End every session of everybody."""
    from api.staff import EVERYBODY, sessions_running, sign_everybody_out

    with open_office() as opened:
        desk = desk_of(opened)
        if not confirm and sys.stdin.isatty():
            running = sessions_running(desk, present())
            typer.echo(f"サインインしている画面 {running}か所が すべて終わります。")
            confirm = typer.prompt(f"よければ「{EVERYBODY}」と入れてください")
        if confirm.strip() != EVERYBODY:
            raise CommandRefused("everybody_not_confirmed", word=EVERYBODY)
        count = sign_everybody_out(desk, ACTOR, present())
    typer.echo(f"✓ 全員のサインインを 終わりにしました（{count}か所）。")


def unlock(login: Login) -> None:
    """Let somebody try again at once."""
    from api.staff import StaffAct, do_to_account

    with open_office() as opened:
        desk = desk_of(opened)
        do_to_account(desk, _find(desk.users, login), StaffAct.UNLOCK, ACTOR, present())
    typer.echo(f"✓ {login} の待ち時間をなくしました。")


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
    from api.invitations import set_password
    from api.passwords import hash_password

    with open_office() as opened:
        desk = desk_of(opened)
        user = _find(desk.users, login)
        password = _new_password(opened, user, password_stdin)
        set_password(desk, user, hash_password(password), ACTOR, present())
    typer.echo(f"✓ {login} のパスワードを変えました。")


def disable(login: Login) -> None:
    """Let an account sign in no more."""
    from api.staff import StaffAct, do_to_account

    with open_office() as opened:
        desk = desk_of(opened)
        do_to_account(desk, _find(desk.users, login), StaffAct.DISABLE, ACTOR, present())
    typer.echo(f"✓ {login} を止めました。サインインしていた画面も終わりました。")


def desk_of(office: Office) -> Desk:
    """Return the accounts of an office and what they work with."""
    from api.sessions import SessionLimits
    from api.sign_in import make_desk

    limits = SessionLimits.of(office.settings)
    return make_desk(office.database, office.code, office.keyring(), limits)


def _new_user(office: Office, login: str, role: Role, name: str, office_name: str) -> User:
    from api.staff import LOGIN, check_office_of
    from catalog.ids import new_id
    from db.rights import SqlRightsStore
    from db.users import User

    if not LOGIN.fullmatch(login):
        raise CommandRefused("login_malformed", value=login)
    users = desk_of(office).users
    if users.user_by_login(login) is not None:
        raise CommandRefused("login_taken", value=login)
    user = User(new_id(), login, name or login, role, office_name or None)
    remits = SqlRightsStore(office.database, office.code).remits()
    check_office_of(user, users.users(), office.municipality, remits)
    return user


def _print_link(desk: Desk, user: User, origin: str) -> None:
    from api.invitations import make_link
    from catalog.dates import day_in_japan

    link = make_link(desk.one_time, user, ACTOR, desk.rules, present())
    typer.echo(f"✓ {user.login} に、このリンクを手渡してください。1回だけ使えます。")
    typer.echo(f"{origin.rstrip('/')}{link.path}")
    ends = day_in_japan(link.until)
    typer.echo(f"期限は {ends:%Y-%m-%d} です。もう一度は出せません。")
    if not origin:
        typer.echo("前に、ブラウザーで開くつなぎ手のアドレスを付けてください（--origin）。")


def _find(users: SqlUserStore, login: str) -> User:
    user = users.user_by_login(login)
    if user is None:
        hint = did_you_mean(login, [each.login for each in users.users()])
        raise CommandRefused("unknown_login", value=login, hint=hint)
    return user


def _new_password(office: Office, user: User, from_stdin: bool) -> str:
    """Ask for a new password twice without showing it, or read it from a pipe.

    Raises
    ------
    AccountError
        It is too short, too long, or easily guessed.
    CommandRefused
        There is no terminal to ask at.
    """
    from cases.accounts import account_rules
    from cases.passwords import check_password

    if from_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    elif sys.stdin.isatty():
        password = typer.prompt("新しいパスワード", hide_input=True, confirmation_prompt="もう一度")
    else:
        raise CommandRefused("password_not_asked")
    names = (user.login, user.name, user.office_id or "", office.municipality.name)
    check_password(password, names, account_rules().password)
    return password
