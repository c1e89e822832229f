"""The model case of the city's plan, told once: at any desk, by what a person reads there.

新座市第1次重層的支援体制整備事業実施計画 の支援の流れの例 (① から ⑥) を、見本の市に写したものです。
Each chapter's text is a part of the manual; whoever changes a page changes the story.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from tests.spec.desks import Desk

COUNCIL: Final = "hara"
CITY: Final = "mizuno"
CENTER: Final = "tani"
"""社会福祉協議会, the つながり相談室 of the city, and the 高齢者相談センター."""
NUMBER: Final = r"T-\d{4}"
SAID_IN_THE_ROOM: Final = "母は受診をいやがる。息子は 戸の向こうで返事をする。二人で訪ねる。"
HEARD: Final = "ころんで骨を折ってから、80代の女性の姿を見ない。息子さんもいるらしい"


@dataclass
class Story:
    """What was met on the way: addresses of pages, by what they are about."""

    desk: Desk
    at: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Chapter:
    """One part of the story: its heading and text in the manual, and how it goes."""

    title: str
    text: str
    walk: Callable[[Story], None]

    @property
    def picture(self) -> str:
        """Return the name of its picture."""
        return f"story-{self.walk.__name__.replace('_', '-')}"


CHAPTERS: Final[list[Chapter]] = []


def chapter(title: str, text: str) -> Callable[[Callable[[Story], None]], Callable[[Story], None]]:
    """Add a function to the story, under the words of the manual."""

    def add(walk: Callable[[Story], None]) -> Callable[[Story], None]:
        CHAPTERS.append(Chapter(title, "".join(text.split("\n")), walk))
        return walk

    return add


@chapter(
    "社協の職員が、サロンで聞いたことを書きとめます",
    """
社協の原さんがサロンに出ていると、近所の方から、ころんで骨を折ったあと姿を見かけない方がいると
聞きました。名前は まだ分かりません。「受付」の「新しい受付」に、聞いたとおりに書きます。
名前がなくても保存でき、だれが つないだかと その圏域が、計画の数に入ります。
""",
)
def heard_at_the_salon(story: Story) -> None:
    """Write down what was heard, about nobody by name."""
    desk = story.desk
    desk.sign_in(COUNCIL)
    desk.go("/intake/new")
    desk.tick("サロンなどの場で", "どのように来たか")
    desk.write("だれが つないだか", "近所の方・知人")
    desk.write("つないだ方の圏域", "南台圏域")
    desk.write("分野", "高齢")
    desk.write("聞いたこと", HEARD)
    desk.write("だれに聞けばよいか", "南台サロンの世話役さん")
    desk.press("保存する")
    desk.reads(HEARD)
    story.at["reception"] = desk.address


@chapter(
    "高齢者相談センターに つなぎます",
    """
高齢の方なので、原さんは受付の画面から 高齢者相談センターにつなぎます。谷さんは「つなぎ」で
引き受け、訪ねますが、断られます。ひとつの機関ではむずかしいと書いて、多機関協働へつなぎます。
""",
)
def passed_on_to_the_center(story: Story) -> None:
    """Ask another agency, and read its answer."""
    desk = story.desk
    desk.write("つなぐ先", "高齢者相談センター")
    desk.write("たのむこと", "一度 訪ねて、様子を見てください")
    desk.press("つなぐ")
    desk.sign_in(CENTER)
    desk.go("/referrals")
    desk.reads("訪ねて")
    desk.follow("令和8年11月12日")
    desk.press("引き受ける")
    desk.write(
        "ことば", "訪ねたが 断られた。息子さんがいて、やはり会えない。うちだけでは むずかしい"
    )
    desk.press("多機関協働へつなぐ")
    desk.reads("多機関協働")


@chapter(
    "つながり相談室が、世帯として受け止めます",
    """
話を受けた つながり相談室の水野さんは、受付の画面の「この受付から登録をはじめる」を押します。
聞いたことは もう入っています。お母さん（Aさん）と、30年 家にいる息子さん（Bさん）
を、ひとつの世帯にします。関わる高齢者相談センターを「プランに加わる機関」にすると、その職員も
 この世帯を見られます。
