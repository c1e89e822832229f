"""What the web itself has to say, in Japanese: the code of a refusal → title and sentences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Explanation:
    """What happened, and what one can do now; the sentences may hold values of the error."""

    title: str
    sentences: tuple[str, ...]


EXPLANATIONS: Final[Mapping[str, Explanation]] = {
    "not_found": Explanation(
        "この画面は見つかりません",
        (
            "アドレスが変わったか、あなたの役割では開けない画面です。",
            "必要な画面のはずなら、職場の管理の方に たずねてください。",
        ),
    ),
    "not_allowed_here": Explanation(
        "その送り方では受け取れません",
        ("前の画面にもどって、ボタンから もう一度 お試しください。",),
    ),
    "another_address": Explanation(
        "アドレスが ちがいます",
        ("つなぎ手のアドレスは {address} です。そちらを開いてください。",),
    ),
    "not_permitted": Explanation(
        "あなたの役割では、この操作はできません",
        ("必要な操作のはずなら、職場の管理の方に たずねてください。",),
    ),
    "cannot_record": Explanation(
        "いまは お見せできません",
        (
            "だれが見たかを記録に書けないため、内容を出していません。",
            "少し待って、もう一度 お試しください。続くときは、管理の方に 知らせてください。",
        ),
    ),
    "not_now": Explanation(
        "今は できません",
        (
            "画面を開いたあとで、ほかの人が先に変えたか、条件が変わりました。何も保存していません。",
            "前の画面を開きなおして、今の様子を確かめてください。",
        ),
    ),
    "not_signed_in": Explanation(
        "サインインが必要です",
        ("時間がたつと、自動で席をはなれた扱いになります。もう一度 サインインしてください。",),
    ),
    "form_outdated": Explanation(
        "もう一度 お願いします",
        (
            "画面を開いてから時間がたったため、送られた内容を受け取りませんでした。"
            "何も変わっていません。",
            "前の画面を開きなおして、もう一度 押してください。",
        ),
    ),
    "form_from_elsewhere": Explanation(
        "ほかの場所から送られたため、受け取りませんでした",
        ("つなぎ手の画面から送ってください。何も変わっていません。",),
    ),
    "too_large": Explanation(
        "大きすぎて受け取れません",
        ("一度に送れるのは {megabytes}MB までです。分けて送ってください。",),
    ),
    "too_slow": Explanation(
        "送られた内容が とどききりませんでした",
        (
            "時間がかかりすぎたため、受け取るのをやめました。何も変わっていません。",
            "もう一度 お試しください。",
        ),
    ),
    "too_often": Explanation(
        "少し待ってから、もう一度 お願いします",
        (
            "短い間に、たくさんの操作がありました。"
            "{seconds}秒ほど待ってから、もう一度 お試しください。",
            "何も変わっていません。心あたりがないときは、職場の管理の方に知らせてください。",
        ),
    ),
    "unreadable": Explanation(
        "送られた内容を読めませんでした",
        ("前の画面にもどって、書いた内容を確かめてください。何も変わっていません。",),
    ),
    "trouble": Explanation(
        "うまくいきませんでした",
        (
            "つなぎ手の側の不具合です。何度も続くときは、下の番号を職場の管理の方に"
            "伝えてください。",
            "保存の途中だったときは、もう一度 お試しください。",
        ),
    ),
    "not_ready": Explanation(
        "いまは使えません",
        ("準備ができていません。しばらくしてから、もう一度 開いてください。",),
    ),
    "disk_full": Explanation(
        "保存できませんでした",
        (
            "ディスクに空きがないため、書いたことは残っていません。",
            "管理の方に知らせて、空きができてから もう一度 送ってください。",
        ),
    ),
}
