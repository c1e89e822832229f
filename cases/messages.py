"""What went wrong, in Japanese: what, where, and how to mend it; one sentence for each code.

Codes come from the errors of `catalog`, `geo`, `matcher` and `cases`; a test reads their source
and proves that each has its sentence.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from cases.words.dates import date_words
from cases.words.wording import own_wording
from catalog.vocabulary import load_vocabulary

MESSAGES: Final[Mapping[str, str]] = {
    # who may do what
    "not_permitted": "{role}の役割では、「{action}」はできません。"
    "必要なときは、職場の管理の方にたずねてください。",
    "user_not_found": "その職員は見つかりません。職員の一覧を開きなおしてください。",
    "last_administrator": "管理者が ひとりも いなくなるため、できません。"
    "先に、ほかの方を管理者にしてください。",
    "password_length": "パスワードは {least}文字から {most}文字までにしてください。"
    "ことばを いくつか並べると、長くても覚えやすくなります。",
    "password_easy": "そのパスワードは、よく使われることばや並びなので、すぐに当てられます。"
    "関係のないことばを 3つか4つ 並べてください。",
    "password_known": "そのパスワードは、ほかの人もよく使っていて、すぐに当てられます。"
    "数字を足しても 同じです。関係のないことばを 3つか4つ 並べてください。",
    "password_of_names": "アカウント名、自分の名前、市や職場の名前から作った"
    "パスワードは使えません。"
    "関係のないことばを 3つか4つ 並べてください。",
    "person_not_found": "その方は見つかりません。もう一度 探してください。",
    "run_not_found": "その回は見つかりません。一覧を開きなおしてください。",
    "proposal_not_found": "その案は見つかりません。一覧を開きなおしてください。",
    "place_not_found": "その場所は見つかりません。さがす画面から、もう一度 さがしてください。",
    "opening_not_found": "その枠は見つかりません。一覧を開きなおしてください。",
    "participant_not_weighed": "その方は、この計算に入っていません。"
    "同意と希望を確かめてから、もう一度 探してください。",
    "helper_not_found": "その手伝いの方は見つかりません。一覧を開きなおしてください。",
    "helper_name_missing": "手伝いの方の名前がありません。呼び名でもかまいません。",
    "most_groups_outside": "手伝える会の数が {value} です。1から{most}までで書いてください。",
    "helper_not_agreed": "手伝いの案を出すことへの、本人の了承がまだありません。"
    "了承の日を書いてください。",
    "helper_ended": "手伝いの申し出の期限が過ぎています。続けたいかを聞いてください。",
    "helper_not_ready": "この方には、今は手伝いをお願いできません。了承や同意を確かめてください。",
    "helper_group_closed": "この会は、今は手伝いの方を求めていません。ほかの案を選んでください。",
    "helper_group_full": "「{opening}」の手伝いは、もう足りています。ほかの案を選んでください。",
    "helper_has_enough": "この方が手伝える会（{most}つまで）は、もう決まっています。",
    "helper_is_busy": "「{opening}」の曜日と時間には、この方の別の予定がもうあります。",
    "host_not_found": "その受け入れ先は見つかりません。一覧を開きなおしてください。",
    "remit_empty": "担当の範囲に 事業も圏域も入っていません。少なくとも一つを選ぶか、"
    "「市全体」にしてください。",
    "programme_unknown": "「{value}」という事業は、市の設定にありません。{near}"
    "名前を確かめてください。",
    "office_unknown": "「{value}」という機関は、市の設定にも職員の所属にも ありません。{near}"
    "名前を確かめてください。",
    "emergency_ends_too_early": "緊急閲覧の終わりが始まりより前です。",
    "emergency_not_found": "その緊急閲覧は、もう終わっています。",
    "emergency_reason_missing": "緊急に開く理由を一つ選んでください。",
    "emergency_words_missing": "何があったかを {least}文字以上で書いてください。"
    "名前や住所は書かないでください。",
    "rule_not_found": "その決めごとは見つかりません。一覧を開きなおしてください。",
    # what the office settles before the search
    "bond_needs_two": "いっしょに・別々に 決めるには、2人以上が要ります。もう1人 選んでください。",
    "rule_without_reason": "理由がありません。あとで見る人のために、短く書いてください。",
    "rule_needs_one_place": "枠か受け入れ先の、どちらか一つを選んでください。",
    "rule_needs_an_opening": "これは枠ごとに決めます。枠を一つ選んでください。",
    "override_without_rules": "合うことにする条件がありません。枠の理由の画面から選んでください。",
    "override_not_allowed": "「{rule}」は、相談室の判断で変えられない条件です。"
    "受け入れ先か本人に、先に確かめてください。",
    "nothing_to_override": "この枠は、今の条件で合っています。そのまま使えます。",
    "rule_already_undone": "この決めごとは、もう取り消されています。一覧を開きなおしてください。",
    "rule_ends_in_past": "終わりの日（{until}）が、今日より前です。"
    "先の日にするか、空にしてください。",
    "already_locked": "この方には、もう決めてある枠があります。先に取り消してください。",
    "already_excluded": "この枠は、出さないと決めてあります。先に取り消してください。",
    "already_settled": "同じ決めごとが、もうあります。一覧を見てください。",
    "rules_contradict": "決めておいたことが、たがいに合いません。"
    "どれか一つを取り消してから、もう一度 探してください。",
    "opening_not_weighed": "その枠は、この計算に入っていません。もう一度 探してください。",
    # consent
    "consent_none_yet": "{case_no}の方の同意がまだないため、進められません。"
    "→ 同意書を印刷する／支援会議で扱う",
    "consent_refused": "{case_no}の方の同意は ことわりのため、進められません。"
    "→ 気持ちが変わったかを、次に会うときに聞く",
    "consent_verbal_only": "{case_no}の方の文書の同意がまだないため、進められません。"
    "→ 同意書を印刷する／支援会議で扱う",
    "consent_withdrawn": "{case_no}の方の同意は撤回されたため、進められません。"
    "→ 続けたいかを、次に会うときに聞く",
    "consent_expired": "{case_no}の方の同意は期限が過ぎたため、進められません。→ 同意を更新する",
    "consent_hosts_not_included": "{case_no}の方の同意の範囲に受け入れ先が入っていないため、"
    "進められません。→ 同意の範囲を相談する",
    "consent_ends_before_start": "同意の終わりの日（{until}）が、同意の日（{on}）より前です。"
    "どちらかを直してください。",
    "consent_without_giver": "文書の同意には、だれが同意したかが要ります。"
    "名前か続柄を書いてください。",
    "consent_without_capacity": "本人以外の方が答えた同意には、本人の意思をどう確かめたかが"
    "要ります。たずねた言葉や、本人のようすを書いてください。",
    "consent_in_future": "同意の日（{on}）が、今日より先です。日付を直してください。",
    "withdraw_instead": "同意の撤回は、「同意を撤回する」から行ってください。"
    "進めていた案を、同時に止めます。",
    # casework
    "closure_without_reason": "終結の理由が ありません。理由を選んでください。",
    "evaluation_in_future": "評価の日（{on}）が、今日より先です。日付を直してください。",
    "evaluation_is_closed": "この評価で、支援は もう終わっています。"
    "また始めてから、新しい評価を書いてください。",
    "evaluation_before_plan": "評価（{on}）が、今のプランが決まった日（{decided}）より前です。"
    "今のプランの評価を書いてください。",
    "closed_already": "支援は、もう終わっています。ページを開きなおしてください。",
    "closing_with_placement": "続いている（または休んでいる）参加が {count}件 あります。"
    "参加を終えるか、終結を待ってください。",
    "closing_with_enquiry": "受け入れ先への打診が {count}件 途中です。"
    "返事を書くか、取り下げてください。",
    "closing_without_evaluation": "「終結する」と判断した評価が ありません。"
    "先に評価を書いてください。",
    "closing_without_watch": "見守る機関が ありません。"
    "機関を選ぶか、見守らない理由を書いてください。",
    "watch_office_outside": "「{office}」は、この方の支援に加わっていません。"
    "加わっている機関から選ぶか、先に「本人のことを直す」で 加えてください。",
    "watch_day_passed": "次に様子を見る日（{on}）は、明日より後にしてください。",
    "watch_not_found": "その見守りは見つかりません。見守りのページを開きなおしてください。",
    "look_in_future": "様子を見た日が、ないか 今日より先です。日付を直してください。",
    "look_without_words": "様子を、ひとことで書いてください。",
    "not_closed": "支援は終わっていません。ページを開きなおしてください。",
    "reopened_without_reason": "支援を また始める理由を書いてください。",
    "plan_not_found": "そのプランは見つかりません。プランのページを開きなおしてください。",
    "plan_not_draft": "このプランは、もう下書きではありません。"
    "プランのページを開きなおして、今の版を見てください。",
    "plan_day_in_future": "日付（{on}）が、今日より先です。日付を直してください。",
    "step_not_allowed": "この{noun}は 今「{status}」です。{way_on}「{step}」は できません。",
    "step_incomplete": "{noun}を「{step}」には、{missing}が要ります。先に それを書いてください。",
    "reception_without_office": "どこで受けたかが ありません。受けた窓口か機関を選んでください。",
    "screened_before_received": "決めた日（{on}）が、受けた日（{received}）より前です。"
    "どちらかを直してください。",
    "reception_not_found": "その受付は見つかりません。受付の一覧を開きなおしてください。",
    "received_in_future": "受けた日（{on}）が、今日より先です。日付を直してください。",
    "reception_has_person": "この受付は、もう ほかの方に つながっています。"
    "まちがいのときは、先に「つながりを外す」を押してください。",
    "referral_to_itself": "つなぐ先が、つなぐ元と同じです。ほかの機関を選んでください。",
    "referral_about_nobody": "だれのことか 書かれていません。本人か、受付を選んでください。",
    "referral_not_found": "その つなぎは見つかりません。つなぎの一覧を開きなおしてください。",
    "referral_not_consented": "{office}に この方のことを伝える同意が、まだありません。"
    "同意の範囲に足すか、名前を出さない受付から つないでください。",
    "referral_of_protected": "この方は守られているため、ほかの機関には ここから つなげません。"
    "担当どうしで、電話で話してください。",
    "referral_from_nowhere": "あなたの所属が決まっていないため、つなげません。"
    "管理者に 所属を決めてもらってください。",
    "answered_before_asked": "返事の日（{on}）が、たずねた日（{asked}）より前です。"
    "どちらかを直してください。",
    "enquiry_not_found": "その打診は見つかりません。打診の一覧から 開きなおしてください。",
    "protected_asked_by_coordinator": "この方のことで 受け入れ先にたずねられるのは、"
    "担当の職員だけです。担当に 伝えてください。",
    "enquiry_names_person": "受け入れ先への文に、本人の{what}が入っています。"
    "だれのことか分からない文に 直してください。",
    "enquiry_without_words": "受け入れ先に伝える文が 空です。文を書いてください。",
    "enquiry_in_future": "{on}は まだ来ていません。今日か、その前の日にしてください。",
    "enquiry_running": "この枠には、もう たずねています（番号 {number}）。"
    "その打診の画面で続けてください。",
    "enquiry_parked": "この枠には、{on}まで この方のことで たずねない約束です。"
    "ほかの場所を選ぶか、その日まで待ってください。",
    "enquiry_over": "この打診（番号 {number}）は もう終わっています。今の様子を見てください。",
    "asked_again_before_answer": "また聞く日（{on}）が、返事の日より前です。"
    "どちらかを直してください。",
    "answer_without_reason": "「今回はやめておく」には、理由が要ります。理由を選んでください。",
    "still_to_be_waited": "{on}までは 返事を待つ約束です。その日を過ぎてから 次へ進めてください。",
    "nothing_to_strike": "取り消せる返事は ありません。今の様子を見てください。",
    "place_avoided": "「{opening}」は、本人が「必ず避けたい」と決めた場所です。"
    "ほかの場所を選んでください。",
    "place_not_possible": "「{opening}」は、前もって決めたことのため 選べません。"
    "ほかの場所を選んでください。",
    "visit_not_found": "その訪問は見つかりません。訪問の一覧を開きなおしてください。",
    "visit_without_visitor": "だれが行くかが ありません。職員か機関を選んでください。",
    "visit_in_future": "行った日（{on}）が、今日より先です。日付を直してください。",
    "not_agreed_yet": "打診（番号 {number}）は、受け入れ先と本人の「はい」が まだ "
    "そろっていません。先に 返事を書いてください。",
    "begun_before_asked": "始まりの日（{on}）が、たずねた日（{asked}）より前です。"
    "どちらかを直してください。",
    "placement_beyond_term": "{on}は、この枠の終わりの日（{until}）を過ぎています。"
    "日を早めるか、受け入れ先に 枠を延ばせるかを たずねてください。",
    "beyond_last_stage": "「{opening}」は、今の段までの枠です。"
    "先へ進むときは、次の場所を「つなぎ先」から選んでください。",
    "at_first_stage": "今が いちばん初めの段です。休むか、終えるかを選べます。",
    "step_in_future": "{on}は まだ来ていません。今日か、その前の日にしてください。",
    "step_before_last": "{on}は、前に書いた日（{last}）より前です。どちらかを直してください。",
    "rest_ends_before_it_begins": "また声をかける日（{on}）が、休み始める日より前です。"
    "どちらかを直してください。",
    "visit_without_result": "行った日と、どうだったかを書いてください。",
    "next_before_last": "次の日（{next}）が、行った日（{last}）より前です。"
    "どちらかを直してください。",
    "meeting_without_length": "会議の長さは、1分からにしてください。",
    "meeting_without_zone": "時刻「{value}」が、どこの時刻か分かりません。選びなおしてください。",
    "review_before_plan": "見直す日（{review}）が、プランを作った日（{made}）より前です。"
    "どちらかを直してください。",
    "ended_before_begun": "終わりの日（{on}）が、始まりの日（{begun}）より前です。"
    "どちらかを直してください。",
    "end_without_reason": "終わりには、理由が要ります。理由を選んでください。",
    "worry_weight": "困りごとの重さは 1から3までです（今は{value}）。選びなおしてください。",
    "follow_up_without_day": "いつ聞いたかが ありません。日付を書いてください。",
    "answer_out_of_range": "答えは 1から4までです（今は{value}）。選びなおしてください。",
    "came_more_than_planned": "来られた回数（{came}回）が、予定（{planned}回）より多いです。"
    "どちらかを直してください。",
    "watch_without_office": "どの機関が見守るかが ありません。機関を選んでください。",
    "watch_without_day": "次に様子を見る日が ありません。日付を書いてください。",
    "placement_not_found": "その参加は見つかりません。一覧を開きなおしてください。",
    "talk_after_end": "この参加は、もう終わっています。聞いたことは 本人の記録に書いてください。",
    "talk_not_found": "その聞き取りは見つかりません。経過記録から開きなおしてください。",
    "talk_before_begin": "聞いた日（{on}）が、参加の始まった日（{begun}）より前です。"
    "日を直してください。",
    "talk_in_future": "聞いた日（{on}）が、まだ来ていません。日を直してください。",
    "next_talk_in_past": "次に聞く日（{on}）が、聞いた日より前か同じです。先の日を書いてください。",
    "scale_unknown": "「{value}」という物差しは ありません。一覧から選びなおしてください。",
    "danger_unknown": "「{value}」は、兆しの一覧に ありません。選びなおしてください。",
    "scale_answer": "「{scale}」の答えがそろっていません。すべての段を選んでください。",
    # keeping, telling and deleting
    "ground_unknown": "削除の理由「{value}」は選べません。一覧から選びなおしてください。",
    "basis_unknown": "提供の根拠「{value}」は選べません。一覧から選びなおしてください。",
    "deletion_not_confirmed": "書いたものが、この方の番号とも名前とも ちがいます。"
    "画面の番号か名前を見て、もう一度書いてください。",
    "disclosure_in_future": "知らせた日（{on}）が、今日より先です。日付を直してください。",
    "meeting_not_found": "その会議は見つかりません。会議の一覧を開きなおしてください。",
    "agenda_item_not_found": "その議題は見つかりません。会議の画面を開きなおしてください。",
    "meeting_kind_unknown": "その会議は、市の設定にありません。一覧から選んでください。",
    "meeting_matter_in_room": "支援会議の議題は、会議ではなく 部屋の中に書いてください。",
    "meeting_takes_no_person": "「{name}」では、個人のことは話し合いません。"
    "本人の番号を消して、議題の名前だけを書いてください。",
    "meeting_needs_consent": "文書の同意がないため、「{name}」でこの方のことは話し合えません。"
    "本人の「同意」の画面で文書の同意を書いてからにするか、支援会議で扱ってください。",
    "meeting_is_over": "この会議は もう「{state}」なので、議題は足せません。",
    "meeting_still_to_come": "会議の日（{on}）は まだ先です。開いた後に書いてください。",
    "agenda_without_title": "議題の名前を 書いてください。",
    "room_without_members": "支援会議の議題には、構成員が ひとりは要ります。",
    "left_before_entering": "出た時刻が、入った時刻より前です。",
    "decision_incomplete": "決めたことには、「だれが」と「なにを」の両方を書いてください。",
    "hold_not_found": "その決めごとは見つかりません。画面を開きなおしてください。",
    "hold_without_reason": "削除を止める理由がありません。理由を書いてください。",
    "deletion_on_hold": "削除を止める決めごとが {count}件あるため、削除できません。"
    "先に、削除の停止を取り消してください。",
    "still_to_be_kept": "保存する期間がまだ終わっていないため、この理由では削除できません。"
    "期間を確かめるか、ほかの理由を選んでください。",
    "disclosure_incomplete": "提供の記録には、だれに・なにを・理由・だれが許したかが要ります。"
    "空いているところを書いてください。",
    "disclosure_not_covered": "「{categories}」をこの相手に知らせることは、"
    "本人の同意に入っていません。"
    "同意を聞きなおすか、知らせるものを減らすか、ほかの根拠を選んでください。",
    # people and needs
    "case_no_missing": "番号がありません。番号を書いてください。",
    "name_missing": "{case_no}の方の名前がありません。分からないときは、呼び名を書いてください。",
    "sex_unknown": "性別「{value}」は使えません。男性・女性・空らん から選んでください。",
    "born_after_registration": "生年月日（{born}）が、相談が始まった日（{since}）より後です。"
    "どちらかを直してください。",
    "born_too_long_ago": "生年月日（{born}）が {years}年より前です。元号と年を確かめてください。",
    "point_incomplete": "{case_no}の方の緯度と経度の片方だけが書かれています。"
    "両方書くか、両方 空にしてください。",
    "weight_below_one": "重み {value} は使えません。1以上の整数にしてください。",
    "need_missing": "{case_no}の方の希望がまだ書かれていません。希望を書いてください。",
    "missing_no_need": "{case_no}の方の希望がまだ書かれていないため、探せません。→ 希望を書く",
    "missing_need_ended": "{case_no}の方の希望の期限が過ぎたため、探せません。→ 希望を聞きなおす",
    "missing_code_unknown": "{case_no}の方の希望に知らないコードがあるため、探せません。"
    "→ 希望を直す",
    "missing_place_unknown": "{case_no}の方の住まいの町がまだ確かめられていないため、探せません。"
    "→ 町を選ぶ",
    "wish_strength_outside": "「{menu}」の強さ {value} は使えません。1から5で書いてください。",
    "wish_twice": "やりたいこと「{menu}」が2回 書かれています。片方を消してください。",
    "wish_is_avoided": "「{menu}」が、やりたいことと避けたいことの両方にあります。"
    "どちらかを消してください。",
    "weekday_outside": "曜日は 月曜から日曜までです。曜日を選びなおしてください。",
    "max_minutes_below_one": "続けられる時間 {value}分は使えません。1分以上にするか、"
    "空にしてください。",
    "travel_limit_below_one": "行ける時間 {value}分は使えません。1分以上にしてください。",
    "modes_missing": "行き方が選ばれていません。歩き・自転車・バス・車・電車・送り迎えから"
    "1つは選んでください。",
    "companion_unknown": "付きそい「{value}」は使えません。"
    "いらない・できれば・必要 から選んでください。",
    "limit_outside": "音（{noise}）と人数（{crowd}）は、1から3で書いてください。",
    "cost_limit_negative": "費用の上限 {value}円は使えません。0円以上にするか、空にしてください。",
    # proposals and runs
    "person_paused": "{case_no}の方は休んでいるため、進められません。"
    "待っている状態に戻してから、進めてください。",
    "person_placed": "{case_no}の方は、もう つながっています。経過を確かめてください。",
    "person_closed": "{case_no}の方の支援は終わっています。始めるときは、状態を戻してください。",
    "opening_closed": "「{opening}」は、今は受け付けていません。ほかの案を選んでください。",
    "opening_full": "「{opening}」は、今は空きがありません（定員{capacity}人）。"
    "ほかの案を選ぶか、受け入れ先に増やせるかをたずねてください。",
    "already_advanced": "{case_no}の方には、進めている案がもうあります。"
    "変えるときは、先にその案を元に戻してください。",
    "proposal_step": "画面を開いたあとで、だれかが先に決めました（今は「{status}」）。"
    "今の様子を見て、決めなおしてください。",
    "set_aside_without_reason": "見送る理由が選ばれていません。理由を選んでください。",
    "set_aside_effect": "見送る理由のはたらき「{value}」は使えません。"
    "opening・resource・nothing から選んでください。",
    "opening_begins_as_draft": "新しい枠は、下書きから始まります。保存してから、受け付けを"
    "始めてください。",
    "district_unknown": "「{value}」という圏域はありません。{near}名前を確かめてください。",
    # catalogue: values
    "naive_instant": "日時「{value}」に時間帯がありません。+09:00 のように付けてください。",
    "empty": "{kind}の{field}が空です。書いてください。",
    "out_of_range": "{kind}の{field} {value} は使えません。{least}から{most}までで書いてください。",
    "too_small": "{kind}の{field} {value} は小さすぎます。{least}以上で書いてください。",
    "not_one_of": "{kind}の{field}「{value}」は使えません。{allowed} から選んでください。",
    "half_point": "{kind}の緯度と経度の片方だけが書かれています。"
    "両方書くか、両方 空にしてください。",
    "order": "{kind}の{first_field}（{first}）が、{last_field}（{last}）より後です。"
    "どちらかを直してください。",
    "taken_exceeds_capacity": "使っている人数 {taken}人が、定員 {capacity}人を超えています。"
    "どちらかを直してください。",
    "municipality_code": "市区町村コード「{value}」は使えません。6けたの数字で書いてください。",
    "duplicate": "{kind}の{field}「{value}」が2回 書かれています。片方を消してください。",
    # catalogue: code lists
    "unknown_list": "「{list}」というコード表はありません。{near}",
    "unknown_code": "「{value}」は、コード表「{list}」にありません。{near}"
    "言い方を直すか、設定の [codes] に足してください。",
    "too_many_codes": "コード表「{list}」のコードが {count}個あります。"
    "{most}個までに減らしてください。",
    # catalogue: where a place serves
    "area_kind": "活動の範囲の種類「{value}」はありません。{near}",
    "area_keys": "活動の範囲「{area}」には {expected} が要ります（今は {found}）。"
    "書き方を直してください。",
    "area_value": "活動の範囲「{area}」の {key} に「{value}」は使えません。書き直してください。",
    "area_depth": "活動の範囲の組み合わせが深すぎます。{most}段までにしてください。",
    "area_polygon": "活動の範囲の形を読めません（{start}…）。多角形のデータを入れてください。",
    # catalogue: when it takes place
    "recurrence_empty": "繰り返しの式が空です。毎週水曜なら 0We のように書いてください。",
    "recurrence_week_missing": "繰り返しの式「{text}」の「{part}」の前に、週の番号がありません。"
    "毎週なら 0、第1なら 1 を付けてください。",
    "recurrence_week": "繰り返しの式「{text}」の週の番号「{part}」は使えません。"
    "0から7で書いてください。",
    "recurrence_weekday": "繰り返しの式「{text}」の曜日「{part}」は使えません。"
    "Mo Tu We Th Fr Sa Su のどれかで書いてください。",
    "recurrence_weekday_missing": "繰り返しの式「{text}」の「{part}」の後に、曜日がありません。"
    "Mo Tu We Th Fr Sa Su のどれかを付けてください。",
    "recurrence_duplicate": "繰り返しの式「{text}」に「{part}」が2回あります。"
    "片方を消してください。",
    "recurrence_mixed": "繰り返しの式「{text}」の「{part}」は、毎週（0）か隔週（7）と"
    "ほかの週を一緒にしています。分けて書いてください。",
    "schedule_times": "終わる時刻（{ends_at}）が、始まる時刻（{starts_at}）より後ではありません。"
    "どちらかを直してください。",
    "schedule_dates": "終わりの日（{ends_on}）が、始まりの日（{starts_on}）より前です。"
    "どちらかを直してください。",
    "schedule_value": "日程の書き方が違います（{why}）。書き直してください。",
    "anchor_missing": "隔週（{code}）には、行う日を1つ書いてください。",
    "anchor_weekday": "隔週の起点の日（{anchor_on}）の曜日が、式 {code} と合いません。"
    "どちらかを直してください。",
    "closed_day": "休みの日「{value}」は日付ではありません。2026-12-29 か 12-29 のように"
    "書いてください。",
    "closed_mixed": "休みの始まり（{first}）と終わり（{last}）の書き方が違います。"
    "どちらも 年つきか、どちらも 月日だけにしてください。",
    "closed_order": "休みの終わり（{last}）が、始まり（{first}）より前です。"
    "どちらかを直してください。",
    # catalogue: the life of an opening
    "transition_unknown": "枠を「{from_status}」から「{to_status}」にすることはできません。"
    "一覧を開きなおしてください。",
    "transition_role": "{role}の役割では、枠を「{from_status}」から「{to_status}」にできません。"
    "必要なときは、職場の管理の方にたずねてください。",
    "transition_reason": "枠を「{from_status}」から「{to_status}」にするには、理由が要ります。"
    "理由を書いてください。",
    "transition_no_free_place": "定員{capacity}人が いっぱいのため、受け付けを始められません。"
    "定員か使っている人数を直してください。",
    "transition_past": "枠の終わりの日（{ends_on}）が過ぎています（今日は{today}）。"
    "終わりの日を直してください。",
    "opening_incomplete": "枠を出す前に、{missing} を書いてください。",
    # towns and the map
    "town_without_name": "町（{id}）の名前がありません。名前を書いてください。",
    "town_half_point": "「{name}」の緯度と経度の片方だけが書かれています。"
    "両方書くか、両方 空にしてください。",
    "negative_people": "「{name}」の人口 {people} は使えません。0以上にしてください。",
    "duplicate_town": "「{first}」と「{second}」が同じ番号（{id}）です。番号を直してください。",
    "overlapping_layers": "{on}に、圏域の層「{layer}」が2つあります。期間を直してください。",
    "empty_polygon": "形が空です。境界の入ったファイルか確かめてください。",
    "not_a_polygon": "多角形ではありません（{found}）。境界の入ったファイルか確かめてください。",
    "impossible_coordinate": "緯度 {lat}・経度 {lon} は日本の中にありません。"
    "値か座標の種類を直してください。",
    "impossible_radius": "範囲 {metres}m は使えません。0より大きく1000kmより小さくしてください。",
    "unknown_plane_zone": "平面直角座標系の番号 {zone} はありません。{least}から{most}で"
    "書いてください。",
    "not_for_measuring": "座標系 {crs} では距離を測れません。平面直角座標系を使ってください。",
    "unknown_crs": "座標系 {crs} は使えません。EPSG の番号を確かめてください。",
    "unknown_travel_mode": "行き方「{value}」はありません。{near}"
    "歩き・自転車・バス・車・電車・送り迎え から選んでください。",
    "missing_speed_key": "速さの設定の {where} に {key} がありません。書いてください。",
    "unknown_speed_key": "速さの設定の {where} に「{key}」は使えません。{near}",
    "impossible_speed": "速さの設定の {key} に {value} は使えません。数を直してください。",
    # policy of the matching
    "policy_reason_missing": "変える理由がありません。どこで、なぜ決めたかを書いてください。",
    "policy_begins_in_past": "始まる日（{day}）が、もう過ぎています。"
    "今日（{today}）から先の日にしてください。",
    "policy_unchanged": "{day}の決まりと、どの数も同じです。変えたい数を直してください。",
    "policy_unreadable": "方針のファイル「{path}」を読めません（{why}）。書き方を直してください。",
    "policy_not_utf8": "方針のファイル「{path}」の文字コードが UTF-8 ではありません。"
    "UTF-8 で保存しなおしてください。",
    "policy_syntax": "方針の {line}行目（{column}文字目のあたり）を読めません。"
    "「名前 = 数」の形で、表の名前は [weights] のように書いてください。",
    "policy_line": "{reason}直すところは {line}行目です。",
    "policy_missing": "方針に「{key}」がありません。書き足してください。",
    "policy_unknown": "方針に「{key}」は使えません。{near}名前を直してください。",
    "policy_value": "方針の {key} に {given} は使えません。{expected} にしてください。",
    # problems for the solver
    "id_twice": "番号「{id}」が2回あります。番号を一つずつにしてください。",
    "id_empty": "{where} の番号が空です。番号を書いてください。",
    "text_not_unicode": "{where} に読めない文字があります。書き直してください。",
    "pair_twice": "{where}: {participant} と {opening} の組が2回あります。片方を消してください。",
    "number_too_small": "{where} の {value} は小さすぎます。{least}以上で書いてください。",
    "number_too_large": "{where} の {value} は大きすぎます。小さくしてください。",
    "number_out_of_range": "{where} の {value} は使えません。{least}から{most}までで"
    "書いてください。",
    "number_not_whole": "{where} は整数で書いてください。",
    "sum_too_large": "{where} の合計が大きすぎます。値を小さくしてください。",
    "wrong_length": "{where} の数が {found} です。{wanted} にそろえてください。",
    "objectives_empty": "{where} が空です。目的を1つは書いてください。",
    "objective_unknown": "{where} の「{name}」という目的はありません。{near}",
    "objective_twice": "{where} の「{name}」が2回あります。片方を消してください。",
    "participant_unknown": "{where} の「{name}」という参加者はいません。{near}",
    "opening_unknown": "{where} の「{name}」という枠はありません。{near}",
    "host_unknown": "{where} の「{name}」という受け入れ先はありません。{near}",
    "group_unknown": "{where} の「{name}」というグループはありません。{near}",
    "rule_repeats": "{where} に {id} が2回あります。片方を消してください。",
    "rule_needs_two": "{where} には、2人以上が要ります。",
    "fixed_not_a_pair": "{where}: {participant} と {opening} は組にないため、固定できません。"
    "組に足すか、固定を消してください。",
    "too_large_to_solve_again": "人どうしの決まりがあるため、ほかの方の案がどう動くかは"
    "すぐには計算できません。",
    "prices_need_flow": "人どうしの決まりや席の数があるため、ほかの人の動きは計算できません。",
    "solver_gave_up": "計算が終わりませんでした（{status}）。元のファイルと一緒に"
    "知らせてください。",
    # inputs of the matcher: a fault of the program, said as clearly
    "column_type": "計算に渡す値 {column} の型が違います（{given}、正しくは {expected}）。"
    "プログラムの誤りです。知らせてください。",
    "column_shape": "計算に渡す値 {column} の大きさが違います（{given}、正しくは {expected}）。"
    "プログラムの誤りです。知らせてください。",
    "column_range": "計算に渡す値 {column} が {low}から{high}の外です。"
    "プログラムの誤りです。知らせてください。",
    "sizes_differ": "計算に渡す値 {what} の数が合いません（{given}、正しくは {expected}）。"
    "プログラムの誤りです。知らせてください。",
    "top_too_small": "並べる数 {top} は使えません。1以上にしてください。",
    "assignment_not_optimal": "最も良いと確かめられた結果でないため、計算できません。"
    "もう一度 解いてください。",
    "pair_not_possible": "{participant} と {opening} の組は、条件に合いません。"
    "ほかの組を選んでください。",
    # results that are not what they claim
    "objectives_differ": "結果の目的が、元の目的（{right}）と違います。もう一度 解いてください。",
    "nothing_claimed": "結果が何も主張していないため、確かめられません。もう一度 解いてください。",
    "one_more_place_missing": "結果に「あと1人分」の値がありません。もう一度 解いてください。",
    "stages_differ": "証明の段が、目的（{right}）と合いません。もう一度 解いてください。",
    "pair_not_listed": "{id} の割り当てが、元の組にありません。もう一度 解いてください。",
    "objectives_missing": "目当てに placed か score がないため、ほかの方を数えに入れられません。"
    "両方を入れて、もう一度 解いてください。",
    "rule_broken": "決まり {name} が守られていません。もう一度 解いてください。",
    "too_many_moves": "いまの枠から変わる人が {moves} 人で、上限の {limit} 人を超えています。"
    "もう一度 解いてください。",
    "too_many_at_opening": "{id} の割り当てが、定員を超えています。もう一度 解いてください。",
    "score_differs": "{id} の点が、計算しなおした点と違います。もう一度 解いてください。",
    "used_differs": "{id} の使っている席の数が違います。もう一度 解いてください。",
    "reason_differs": "{id} の案がない理由が違います。もう一度 解いてください。",
    "no_proof": "証明の種類が {kind} のため、確かめられません。もう一度 解いてください。",
    "infeasible_with_places": "解がないという結果に、割り当てがあります。もう一度 解いてください。",
    "conflict_unknown": "両立しない決まりとして、ない決まり（{names}）が挙げられています。"
    "もう一度 解いてください。",
    "conflict_not_least": "両立しない決まりのうち、{name} は なくても両立しません。"
    "もう一度 解いてください。",
    "not_proven": "目的「{objective}」が最も良いと、証明から分かりません。"
    "もう一度 解いてください。",
    "value_differs": "目的「{objective}」の値が、計算しなおした値と違います。"
    "もう一度 解いてください。",
    "bound_differs": "目的「{objective}」の限界が、値と違います。もう一度 解いてください。",
    "one_more_place_differs": "{id} の「あと1人分」の値（目的「{objective}」）が違います。"
    "もう一度 解いてください。",
    "row_unknown": "証明が、ない行「{name}」を使っています。もう一度 解いてください。",
    "multiplier_below_zero": "証明で、行「{name}」の係数が負の数になっています。"
    "もう一度 解いてください。",
    "denominator_below_one": "目的「{objective}」の証明の分母が、1以上ではありません。"
    "もう一度 解いてください。",
    "leaves_do_not_partition": "目的「{objective}」の証明の場合分けに、抜けか重なりがあります。"
    "もう一度 解いてください。",
    "leaf_not_infeasible": "目的「{objective}」の証明が、ありうる場合を「ない」としています。"
    "もう一度 解いてください。",
    "sums_too_large_to_couple": "人どうしの決まりがあるときは、重みと合い方の合計を"
    "4,500兆（0.000001 を1と数えて）までにしてください。",
    "nothing_found_in_time": "時間内に、割り当てが1つも見つかりませんでした。"
    "time_limit_seconds を大きくしてください。",
    "can_be_better": "もっと良い割り当てがあります。もう一度 解いてください。",
    "held_without_reason": "目的「{objective}」の証明が、決まっていない組を動かないとしています。"
    "もう一度 解いてください。",
}

_UNKNOWN: Final = "思いがけないことが起きました（{code}）。もう一度 ためしてください。"

_WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "kind": {
        "organisation": "団体",
        "resource": "場所",
        "opening": "枠",
        "welcome": "枠の対象",
        "code": "コード",
        "vocabulary": "コード表",
        "district_layer": "圏域の層",
        "municipality": "市の設定",
        "target": "目標",
        "plan": "計画",
        "function": "事業",
        "query": "検索の条件",
    },
    "expected": {
        "at least 0": "0以上",
        "not all 0": "どれかが 0 より大きい数",
        "0 to 1": "0から1まで",
        "1 to 5": "1から5まで",
        "above 0": "0より大きい数",
        "above 0, at most 1": "0より大きく1以下",
        "three rows of three": "3つの数を3行",
        "two weights, 0 to 1000, not both 0": "0から1000までの重みを2つ（両方 0 ではない）",
        "three numbers above 0": "0より大きい数を3つ",
        "full_days below stale_days": "full_days が stale_days より小さい数",
        "each below the one before, between 0 and 1": "0から1までの、だんだん小さくなる数",
        "who set it, and on what ground": "だれが何をもとに決めたか",
        "a day": "2026-04-01 の形の日付",
        "a text": "文字",
        "a table": "表",
        "a list": "[…] の並び",
        "a number": "数",
    },
    "field": {
        "id": "番号",
        "name": "名前",
        "kana": "読みがな",
        "label": "名前",
        "key": "記号",
        "code": "コード",
        "resource_id": "場所",
        "host_id": "受け入れ先",
        "capacity": "定員",
        "taken": "使っている人数",
        "min_minutes": "1回の最短の時間（分）",
        "max_minutes": "1回の最長の時間（分）",
        "min_age": "年齢の下限",
        "max_age": "年齢の上限",
        "sex": "性別",
        "typical_people": "いつもの人数",
        "helpers_wanted": "手伝いの方の人数",
        "cost_yen": "費用（円）",
        "stipend_yen": "応援金（円）",
        "noise": "音",
        "crowd": "人の多さ",
        "visibility": "見せる範囲",
        "viewer": "見る人の範囲",
        "first_stage": "始まる段階",
        "last_stage": "終わりの段階",
        "starts_on": "始まりの日",
        "ends_on": "終わりの日",
        "valid_from": "始まりの日",
        "valid_to": "終わりの日",
        "lat": "緯度",
        "lon": "経度",
        "location_accuracy": "位置の確かさ",
        "plane_zone": "平面直角座標系の番号",
        "districts": "圏域",
        "weekday": "曜日",
        "kind": "種類",
        "number": "号",
        "menu": "すること",
        "welcome.sex_reason": "性別を限る理由",
        "insurance": "保険",
        "agreement_required": "確認書",
    },
    "list": {
        "resource_kind": "場所の種類",
        "menu": "すること",
        "form": "形態",
        "role": "役割",
        "field": "分野",
        "situation": "暮らしの状況",
        "accommodation": "配慮",
        "need_kind": "希望の種類",
        "transport": "通い方",
        "insurance": "保険",
        "set_aside_reason": "見送る理由",
        "operation_form": "運営形態",
        "organisation_kind": "団体の種別",
        "contact_method": "連絡の方法",
        "town": "町",
        "host": "受け入れ先",
        "district": "圏域",
        "visibility": "見せる範囲",
    },
    "role": {
        "coordinator": "コーディネーター",
        "lead_agency": "主な支援機関",
        "member_agency": "支援機関",
        "host": "受け入れ先",
        "planner": "計画担当",
        "auditor": "監査担当",
        "administrator": "管理者",
        "system": "自動の処理",
    },
    "action": {
        "see_people": "本人を見る",
        "edit_people": "本人の記録を書く",
        "see_protected": "保護の方を見る",
        "open_in_emergency": "緊急閲覧",
        "see_emergencies": "緊急閲覧の報告を読む",
        "see_catalog": "つなぎ先を見る",
        "edit_catalog": "つなぎ先を書く",
        "import_data": "取り込む",
        "run_matching": "まとめて探す",
        "see_meetings": "会議を見る",
        "write_meetings": "会議の記録を書く",
        "see_room": "支援会議の部屋に入る",
        "see_receptions": "受付を見る",
        "write_receptions": "受付を書く",
        "see_runs": "案を見る",
        "decide_proposal": "案を進める・見送る",
        "settle_rules": "探す前に決めておく",
        "hand_over": "担当や、開ける職員、住所を守ることを変える",
        "hand_out_records": "1人の記録をまとめて出す",
        "delete_people": "記録を削除する",
        "override_rules": "合わない条件を、相談室の判断で合うことにする",
        "see_planning": "地図と計画を見る",
        "preview_policy": "大切にすることの下書きを試す",
        "see_audit": "記録を確かめる",
        "manage_users": "使う人を決める",
        "edit_settings": "設定を変える",
    },
    "status": {
        "proposed": "まだ",
        "advanced": "進める",
        "set_aside": "見送り",
        "draft": "下書き",
        "submitted": "確認待ち",
        "open": "受付中",
        "full": "満員",
        "paused": "休み",
        "ended": "終わり",
    },
}
_ALIKE: Final[Mapping[str, str]] = {
    "first_field": "field",
    "last_field": "field",
    "from_status": "status",
    "to_status": "status",
}


def in_japanese(error: Exception, *, nameless: bool = False) -> str:
    """Return what went wrong in Japanese; an error without a code is called unexpected.

    Parameters
    ----------
    nameless
        Whether the sentence must name nobody: その方 stands in the place of a case number.
    """
    code = str(getattr(error, "code", type(error).__name__))
    template = MESSAGES.get(code)
    if template is None:
        return _UNKNOWN.format(code=code)
    params: Mapping[str, object] = getattr(error, "params", {})
    said = {name: _shown(name, value) for name, value in params.items()}
    # Every sentence goes on with の方.
    return template.format(**(said | {"case_no": "そ"} if nameless else said))


def _shown(name: str, value: object) -> str:
    """Return a value as people read it."""
    if isinstance(value, Exception):
        return in_japanese(value)
    if name == "near":
        return f"（もしかして：{value}）" if value else ""
    if name == "rule":
        return own_wording().tables["condition"].get(str(value), str(value))
    if name == "missing":
        return "・".join(_WORDS["field"].get(field, field) for field in str(value).split(", "))
    if name == "menu":
        entry = load_vocabulary().codes("menu").get(str(value))
        return entry.label if entry else str(value)
    if isinstance(value, float):
        return str(int(value) if value.is_integer() else round(value, 6))
    if isinstance(value, date):
        return date_words(value).partition("（")[0]  # it mostly stands in brackets itself
    return _WORDS.get(_ALIKE.get(name, name), {}).get(str(value), str(value))