""",
)
def the_office_takes_the_case(story: Story) -> None:
    """Register mother and son as one household."""
    desk = story.desk
    desk.sign_in(CITY)
    desk.go(story.at["reception"])
    desk.follow("この受付から登録をはじめる")
    desk.write("名前", "えい 花")
    desk.write("ふりがな", "えい はな")
    desk.write("生年月日", "昭和21年4月8日")
    desk.tick("女性")
    desk.write("本人の言葉", "ほうっておいて。知らない人は こわい")
    desk.write("町", "南台二丁目")
    desk.write("いっしょに暮らす世帯", "新しい世帯を作る")
    desk.write("新しい世帯の名前", "えいさんの世帯")
    desk.write("世帯の中での続柄", "母")
    desk.write("担当", "水野")
    desk.tick("高齢", "分野")
    desk.tick("高齢者相談センター", "プランに加わる機関")
    desk.press("ここまでで保存する")
    desk.reads("えい 花", "ほうっておいて")
    story.at["mother"], story.at["mother_number"] = desk.address, desk.find(NUMBER)
    desk.go("/people/new")
    desk.write("名前", "えい 進")
    desk.write("ふりがな", "えい すすむ")
    desk.write("生年月日", "昭和51年9月2日")
    desk.tick("男性")
    desk.write("本人の言葉", "人と話すのは、長いこと していません")
    desk.write("町", "南台二丁目")
    desk.write("いっしょに暮らす世帯", "えいさんの世帯")
    desk.write("世帯の中での続柄", "息子")
    desk.write("担当", "水野")
    desk.tick("ひきこもり支援", "分野")
    desk.press("ここまでで保存する")
    desk.reads("えい 進", "世帯：母 花さん")
    story.at["son"], story.at["son_number"] = desk.address, desk.find(NUMBER)


@chapter(
    "支援会議で、同意がまだない世帯のことを話し合います",
    """
同意は まだありません。話し合えるのは、守る義務のある構成員だけの「支援会議」です。議題に え
いさんの世帯を入れ、原さんと谷さんを構成員にします。ここに書いたことは部屋の中に残り、構成員で
ない人には、議題があることも見えません。
""",
)
def talked_of_without_consent(story: Story) -> None:
    """Talk in a room where those bound to secrecy read, and nobody else."""
    desk = story.desk
    _plan_meeting(story, "支援会議", "room")
    desk.write("本人の番号", story.at["mother_number"])
    desk.write("議題の名前", "南台の えいさんの世帯")
    desk.press("議題を足す")
    desk.write("話し合ったこと", SAID_IN_THE_ROOM)
    desk.write("だれが", "社協と 高齢者相談センター")
    desk.write("なにを", "いっしょに訪ねる")
    desk.tick("原（つなぎ市社会福祉協議会）")
    desk.tick("谷（高齢者相談センター）")
    desk.press("保存する")
    desk.go(story.at["room"])
    desk.press("開いたと書く")
    desk.reads("社協と 高齢者相談センター：いっしょに訪ねる")
    desk.sign_in("oka")
    desk.go("/meetings")
    desk.misses("えいさん")
    desk.sign_in(CITY)


@chapter(
    "いっしょに訪ねます",
    """
同意がなくても、訪問は書けます。だれが、どの機関といっしょに行くか、次はいつか。断られたことも記録し、
次の日を書くと、その日が「今日の仕事」に出ます。
""",
)
def visited_together(story: Story) -> None:
    """Plan a joint visit before any consent."""
    desk = story.desk
    desk.go(story.at["mother"] + "/visits")
    desk.write("行く日", "令和8年11月12日")
    desk.tick("水野", "だれが行くか")
    desk.tick("高齢者相談センター", "いっしょに行く機関")
    desk.write("伝えること・気をつけること", "名乗るだけで よい。長居しない")
    desk.press("予定に入れる")
    desk.reads("名乗るだけで よい")


@chapter(
    "訪ね続けて、文書の同意をいただきます",
    """
