"""What is wrong with a problem or result file, in Japanese; places are named as in the file."""

from __future__ import annotations

from collections.abc import Mapping

PROBLEM_MESSAGES: Mapping[str, str] = {
    "file_not_written": "「{file}」に書けません。フォルダーがあるか、書きこめるかを"
    "確かめてください。",
    "json_not_utf8": "文字が UTF-8 ではありません（{position}バイト目）。"
    "UTF-8 で保存しなおしてください。",
    "json_broken": "JSON として読めません（{line}行目 {column}文字目）。"
    "かっこやコンマを確かめてください。",
    "json_not_finite": "数のところに {name} があります。ふつうの数を書いてください。",
    "json_key_twice": "「{key}」が同じかっこの中に2回あります。1つにしてください。",
    "json_unknown_key": "{where}「{key}」という項目はありません。{hint}"
    "名前を直すか、消してください。",
    "json_key_missing": "{where}「{key}」がありません。書き足してください。",
    "json_not_text": "{where}: ここには文字を書いてください。",
    "json_text_empty": "{where}: 空です。名前を書くか、いらなければ消してください。",
    "json_not_whole": "{where}: ここには整数を書いてください。",
    "json_not_number": "{where}: ここには数を書いてください。",
    "json_not_list": "{where}: ここにはリスト [ ] を書いてください。",
    "json_not_object": "{where}: ここには項目のかっこ {{ }} を書いてください。",
    "json_not_arc": "{where}: ここには [本人, 枠] の組、"
    '{{"host": つなぎ先}}、{{"group": 集まり, "held": …}} のどれかを書いてください。',
    "json_not_flag": "{where}: ここには true か false を書いてください。",
    "json_not_a_choice": "{where}: 「{value}」は選べません。{allowed} のどれかを書いてください。",
    "json_number_too_large": "{where}: 数が大きすぎます（64ビットまで）。小さくしてください。",
    "format_unknown": "形式「{found}」は読めません。format には「{wanted}」と書いてください。",
    "npz_broken": "「{file}」は .npz として読めません。作りなおしてください。",
    "npz_not_text": "配列 {name} には文字を入れてください。",
    "npz_text_empty": "配列 {name} の {at} 番目（0から数えて）が空です。名前を書いてください。",
    "npz_not_a_column": "配列 {name} は、1つの列（1次元）にしてください。",
    "npz_not_whole": "配列 {name} には整数を入れてください。",
    "npz_not_number": "配列 {name} には数を入れてください。",
    "npz_not_json": "配列 {name} には UTF-8 の JSON を入れてください。",
    "npz_wrong_size": "配列 {name} の大きさが合いません。問題の数にそろえてください。",
    "result_id_unknown": "結果にある「{id}」は、この問題にありません。"
    "問題と結果の組み合わせを確かめてください。",
    "result_id_twice": "結果に「{id}」が2回あります。もう一度 解いてください。",
    "result_not_in_units": "{where}: 合い方の数が 0.000001 きざみではありません。"
    "もう一度 解いてください。",
}
"""Japanese templates by code, for `exchange.messages`."""
