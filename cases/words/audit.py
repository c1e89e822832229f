"""What the audit record says, in words: the kinds of events of readers, and all that was done."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from cases.emergency import own_terms
from catalog.audit import AuditEvent


class Kind(StrEnum):
    """What somebody did who only read."""

    SHOWN = "people_shown"
    SEARCHED = "people_searched"
    PRINTED = "people_printed"
    EXPORTED = "file_taken"
    COMMAND = "people_told"
    REFUSED = "access_refused"
    RECORD_SEEN = "record_seen"


GROUPS: Final[Mapping[str, tuple[str, Mapping[str, str]]]] = {
    "read": (
        "見た・さがした",
        {
            Kind.SHOWN: "画面で見ました",
            Kind.SEARCHED: "本人をさがしました",
            Kind.COMMAND: "サーバーの端末で見ました",
            "address_shown": "守られている住まいを表示しました",
            Kind.RECORD_SEEN: "この記録を見ました",
        },
    ),
    "taken": (
        "印刷・持ち出し",
        {
            Kind.PRINTED: "印刷のための画面を開きました",
            Kind.EXPORTED: "ファイルを受け取りました",
            "person_exported": "この方の記録を まとめて出しました",
            "disclosed": "知らせたことを記録しました",
        },
    ),
    "emergency": (
        "緊急閲覧",
        {
            "emergency_opened": "緊急閲覧で開きました",
            "emergency_ended": "緊急閲覧を終えました",
            "emergency_not_opened": "緊急閲覧で、開けませんでした",
        },
    ),
    "refused": (
        "開けなかった",
        {
            Kind.REFUSED: "開こうとして、開けませんでした",
            "sign_in_failed": "サインインできませんでした",
        },
    ),
    "people": (
        "本人の記録を変えた",
        {
            "participant_registered": "本人を登録しました",
            "participant_changed": "本人の記録を直しました",
            "household_saved": "世帯を書きました",
            "reception_added": "受付を書きました",
            "reception_changed": "受付を直しました",
            "reception_screened": "受付をどうするか決めました",
            "reception_linked": "受付を この方に つなげました",
            "reception_unlinked": "受付と この方の つながりを外しました",
            "receptions_saved": "受付をまとめて登録しました",
            "referral_asked": "ほかの機関に つなぎをたのみました",
            "referral_answered": "つなぎに 返事・結果を書きました",
            "referrals_saved": "つなぎをまとめて登録しました",
            "visit_planned": "訪問の予定を書きました",
            "visit_written": "訪問の記録を書きました",
            "visit_called_off": "訪問を取りやめました",
            "need_changed": "希望を書きました",
            "placements_saved": "参加をまとめて登録しました",
            "talk_written": "聞き取りを書きました",
            "talk_corrected": "聞き取りを直しました",
            "talks_saved": "聞き取りをまとめて登録しました",
            "consent_recorded": "同意を記録しました",
            "enquiry_sent": "受け入れ先に、名前を出さずに たずねました",
            "enquiry_answered": "受け入れ先の返事を書きました",
            "enquiry_person_answered": "打診への本人の返事を書きました",
            "enquiry_nudged": "受け入れ先に、届いたかを たずねました",
            "enquiry_lapsed": "受け入れ先の返事を待つのをやめました",
            "enquiry_taken_back": "打診を取り下げました",
            "enquiry_corrected": "打診の返事を取り消しました",
            "enquiries_saved": "打診をまとめて登録しました",
            "enquiry_placed": "打診から 参加を始めました",
            "placement_begun": "参加を始めました",
            "placement_step_up": "参加を次の段へ進めました",
            "placement_step_back": "参加を一歩もどしました",
            "placement_rest": "参加のお休みを書きました",
            "placement_resume": "参加をまた始めました",
            "placement_end": "参加を終えました",
            "placement_corrected": "参加の記録を直しました",
            "plan_written": "支援プランを書きました",
            "plan_draft": "支援プランを下書きにもどしました",
            "plan_submitted": "支援プランを会議にかけました",
            "plan_decided": "支援プランが決まりました",
            "plan_replaced": "支援プランを次の版に替えました",
            "plan_ended": "支援プランを終えました",
            "evaluation_written": "評価を書きました",
            "case_closed": "支援を終えました",
            "case_reopened": "支援を また始めました",
            "watch_begun": "見守る機関を決めました",
            "watch_looked": "様子を見たことを書きました",
            "watch_ended": "見守りを終えました",
            "watch_reopened": "見守りから 支援にもどしました",
            "hold_made": "記録の削除を止めました",
            "hold_lifted": "記録の削除を止めるのをやめました",
            "person_deleted": "記録を削除しました",
            "deletions_applied": "もどってきた方を、もう一度削除しました",
            "consents_added": "同意を記録しました",
            "participants_saved": "本人をまとめて登録しました",
            "households_saved": "世帯をまとめて登録しました",
            "needs_saved": "希望をまとめて登録しました",
            "helpers_saved": "手伝う方をまとめて登録しました",
            "helper_saved": "手伝う方を登録しました",
            "import": "ファイルを取り込みました",
            "participants_imported": "本人をファイルから取り込みました",
            "households_imported": "世帯をファイルから取り込みました",
            "needs_imported": "希望をファイルから取り込みました",
            "consents_imported": "同意をファイルから取り込みました",
        },
    ),
    "matching": (
        "つなぎ先を決めた",
        {
            "matching_run": "マッチングを行いました",
            "helper_run": "手伝いの組み合わせを行いました",
            "proposal_advance": "案を進めました",
            "proposal_set_aside": "案を見送りました",
            "proposal_undo": "決めたことを取り消しました",
            "lock_settled": "探す前に、枠を決めました",
            "lock_undone": "決めた枠を取り消しました",
            "exclusion_settled": "案を出さない枠を決めました",
            "exclusion_undone": "案を出さない枠を取り消しました",
            "override_settled": "相談室の判断で、合うことにする枠を決めました",
            "override_undone": "相談室の判断を取り消しました",
            "bond_settled": "一緒に・別々にと決めました",
            "bond_undone": "一緒に・別々にを取り消しました",
            "policy_adopted": "案の決め方を変えました",
            "policy_tried": "案の決め方を試しました",
        },
    ),
    "meetings": (
        "会議",
        {
            "meeting_planned": "会議の予定を書きました",
            "meeting_held": "会議を開いたと書きました",
            "meeting_called_off": "会議を取りやめました",
            "agenda_added": "会議の議題を足しました",
            "agenda_written": "会議の議題を書きました",
            "room_opened": "会議の部屋を開きました",
        },
    ),
    "places": (
        "場所と枠を変えた",
        {
            "place_taken": "枠の1人分を使いました",
            "place_released": "枠の1人分を返しました",
            "opening_added": "枠を足しました",
            "opening_changed": "枠を変えました",
            "opening_confirmed": "枠を確かめました",
            "host_limits_changed": "受け入れ先の人数の決めごとを変えました",
            "openings_saved": "枠をまとめて登録しました",
            "organisations_saved": "団体をまとめて登録しました",
            "resources_saved": "場所をまとめて登録しました",
            "openings_imported": "枠をファイルから取り込みました",
            "organisations_imported": "団体をファイルから取り込みました",
            "resources_imported": "場所をファイルから取り込みました",
        },
    ),
    "staff": (
        "職員・サインイン",
        {
            "signed_in": "サインインしました",
            "signed_out": "サインアウトしました",
            "signed_out_everywhere": "すべての場所でサインアウトしました",
            "all_sessions_ended": "全員のサインインを 終わりにしました",
            "session_ended": "ほかの場所のサインインを 終わりにしました",
            "sessions_ended": "その人のサインインを すべて終わりにしました",
            "password_right": "パスワードで 本人だと確かめました",
            "proved_again": "大事な操作の前に 本人だと確かめました",
            "locked": "続けて違ったので しばらく入れなくしました",
            "unlocked": "すぐに入れるようにしました",
            "invited": "招待のリンクを作りました",
            "reset_begun": "パスワードを決めなおすリンクを作りました",
            "factor_added": "2つめの確かめを 使えるようにしました",
            "factor_removed": "2つめの確かめを 外しました",
            "codes_renewed": "控えのコードを作りなおしました",
            "passkey_added": "パスキーを足しました",
            "passkey_removed": "パスキーを外しました",
            "passkey_copied": "写しかもしれないパスキーを 断りました",
            "password_changed": "パスワードを変えました",
            "user_added": "職員を加えました",
            "user_saved": "職員の登録を変えました",
            "provider_right": "市の認証基盤で 本人だと確かめました",
            "identity_linked": "市の認証基盤の利用者に つなげました",
            "identity_removed": "市の認証基盤とのつながりを 外しました",
            "user_changed": "職員の役割や所属を変えました",
            "user_disabled": "職員の利用を止めました",
            "user_enabled": "職員の利用を また始めました",
            "criteria_reviewed": "支援の基準を見直しました",
            "remit_set": "担当の範囲を決めました",
        },
    ),
    "city": (
        "市の設定",
        {
            "scopes_indexed": "前の版で書いた方を、担当の方の一覧に出るようにしました",
            "backup_made": "控えを作りました",
            "database_restored": "控えから元にもどしました",
            "audit_cut": "期間がすぎた操作の記録を 切り取りました",
            "key_added": "個人情報の鍵を新しくしました",
            "keys_resealed": "個人情報の封をしなおしました",
            "keys_dropped": "古い鍵を消しました",
            "index_key_changed": "名前をさがすための鍵を新しくしました",
            "municipality_saved": "市の設定を保存しました",
            "towns_saved": "町を登録しました",
            "towns_imported": "町をファイルから取り込みました",
            "districts_imported": "圏域をファイルから取り込みました",
            "boundaries_imported": "町の境をファイルから取り込みました",
            "population_imported": "人口をファイルから取り込みました",
            "population_saved": "人口を登録しました",
            "outline_saved": "市の形を登録しました",
            "shapes_saved": "町の形を登録しました",
            "map_features_saved": "地図の川や駅を登録しました",
        },
    ),
}
"""Groups in which one looks through the record: each name, and the words of its kinds."""
WORDS: Final[Mapping[str, str]] = {
    kind: words for _, kinds in GROUPS.values() for kind, words in kinds.items()
}
SUPPORT_WORDS: Final[Mapping[str, str]] = {
    "programmes": "支援している事業",
    "member_office_ids": "プランに加わる機関",
}
"""Fields of a person that say who meets them; the record names them when they change."""
READS: Final = frozenset({*Kind, "address_shown"} - {Kind.RECORD_SEEN})
"""The kinds that belong into a list of who has seen somebody's records."""
EMERGENCY: Final = frozenset(GROUPS["emergency"][1])
"""The kinds that begin, end or refuse an emergency access."""
ACCESSES: Final = READS | EMERGENCY
"""What belongs into a list of who has seen somebody: the reads, and why it was urgent."""
PAGES: Final[Mapping[str, str]] = {
    "/": "今日の仕事",
    "/people": "本人の一覧",
    "/people/search": "本人をさがす",
    "/people/{participant_id}": "本人の概要",
    "/people/{participant_id}/address": "守られている住まい",
    "/people/{participant_id}/edit": "本人の記録を直す画面",
    "/people/{participant_id}/need": "希望の画面",
    "/people/{participant_id}/consent": "同意の画面",
    "/people/{participant_id}/consent/withdraw": "同意の撤回の画面",
    "/people/{participant_id}/openings": "この人のつなぎ先",
    "/people/{participant_id}/openings/refused": "今は合わない枠の一覧",
    "/people/{participant_id}/openings/sheet": "本人に見せる1枚",
    "/people/{participant_id}/openings/{opening_id}": "くわしい理由",
    "/people/{participant_id}/what-if": "もし変わったら",
    "/people/{participant_id}/together": "一緒に・別々に決める画面",
    "/people/{participant_id}/records": "記録のこと",
    "/people/{participant_id}/records/changes": "変更の記録",
    "/people/{participant_id}/records/export": "まとめて出す画面",
    "/people/{participant_id}/records/deletion": "削除の画面",
    "/people/{participant_id}/records/told": "知らせたことを書く画面",
    "/people/{participant_id}/records/holds": "削除を止める画面",
    "/people/{participant_id}/records/holds/{hold_id}/lift": "削除を止める画面",
    "/people/{participant_id}/proposals/{proposal_id}": "案を決める画面",
    "/people/new": "新しい方の登録",
    "/people/{participant_id}/closing": "評価と終結",
    "/people/{participant_id}/closing/close": "評価と終結",
    "/people/{participant_id}/closing/reopen": "評価と終結",
    "/people/{participant_id}/closing/print": "印刷する評価",
    "/people/{participant_id}/story": "これまで",
    "/people/{participant_id}/watch": "見守り",
    "/people/{participant_id}/watch/end": "見守り",
    "/people/{participant_id}/plan": "支援プラン",
    "/people/{participant_id}/plan/step": "支援プラン",
    "/people/{participant_id}/plan/print": "印刷する支援プラン",
    "/intake": "受付の一覧",
    "/intake/counts": "受付の数",
    "/intake/{reception_id}": "受付",
    "/intake/{reception_id}/edit": "受付を直す画面",
    "/intake/{reception_id}/screening": "受付",
    "/intake/{reception_id}/person": "受付",
    "/intake/{reception_id}/person/remove": "受付",
    "/intake/{reception_id}/referrals": "受付",
    "/people/{participant_id}/intake": "受付・訪問",
    "/people/{participant_id}/referrals": "受付・訪問",
    "/people/{participant_id}/visits": "訪問",
    "/people/{participant_id}/visits/{visit_id}": "訪問",
    "/people/{participant_id}/visits/{visit_id}/off": "訪問",
    "/referrals": "つなぎの一覧",
    "/referrals/{referral_id}": "つなぎ",
    "/people/{participant_id}/openings/{opening_id}/enquiry": "受け入れ先にたずねる",
    "/calls": "聞き取りの一覧",
    "/calls/next": "聞き取りの一覧",
    "/calls/{placement_id}": "聞き取り",
    "/calls/{placement_id}/talks/{talk_id}": "聞き取り",
    "/people/{participant_id}/course": "経過記録",
    "/intake/new": "新しい受付",
    "/meetings/calendar.ics": "会議のカレンダー",
    "/enquiries": "打診の一覧",
    "/enquiries/{enquiry_id}": "打診",
    "/enquiries/{enquiry_id}/host": "打診",
    "/enquiries/{enquiry_id}/person": "打診",
    "/enquiries/{enquiry_id}/step": "打診",
    "/enquiries/{enquiry_id}/sheet": "受け入れ先への紙",
    "/enquiries/{enquiry_id}/placement": "打診",
    "/placements": "参加の一覧",
    "/placements/{placement_id}": "参加",
    "/placements/{placement_id}/step": "参加",
    "/placements/{placement_id}/undo": "参加",
    "/placements/{placement_id}/correct": "参加",
    "/records/retention": "残しておく期間",
    "/emergency": "緊急閲覧",
    "/emergency/{access_id}/end": "緊急閲覧",
    "/emergency/report": "緊急閲覧の報告",
    "/people/{participant_id}/accesses": "この人の記録を見た人",
    "/people/{participant_id}/openings/{opening_id}/settle": "探す前に決める画面",
    "/openings/{opening_id}/people": "この枠に合う方",
    "/openings/{opening_id}/host": "受け入れ先に見せる1枚",
    "/openings/{opening_id}/edit": "枠を直す画面",
    "/openings/{opening_id}/status": "枠を直す画面",
    "/openings/{opening_id}/confirm": "枠を直す画面",
    "/openings/new": "新しい枠",
    "/meetings": "会議",
    "/meetings/new": "会議",
    "/meetings/search": "会議の部屋をさがす",
    "/meetings/{meeting_id}/state": "会議",
    "/meetings/{meeting_id}": "会議",
    "/meetings/{meeting_id}/sheet": "会議の紙",
    "/meetings/{meeting_id}/items": "会議の議題",
    "/meetings/{meeting_id}/items/{item_id}": "会議の議題",
    "/places": "受け入れ先の一覧",
    "/places/{place_id}": "受け入れ先",
    "/hosts/{host_id}/limits": "受け入れ先の決めごと",
    "/matching": "マッチングの記録",
    "/matching/{run_id}": "マッチングの結果",
    "/matching/latest": "マッチングの結果",
    "/matching/progress/{job_id}": "マッチングの進みぐあい",
    "/matching/compare": "マッチングをくらべる画面",
    "/matching/{run_id}/record": "マッチングの記録",
    "/matching/{run_id}/imagined": "もし変わったらの結果",
    "/matching/{run_id}/crowded/{participant_id}": "枠が足りない方の画面",
    "/matching/{run_id}/pairs/{participant_id}/{opening_id}": "くわしい理由",
    "/matching/{run_id}/proposals/{proposal_id}": "案を決める画面",
    "/matching/{run_id}/{name}.json": "マッチングのデータ",
    "/matching/helpers": "手伝いの組み合わせ",
    "/matching/helpers/new": "手伝う方の登録",
    "/matching/helpers/{helper_id}/edit": "手伝う方の画面",
    "/matching/helpers/proposals/{helper_proposal_id}": "手伝いの案を決める画面",
    "/matching/helpers/proposals/{helper_proposal_id}/aside": "手伝いの案を決める画面",
    "/matching/rules": "決めておくこと",
    "/matching/rules/hosts": "受け入れ先ごとの決めごと",
    "/matching/rules/{rule_id}/undo": "決めておくこと",
    "/matching/rules/bonds/{bond_id}/undo": "決めておくこと",
    "/settings/policy": "案の決め方",
    "/settings/policy/preview": "案の決め方",
    "/settings/criteria": "支援の基準",
    "/settings/remits": "担当の範囲",
    "/audit": "操作の記録",
    "/audit/accesses": "ある方の記録を見た人",
    "/audit/own": "あなたが見た記録",
    "/audit/file": "操作の記録のファイル",
}
"""What an address is called, by the pattern of its route."""