Aさんには 物忘れがあります。だれが答えたか（家族が 本人のそばで）と、本人の意思を どう確か
めたかを書かないと、保存できません。Bさんは本人が署名しました。「話してよい相手」に受け入れ先
が入って、はじめて つなぎ先を探せます。
""",
)
def agreed_in_writing(story: Story) -> None:
    """Note the consent of both, with who gave it and how her own will was made sure of."""
    desk = story.desk
    desk.go(story.at["mother"] + "/consent")
    desk.tick("文書で同意した")
    desk.tick("家族（本人のそばで）")
    desk.write("答えた方の名前", "えい 進（長男）")
    _agree(desk)
    desk.press("同意を記録する")
    desk.reads("直してください")
    desk.write("本人の意思を どう確かめたか", "絵を見せて2回たずね、うなずかれた")
    desk.press("同意を記録する")
    desk.reads("文書で同意した")
    desk.go(story.at["son"] + "/consent")
    desk.tick("文書で同意した")
    desk.tick("本人")
    _agree(desk)
    desk.press("同意を記録する")
    desk.reads("文書で同意した")


@chapter(
    "重層的支援会議で プランを決めます",
    """
水野さんが Bさんの支援プランを書き、会議にかけます。会議で「適切である」と判断したことを議題
に書くと、プランを「決まった」にできます。いまある制度では足りないことも、ここで確かめます。
""",
)
def decided_together(story: Story) -> None:
    """Write a plan, have a sitting judge it, sign and decide it."""
    desk = story.desk
    plan = story.at["son"] + "/plan"
    desk.go(plan)
    desk.write("目指す姿（本人の言葉で）", "だれかの役に立てる日を、週に一日 作りたい")
    desk.write("まず めざすこと", "地域福祉推進協議会の手伝いに 一度行ってみる")
    desk.write("だれが", "つなぎ市社会福祉協議会")
    desk.write("なにを", "見学に いっしょに行く")
    desk.tick("参加支援事業", "使う事業")
    desk.press("下書きを保存する")
    desk.press("会議にかける")
    _plan_meeting(story, "重層的支援会議", "meeting")
    desk.write("本人の番号", story.at["son_number"])
    desk.press("議題を足す")
    desk.write("話し合ったこと", "いまある制度では、週に一日 人と会う場にならない。")
    desk.write("会議の判断", "適切である")
    desk.press("保存する")
    desk.go(story.at["meeting"])
    desk.press("開いたと書く")
    desk.go(plan)
    desk.write("署名した方", "えい 進")
    desk.write("署名の日", "令和8年11月12日")
    desk.write("どの会議で決まったか", "重層的支援会議")
    desk.press("決まったと書く")
    desk.reads("週に一日 作りたい", "重層的支援会議")
    desk.misses(SAID_IN_THE_ROOM)


@chapter(
    "本人の希望を聞いて、先をさがします",
    """
Bさんは「だれかの役に立ちたい」と言います。希望のページに、やりたいこと・行ける時間・ひとりで行けるかを
書くと、「つなぎ先」に合う順で並びます。どれにも、合う理由と 気をつけることが書いてあります。
""",
)
def a_place_is_sought(story: Story) -> None:
    """Ask what he wants, and read which places fit and why."""
    desk = story.desk
    desk.go(story.at["son"] + "/need")
    desk.write("いちばんの希望", "人の役に立ちたい")
    desk.write("やりたいこと 1つめ", "地域福祉推進協議会の活動")
    for day in "月火水木金土":
        desk.tick(f"{day}曜の午前")
        desk.tick(f"{day}曜の午後")
    desk.tick("歩き", "使える行き方")
    desk.tick("バス", "使える行き方")
    desk.write("片道 何分まで", "60")
    desk.tick("はじめは 付きそいを希望", "付きそい")
    desk.press("保存する")
    desk.go(story.at["son"] + "/openings")
    desk.reads("つなぎ先")


@chapter(
    "名前を出さずに、受け入れ先にたずねます",
    """
文書の同意があり、先が決まったら、受け入れ先にたずねます。伝わるのは、年代と、したいことと、配慮だけです。
送る前に、伝わる文がそのまま出ます。受け入れ先の「はい」と本人の「行ってみたい」がそろうと、参加が始まります。
""",
)
def asked_without_a_name(story: Story) -> None:
    """Ask the host without a name, and write down what both said."""
    desk = story.desk
    desk.follow("受け入れ先に たずねる")
    desk.reads("50代の方です")
    desk.misses("えい 進さんが 参加")
    desk.tick("行ってみたい", "本人の気持ち")
    desk.press("この文でたずねた")
    desk.tick("受けてもらえた", "返事")
    desk.press("受け入れ先の返事を保存する")
    desk.reads("参加を始める")
    desk.press("参加を始める")
    story.at["placement"] = desk.address
    desk.reads("見学")


@chapter(
    "一段ずつ進みます",
    """
