"""Why a command cannot do its work, and what the person at the terminal can do about it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

MESSAGES: Final[Mapping[str, str]] = {
    "settings_unusable": "環境変数 {names} の値を使えません。直すか、消してください。",
    "not_initialised": "データベースがまだ用意されていません。先に "
    "tsunagite init --municipality sample（または niiza、toda、市の設定ファイル）を"
    "実行してください。",
    "database_unreachable": "データベース {address} につながりません（{reason}）。"
    "動いているか、TSUNAGITE_DATABASE_URL が正しいかを確かめてください。",
    "tables_outdated": "データベースの表が、このつなぎ手の版より古いままです。"
    "tsunagite migrate を実行してください。",
    "tables_newer": "このデータベースは、新しい版のつなぎ手で作られています。"
    "つなぎ手を新しい版にしてください。何も変えていません。",
    "backup_nowhere": "控えを どこに作るかが決まっていません。ファイルの名前を書くか、"
    "TSUNAGITE_BACKUP_FOLDER にフォルダーを指定してください。",
    "backup_missing": "控え「{file}」がありません。場所を確かめてください。",
    "restore_not_asked": "端末ではないので、入れかえてよいかを たずねられません。"
    "よければ --yes を付けてください。",
    "already_initialised": "このデータベースには、もう{name}（{code}）が入っています。"
    "何も変えていません。ほかの市を用意するには、TSUNAGITE_HOME に別のフォルダーを"
    "指定してください。",
    "unknown_case_no": "番号「{value}」の方は見つかりません。"
    "本人の一覧にある番号を、そのまま書いてください。",
    "unknown_opening": "枠「{value}」は見つかりません。{hint}",
    "ambiguous_opening": "「{value}」という枠は 2つ以上あります。ID で指定してください: {ids}",
    "unknown_login": "アカウント名「{value}」は見つかりません。{hint}",
    "login_taken": "アカウント名「{value}」は、もう使われています。別の名前にしてください。",
    "login_malformed": "アカウント名「{value}」は使えません。空白のない半角で、"
    "2文字から40文字までにしてください。",
    "password_not_asked": "端末ではないので、パスワードをたずねられません。"
    "--password-stdin を付けて、標準入力から渡してください。",
    "everybody_not_confirmed": "全員のサインインを終わりにするには、「{word}」と書いてください"
    "（端末でなければ --confirm {word}）。何も変えていません。",
    "keys_not_asked": "端末ではないので、写しがあるかをたずねられません。"
    "鍵のファイルの写しを取ってから、--yes を付けて実行してください。",
    "keys_without_copy": "先に、鍵のファイルの写しを別の場所に取ってください。何も変えていません。",
    "hosts_side_missing": "受け入れ先の側だけを動かすことは、この版ではまだできません。"
    "--side both で動かしてください。",
    "half_certificate": "HTTPS には、証明書（--certfile）と その鍵（--keyfile）の両方が要ります。",
    "certificate_unusable": "証明書「{file}」を使えません（{reason}）。"
    "ファイルと、鍵との組み合わせを確かめてください。",
    "host_malformed": "「{value}」は名前として使えません。tsunagite.local のような名前か、"
    "192.168.1.5 のような番号を書いてください。",
    "file_there_already": "「{file}」は、もうあります。何も変えていません。"
    "作りなおすときは、先に自分で消すか、--out で別のフォルダーを指定してください。",
    "needs_certificate": "{host} からほかの機械につながるときは、HTTPS が要ります。"
    "パスワードと個人情報が、そのまま流れてしまうためです。"
    "tsunagite certificate で証明書を作って --certfile と --keyfile を指定するか、"
    "--host を外してこの機械だけで動かしてください。",
    "sample_accounts_exposed": "パスワードがだれにでも分かる見本の利用者がいるため、"
    "{host} でほかの機械に開くことはできません。--host を外してこの機械だけで動かすか、"
    "自分の市のデータベースを用意してください。",
    "sample_accounts_proxied": "パスワードがだれにでも分かる見本の利用者がいるため、"
    "TSUNAGITE_TRUSTED_PROXY（{proxy}）を決めたままでは 動かせません。決めずに この機械だけで"
    "動かすか、自分の市のデータベースを用意してください。",
    "port_taken": "{host} の {port} 番は使えません。ほかのものが使っています。"
    "--port で別の番号を指定してください（0 なら空いている番号を選びます）。",
    "oidc_incomplete": "認証基盤でのサインインには、{names} も要ります。"
    "指定するか、TSUNAGITE_OIDC_ISSUER を消してください。",
    "oidc_address": "{name} の「{value}」は使えません。https:// で始まるアドレスを、"
    "空白や ? や # のない形で書いてください（この機械の中だけなら http:// も使えます）。",
    "oidc_way_back": "TSUNAGITE_OIDC_REDIRECT_URI は、この事務所のアドレスに {path} を"
    "続けたものにしてください。認証基盤にも、同じものを登録します。",
    "oidc_file_unusable": "認証基盤のためのファイル「{file}」を使えません（{reason}）。"
    "場所と、読める権限があるかを確かめてください。",
    "anchor_unwritable": "「{file}」に書けません（{reason}）。場所と空きを確かめてください。",
    "cut_not_asked": "端末ではないので、切り取ってよいかを たずねられません。"
    "よければ --confirm {last_on} を付けてください。",
    "cut_not_confirmed": "切り取る最後の日は {last_on} です。入れた日と違うので、"
    "何も変えていません。機械の時計も確かめてください。",
    "head_malformed": "「{value}」は記録の末尾として読めません。audit verify が表示した "
    "番号:文字列 を、そのまま書いてください。",
}
"""Japanese templates by code."""


class CommandRefused(Exception):
    """A command that was understood but cannot be carried out.

    Parameters
    ----------
    code
        Key of `MESSAGES`.
    **params
        Values of the message.
    """

    def __init__(self, code: str, /, **params: object) -> None:
        self.code = code
        self.params = params
        super().__init__(code, params)

    def in_japanese(self) -> str:
        """Return what the person reads."""
        return MESSAGES[self.code].format(**self.params)


def did_you_mean(written: str, known: list[str]) -> str:
    """Return the question after the known word most like the one written, or nothing."""
    from difflib import get_close_matches

    near = get_close_matches(written, known, n=1, cutoff=0.4)
    return f"「{near[0]}」のことですか。" if near else ""
