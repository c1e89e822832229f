"""What is wrong with a file, in Japanese: what, where, and how to mend it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from cases.words.dates import date_words
from db.messages import in_japanese as words_below
from exchange.errors import ExchangeError
from exchange.problem_messages import PROBLEM_MESSAGES

MESSAGES: Mapping[str, str] = {
    # files
    "file_not_found": "「{file}」を開けません。場所と名前を確かめてください。",
    "file_is_folder": "「{file}」はフォルダーです。中のファイルを選んでください。",
    "file_empty": "「{file}」は空です。中身のあるファイルを選んでください。",
    "file_too_large": "「{file}」は大きすぎます（{most_mb}MBまで）。分けて取り込んでください。",
    "file_too_many_rows": "「{file}」の表が大きすぎます（{most}行まで）。"
    "使っていない行や列を消すか、分けて取り込んでください。",
    "file_takes_too_long": "「{file}」を読むのに時間がかかりすぎるため、やめました。"
    "何も取り込んでいません。使っていない行・列・シートを消すか、分けて取り込んでください。",
    "file_takes_too_much": "「{file}」は、中身が大きすぎて読めません。何も取り込んでいません。"
    "使っていない行・列・シートを消すか、分けて取り込んでください。",
    "file_stops_reader": "「{file}」を読んでいる途中で止まりました。何も取り込んでいません。"
    "もとのソフトで開いて、CSV か Excel（.xlsx）で保存しなおしてください。",
    "file_not_text": "「{file}」の文字を読めません。Excel、または UTF-8 か Shift_JIS の CSV で"
    "保存しなおしてください。",
    "file_not_a_table": "「{file}」は表のファイルではありません。Excel（.xlsx）か CSV で"
    "保存しなおしてください。",
    "file_locked": "「{file}」にはパスワードがかかっています。外してから取り込んでください。",
    "file_broken": "「{file}」は壊れていて読めません。もとのファイルを開いて、"
    "もう一度 保存しなおしてください。",
    "csv_quotes": '「{file}」の{row}行目から先を読めません。引用符（"）の閉じ忘れがないかを'
    "確かめるか、Excel で開いて保存しなおしてください。",
    "header_not_found": "「{file}」に見出しの行が見つかりません。{columns} の列が要ります。",
    # cells
    "cell_not_a_number": "「{value}」は数として読めません。数字だけで書いてください（例: 12）。",
    "cell_not_whole": "「{value}」は整数ではありません。端数のない数で書いてください。",
    "cell_too_large": "{value} は大きすぎます。数を確かめてください。",
    "cells_without_header": "見出しの数より セルが多い行です。"
    '「,」を含む文字は引用符（"）で囲むか、余ったセルを消してください。',
    "cell_too_long": "{most}字より長い文字が入っています。短くしてください。",
    "cell_not_a_date": "「{value}」は日付として読めません。2026-04-01 や R8.4.1 のように"
    "書いてください。",
    "cell_not_a_time": "「{value}」は時刻として読めません。9:00 のように書いてください。",
    "cell_not_a_span": "「{value}」は、始まりと終わりの時刻として読めません。"
    "10:00〜12:00 のように書いてください。",
    "cell_not_yes_no": "「{value}」は 有・無 のどちらか分かりません。有 か 無 と書いてください。",
    "cell_not_a_code": "「{value}」は市区町村コードとして読めません。6けたの番号を書いてください。",
    "cell_blank": "{column} が空です。書いてください。",
    "cell_below": "{value} は小さすぎます。{least} 以上の数を書いてください。",
    "cell_outside": "{value} は範囲の外です。{least} から {most} までの数を書いてください。",
    "cell_not_a_choice": "「{value}」は選べません。{allowed} のどれかを書いてください。",
    "unknown_code_in_file": "「{value}」は、コード表にありません。{hint}"
    "言い方を直すか、設定の [codes] に足してください。",
    "half_point_in_file": "緯度と経度の片方だけが書かれています。"
    "両方書くか、両方 空にしてください。",
    "point_impossible": "緯度 {lat}・経度 {lon} は日本の中にありません。直すか、空にしてください。",
    "point_outside_city": "緯度・経度（{value}）が{city}の外にあります。確かめてください。",
    "place_unknown": "どこにあるか分かりません。町名か、住所、緯度・経度を書いてください。",
    "town_unknown": "「{value}」という町は登録されていません。{hint}"
    "名前を直すか、町の一覧に足してから、もう一度 取り込んでください。",
    "town_added": "「{value}」という町は登録されていなかったので、新しく足しました。{hint}",
    "town_ambiguous": "「{value}」に当たる町が2つ以上あります。丁目まで書いてください。",
    "town_twice": "「{name}」は {row}行目にもあります。どちらかを消してください。",
    "town_without_point": "「{name}」の緯度・経度がありません。移動時間は計れません。",
    "town_in_two_districts": "「{value}」は「{other}」にも入っています。"
    "どちらか一つにしてください。",
    "district_added": "「{value}」という圏域は設定になかったので、新しく足しました。{hint}",
    "end_before_start": "終わりの日（{end}）が、始まりの日（{start}）より前です。"
    "どちらかを直してください。",
    "geojson_wrong": "「{file}」は GeoJSON の形になっていません。"
    "地図のソフトから、もう一度 書き出してください。",
    "geometry_missing": "形がありません。境界の入ったファイルか確かめてください。",
    "geometry_wrong": "形を読めません。座標の書き方を確かめてください。",
    "id_twice": "番号「{value}」は {row}行目でも使われています。番号を一つずつにしてください。",
    "place_twice": "「{value}」は同じ場所・同じ日時で {row}行目にもあります。"
    "どちらかを消してください。",
    "area_unknown": "「{value}」がどの町か分かりません。"
    "分かるまで、ここの枠はだれの案にも出ません。",
    "kind_unknown": "「{value}」という種類は分かりません。「その他」として入れました。",
    "resource_unknown": "「{value}」という場所は登録されていません。{hint}"
    "先に場所を取り込むか、名前を直してください。",
    "resource_ambiguous": "「{value}」という場所が2つ以上あります。場所の番号を書いてください。",
    "opening_twice": "「{value}」は同じ場所で {row}行目にもあります。"
    "別の枠なら、枠の名前か番号を変えてください。",
    "capacity_below_one": "定員が {value} です。1以上の数を書いてください。"
    "受け入れを休むときは、状態を「休止」にします。",
    "taken_above_capacity": "いまの人数（{taken}）が定員（{capacity}）を超えています。"
    "どちらかを直してください。",
    "stage_order": "進める段階が、はじめの段階より前です。どちらかを直してください。",
    "age_order": "年齢の上限（{most}）が、下限（{least}）より低いです。どちらかを直してください。",
    "weekday_missing": "時刻がありますが、いつの曜日かがありません。"
    "「曜日」か「繰り返し」の列に、「毎週水」のように書いてください。",
    "time_missing": "曜日がありますが、時刻がありません。始まる時刻と終わる時刻を書いてください。",
    "end_time_before_start": "終わる時刻（{end}）が、始まる時刻（{start}）より後ではありません。"
    "どちらかを直してください。",
    "recurrence_words": "「{value}」はいつのことか読めません。"
    "「毎週水」「第1・3月曜」か、0We のような番号で書いてください。",
    "closed_words": "「{value}」はいつ休むのか読めません。「年末年始」「8月」"
    "「12/29〜1/3」のように書いてください。",
    "availability_words": "「{value}」はいつ来られるのか読めません。"
    "「火・水の午前、金の午後」のように書いてください。",
    "born_later": "生年月日（{born}）が、相談開始日（{since}）より後です。"
    "どちらかを直してください。",
    "wish_also_avoided": "「{value}」が、したいことと避けたいことの両方にあります。"
    "どちらかを消してください。",
    "avoided_unknown": "「{value}」がどこか分かりません。{hint}"
    "分かるまで、この方の案は出しません（お休みにして、名前は避けたいことの欄に残しました）。",
    "consent_without_hosts": "同意の相手に「受け入れ先」がありません。"
    "受け入れ先への打診には使えません。",
    "people_hidden": "「{value}」は秘匿された数です。0ではなく、分からない数として扱います。",
    "person_lost": "この行のとおりにすると、あなたは この方を開けなくなります。"
    "事業・住まい・担当を確かめるか、開ける職員に取り込んでもらってください。",
    "case_no_not_yours": "番号「{value}」は使えません。"
    "別の番号にするか、担当の方に聞いてください。",
    "layer_missing": "どの圏域の層かを --layer で選んでください（{known}）。",
    "layer_misspelt": "「{layer}」という層はありません。{hint}"
    "新しい層を作るときは、もっとちがう名前にしてください。",
    "layer_wrong": "「{layer}」という層には、この取り込みはできません。",
    "strict": "ほかの行に直すところがあるため、このファイルは入れませんでした。",
    "kind_unknown_to_import": "「{kind}」は取り込めません。{hint}取り込めるのは {known} です。",
    "keys_missing": "本人の情報を守る鍵が見つかりません。管理の方に聞いてください。",
    # what was mended
    "repaired_serial_date": "Excelの日付の番号を、日付として読みました",
    "repaired_phone_zero": "はじめの0が落ちた電話番号に、0を足しました",
    "repaired_code": "市区町村コードを、検査数字つきの6けたにそろえました",
    "repaired_axes": "緯度と経度が入れかわっていたので、直しました",
    "repaired_swapped_axes": "緯度と経度が入れかわっていたので、直しました",
    "repaired_self_crossing": "自分と交わる形だったので、直しました",
    "repaired_words_to_note": "数でない書き方だったので、備考に移しました",
    "repaired_words_to_description": "日付でない書き方だったので、説明に移しました",
    # settings
    "settings_not_found": "設定のファイル「{file}」がありません。"
    "用意してある市は {supplied} です。ほかの市は TOML ファイルを指定してください。",
    "settings_not_toml": "「{file}」の{place}が、TOML の書き方になっていません。"
    "かっこや引用符の閉じ忘れ、同じ項目が2つないかを確かめてください。",
    "settings_not_utf8": "「{file}」の文字を読めません。"
    "TOML の設定を、UTF-8 で保存しなおしてください。",
    "settings_key_missing": "{where}: 「{key}」がありません。書き足してください。",
    "settings_unknown_key": "{where}: 「{key}」という項目はありません。「{near}」のことですか。",
    "settings_unknown_layer": "{where}: 「{key}」という圏域の層は、これより上にありません。",
    "settings_unknown_code": "{where}: 「{key}」の「{value}」は、コード表にありません。"
    "「{near}」のことですか。新しい言い方は [codes] に書き足してください。",
    "settings_wrong_type": "{where}: 「{key}」に {value} は書けません。{wanted}で書いてください。",
    "settings_year": "{where}: 「{key}」は年度ではありません。2026 のように西暦で書いてください。",
    "settings_layer_taken": "{where}: 圏域の層「{key}」という記号は、もう使われています。"
    "別の記号にしてください。",
    "settings_policy": "{where}: {reason}",
    "settings_code": "{where}: 市区町村コード「{value}」は正しくありません。"
    "検査数字まで6けたで書いてください。",
    **PROBLEM_MESSAGES,
}
"""Japanese templates by code; the parameters are those of the error."""


def in_japanese(error: Exception) -> str:
    """Return the sentence that a person reads for an error of this package or one below."""
    # Packages below use some of the same codes with values of their own.
    if not isinstance(error, ExchangeError) or error.code not in MESSAGES:
        return words_below(error)
    shown = {name: _shown(value) for name, value in error.params.items()}
    return MESSAGES[error.code].format(**shown)


def _shown(value: object) -> object:
    return date_words(value) if isinstance(value, date) else value