見学から体験へ、一段進みました。もどることも、休むことも、歩みとして残ります。進んだ日に、その段に合わせて
次に聞く日も変わります。
""",
)
def a_step_up(story: Story) -> None:
    """Write the next step of the ladder down."""
    desk = story.desk
    desk.tick("次の段へ：体験", "一歩")
    desk.write("ようす", "折り方を すぐ覚えられた")
    desk.press("保存する")
    desk.reads("体験")


@chapter(
    "本人と受け入れ先の、両方に聞きます",
    """
「聞き取り」では、本人には 状態と希望のそれぞれに合っているかを、受け入れ先には
心配ごとと した支援を聞きます。電話をしながら、キーボードだけで書けます。
""",
)
def both_sides_are_asked(story: Story) -> None:
    """Call the person, then the host."""
    desk = story.desk
    call = story.at["placement"].replace("/placements/", "/calls/")
    desk.go(call + "?side=person")
    desk.tick("よく合っている", "2 今の状態に合っているか")
    desk.tick("だいたい合っている", "希望に合っているか")
    desk.write("本人の声", "折るのは きらいじゃない")
    desk.tick("このまま続ける", "5 これから")
    desk.press("保存して次の人へ")
    desk.go(call + "?side=host")
    desk.write("受け入れ先の声", "黙々と やってくださる")
    desk.press("保存して次の人へ")
    desk.go(story.at["son"] + "/course")
    desk.reads("折るのは きらいじゃない", "黙々と やってくださる")


@chapter(
    "見通しがつき、終えて、見守ります",
    """
見通しがついたら 参加を終え、評価を書きます。続けて見守る機関と、次に見る日を決めると、
その日に その機関の「今日の仕事」に出ます。
また支援が要るときは、それまでの記録と一緒に 始めなおせます。
""",
)
def closed_and_watched(story: Story) -> None:
    """End, evaluate, close, and leave the watch to an agency."""
    desk = story.desk
    desk.go(story.at["placement"])
    desk.tick("終える", "一歩")
    desk.write("終わりの理由", "目あてをかなえた")
    desk.write("次の行き先", "ひとりで続けます")
    desk.press("保存する")
    desk.go(story.at["son"] + "/closing")
    desk.write("できたこと", "週に一日、役に立つ日ができた")
    desk.tick("社会参加の機会が増えた", "変わったこと")
    desk.tick("終結する", "これから")
    desk.write("終結の理由", "目標を達成した")
    desk.press("評価を保存する")
    desk.write("見守る機関", "つながり相談室")
    desk.write("次に様子を見る日", "令和9年2月12日")
    desk.write("見守り方", "月に一度、広報紙を届けながら")
    desk.press("支援を終える")
    desk.go(story.at["son"] + "/watch")
    desk.reads("つながり相談室", "月に一度、広報紙を届けながら")
    desk.go(story.at["son"] + "/story")
    desk.reads("重層的支援会議", "週に一日")
    desk.misses(SAID_IN_THE_ROOM)


def _plan_meeting(story: Story, name: str, key: str) -> None:
    desk = story.desk
    desk.go("/meetings/new")
    desk.write("会議", name)
    desk.write("日", "令和8年11月12日")
    desk.write("始まる時刻", "8:30")
    desk.write("長さ（分）", "60")
    desk.tick("つなぎ市社会福祉協議会", "呼ぶ機関")
    desk.tick("高齢者相談センター", "呼ぶ機関")
    desk.press("保存する")
    story.at[key] = desk.address


def _agree(desk: Desk) -> None:
    desk.write("答えた日", "令和8年11月12日")
    desk.tick("受け入れ先", "話してよい相手")
    desk.tick("つなぎ市社会福祉協議会", "話してよい相手")
    desk.tick("属性", "話してよいこと")
    desk.tick("生活歴・課題", "話してよいこと")


def tell(desk: Desk, look: Callable[[str], None] = lambda name: None) -> Story:
    """Tell the whole story at a desk; after each chapter `look` hears the name of its picture."""
    story = Story(desk)
    for each in CHAPTERS:
        each.walk(story)
        look(each.picture)
    return story