def event_words(kind: str) -> str:
    """Return what was done; a kind without words of its own is named as it is."""
    return WORDS.get(kind, f"そのほか（{kind}）")


def support_words(fields: str) -> str:
    """Return which of the changed fields let others meet the person, in brackets.

    >>> support_words("name,programmes,member_office_ids")
    '（支援している事業・プランに加わる機関）'
    """
    changed = fields.split(",")
    told = "・".join(words for name, words in SUPPORT_WORDS.items() if name in changed)
    return f"（{told}）" if told else ""


def place_words(route: str) -> str:
    """Return where it was done, from the method and pattern of a route: 本人の概要.

    >>> place_words("GET /people/{participant_id}")
    '本人の概要'
    """
    pattern = route.partition(" ")[2]
    if pattern.startswith("/api/"):
        return "データ連携（API）"
    return PAGES.get(pattern, "")


def deed_words(event: AuditEvent) -> str:
    """Return what was done, with what an event says more of it: which fields, why so urgently."""
    reason = event.detail.get("reason", "") if event.kind in EMERGENCY else ""
    why = f"（{own_terms().reasons.get(reason, reason)}）" if reason else ""
    return event_words(event.kind) + support_words(event.detail.get("fields", "")) + why


def where_words(event: AuditEvent) -> str:
    """Return where it was done: a page, a command, or nothing where there is no such place."""
    if event.kind in EMERGENCY:
        return PAGES["/emergency"]
    return place_words(event.detail.get("route", "")) or event.detail.get("command", "")


def was_emergency(event: AuditEvent) -> bool:
    """Tell whether it was done without the right to, for the sake of an emergency."""
    return event.kind in EMERGENCY or "emergency" in event.detail


def kinds_of(group: str) -> frozenset[str]:
    """Return the kinds of events of a group; none for an unknown one."""
    return frozenset(GROUPS[group][1]) if group in GROUPS else frozenset()
