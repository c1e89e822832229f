"""What the database has to say, in Japanese: what is wrong, where, and how to mend it."""

from __future__ import annotations

from collections.abc import Mapping

from cases.messages import in_japanese as words_below
from db.errors import DatabaseError

MESSAGES: Mapping[str, str] = {
    # the database itself
    "unknown_database": "「{url}」はデータベースの場所として読めません。"
    "sqlite:///ファイル か postgresql://… の形で書いてください。",
    "database_busy": "ほかの保存が {seconds}秒たっても終わりません。"
    "しばらくしてから、もう一度お試しください。",
    "disk_full": "ディスクに書きこめないため、保存しませんでした。いま書いたことは残っていません。"
    "管理の方に、ディスクの空きを確かめてもらってください（tsunagite doctor で分かります）。",
    "newer_database": "このデータベースは、新しい版のつなぎ手で作られています。"
    "つなぎ手を新しい版にしてください。何も変えていません。",
    "tables_differ": "データベースの表が、この版のつなぎ手と合いません。"
    "tsunagite migrate を実行してください（{why}）。",
    "migration_broke_references": "表の更新で「{table}」のつながりが {rows}件 切れるため、"
    "元にもどしました。サポートに知らせてください。",
    "migration_needs_keys": "これまでの計算の記録に封をするため、鍵のファイルが要ります。"
    "鍵のファイルを置いて、tsunagite migrate を実行してください。何も変えていません。",
    "runs_stay_sealed": "計算の記録に封をしたデータベースは、前の版の表には もどせません。"
    "前の版の控えから もどしてください。何も変えていません。",
    # backups
    "database_in_use": "つなぎ手が動いているか、ほかのコマンドがデータベースを使っています。"
    "止めてから、もう一度お試しください。何も変えていません。",
    "database_being_restored": "いま、控えから もどしているところです。"
    "終わってから、もう一度お試しください。",
    "not_a_backup": "「{file}」は、つなぎ手の控えではありません。ファイルを確かめてください。",
    "backup_other_keys": "「{file}」は、いまの鍵のファイルでは開けません。"
    "この控えを作ったときの鍵のファイルを用意してください。何も変えていません。",
    "backup_damaged": "控え「{file}」は傷んでいるか、途中で切れています。"
    "ほかの控えを使ってください。何も変えていません。",
    "backup_other_city": "この控えは市区町村 {found} のものですが、"
    "このデータベースは {expected} です。何も変えていません。",
    "backup_exists": "「{file}」は、もうあります。別の名前にしてください。",
    "backup_unreadable": "控え「{file}」の中に、いまの鍵のファイルでは開けないものが"
    " {count}件あります（鍵を新しくする途中の控えか、そのあとで古い鍵を消しています）。"
    "控えを作ったころの鍵のファイルの写しを使うか、ほかの控えを使ってください。何も変えていません。",
    "deletions_unknown": "削除の記録「{path}」がありません。このまま もどすと、"
    "控えのあとに削除された方が もどってしまいます。前の機械で鍵のファイルの"
    "となりにあった deletions.jsonl を置いてください。"
    "どこにもないときだけ、--without-deletions を付けて もどせます。何も変えていません。",
    "backup_not_readable": "控え「{file}」を書いたあと、正しく読みもどせませんでした。"
    "ディスクを確かめて、もう一度お試しください。",
    "snapshot_damaged": "データベースの写しに傷みがあります（{why}）。"
    "tsunagite doctor で具合を調べてください。",
    # the city
    "municipality_missing": "このデータベースに市区町村 {municipality} の設定がありません。"
    "tsunagite init を実行してください。",
    "other_municipality": "設定の市区町村コードは {found} ですが、"
    "このデータベースは {expected} です。コードを確かめてください。",
    "unknown_place": "「{name}」という町や圏域は登録されていません。"
    "先に町の一覧を取り込んでください。",
    "not_the_sample": "{name}のデータベースに、見本のデータは入れられません。"
    "見本用に tsunagite init --municipality sample で別に作ってください。",
    "sample_loaded": "見本のデータは、もう入っています。",
    # what is kept
    "broken_reference": "ほかの登録とのつながり（{table}）が合わないため、保存しませんでした。"
    "画面を開きなおして、もう一度お試しください。",
    "case_no_taken": "本人の番号「{case_no}」は、ほかの方のものです。別の番号にしてください。",
    "login_taken": "アカウント名「{login}」は、ほかの人が使っています。別の名前にしてください。",
    "unstorable_text": "使えない文字（見えない制御文字など）が入っています。"
    "消してから、もう一度お試しください。",
    "account_changed": "このアカウントは、たったいま ほかで変えられたため、保存しませんでした。"
    "もう一度 お試しください。",
    "identity_taken": "この番号は、ほかの方のアカウントに つながっています。"
    "番号を確かめるか、先に その方のつながりを外してください。",
    "passkey_taken": "この鍵は もう登録されています。ほかの機器の鍵を 登録してください。",
    "no_free_place": "この枠は、たったいま うまりました。ほかの枠を見てください。",
    "no_taken_place": "この枠には、いま参加している人がいません。人数を確かめてください。",
    "taken_meanwhile": "来ている人数が、たったいま変わりました。"
    "画面を開きなおして、人数を確かめてください。",
    "capacity_below_taken": "いま来ている人数より少ない定員にはできません。"
    "先に、来ている人数を確かめてください。",
    "decided_meanwhile": "この案は、先にほかの職員が決めました。画面を開きなおしてください。",
    "changed_meanwhile": "この画面を開いたあとで、ほかの方が先に直しました。"
    "何も上書きしていません。開きなおして、いまの内容を確かめてください。",
    "undone_meanwhile": "この決めごとは、先にほかの職員が取り消しました。"
    "画面を開きなおしてください。",
    # deletion
    "deleted_already": "この方の記録は、もう削除されています。画面を開きなおしてください。",
    "deletions_malformed": "削除の記録のファイル「{path}」の {line}行目が読めません。"
    "控えからもどすか、管理の方に知らせてください。",
    # keys
    "keyring_missing": "鍵のファイル「{path}」がありません。"
    "これがないと個人情報を読めません。控えからもどしてください。",
    "keyring_exists": "鍵のファイル「{path}」は、もうあります。"
    "上書きすると個人情報が読めなくなるため、何もしませんでした。",
    "keyring_too_open": "鍵のファイル「{path}」を、ほかの人も読めるようになっています。"
    "持ち主だけが読めるようにしてください（chmod 600）。",
    "keyring_malformed": "鍵のファイル「{path}」の形が正しくありません。控えからもどしてください。",
    "unknown_key": "鍵のファイルに、鍵「{key_id}」がありません。"
    "このデータベースの鍵のファイルか確かめてください。",
    "wrong_keyring": "鍵のファイルが、このデータベースのものではないようです"
    "（{count}件の個人情報を開けません）。何も変えていません。正しい鍵のファイルの控えをもどしてください。",
    "keys_being_changed": "鍵のファイル「{path}」を、いま ほかの keys コマンドが変えています。"
    "終わってから、もう一度実行してください。何も変えていません。",
    "keys_replaced": "鍵のファイル「{path}」が、途中で別のものに置きかえられています。"
    "ここで止めました。置きかえる前のファイルを もどしてから、もう一度実行してください。",
    "cannot_decrypt": "個人情報（{table} の {column}）を開けません。"
    "鍵のファイルがちがうか、データが書きかえられています。管理の方に知らせてください。",
    # the record of what was done
    "audit_chain_broken": "操作の記録の {number}番目が、書いたときと変わっています（"
    "その前までは確かです）。つなぎ手を止め、var フォルダーの写しを取って、"
    "管理の方に知らせてください。控えと比べると、何が変わったかが分かります。",
    "audit_events_missing": "操作の記録は {number}番目まであったはずですが、"
    "いまは {found}番目までしかないか、書きなおされています。つなぎ手を止め、"
    "var フォルダーの写しを取って、管理の方に知らせてください。"
    "控えを戻したあとなら、その日時と合うかを確かめてください。",
    "audit_cut_untold": "操作の記録の {number}番目までが なくなっていますが、"
    "切り取ったという記録がありません。つなぎ手を止め、var フォルダーの写しを取って、"
    "管理の方に知らせてください。",
    "audit_cut_not_noted": "操作の記録の {number}番目までが 切り取られていますが、"
    "書きとめたファイルに その切り取りがありません。tsunagite audit cut のほかの方法で"
    "消されたおそれがあります。つなぎ手を止め、var フォルダーの写しを取って、"
    "管理の方に知らせてください。",
    "audit_cut_too_much": "操作の記録の {number}番目までが 切り取られていますが、"
    "書きとめたファイルとくらべると、まだ残しておく期間の記録まで なくなっています。"
    "つなぎ手を止め、var フォルダーの写しを取って、管理の方に知らせてください。",
    "audit_nothing_to_cut": "操作の記録に、残しておく期間がすぎたものは ありません"
    "（{kept_from} からの記録は、残しておきます）。何も変えていません。",
    "audit_cut_without_anchor": "操作の記録は {number}番目までの期間がすぎていますが、"
    "そのあいだに 書きとめた末尾がないので、確かな切り口がありません。"
    "audit anchor で書きとめたファイルがあれば、--anchor で指定してください。何も変えていません。",
    "audit_cut_on_hold": "切り取るところに、削除を止めている方 {count}人の記録があります。"
    "止めているあいだは、操作の記録も切り取れません。何も変えていません。",
    "anchors_unreadable": "「{path}」は、記録の末尾を書きとめたファイルとして読めません"
    "（{line}行め）。audit anchor で作ったファイルを指定してください。",
    "anchors_of_others": "「{path}」に、市区町村 {municipality} の記録の末尾はありません。"
    "ファイルを確かめてください。",
}


def in_japanese(error: Exception) -> str:
    """Return what went wrong in Japanese; codes of the packages below are said there."""
    if isinstance(error, DatabaseError) and error.code in MESSAGES:
        return MESSAGES[error.code].format(**error.params)
    return words_below(error)
