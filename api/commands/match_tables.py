"""The result of the main job on a terminal: who goes where and why, who does not and why not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import typer

from api.commands.terminal import bar, console, fold, sentence_table, show
from cases.matching.checking import trust_words
from cases.matching.stories import near_for_participant
from cases.matching.two_sided import mutual_pairs, mutual_words
from cases.words.dates import date_words
from cases.words.wording import (
    counts_words,
    fit_word,
    not_considered_words,
    result_words,
)
from exchange.run_records import read_record
from matcher.explanation import Word, word_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from api.commands.office import Office
    from api.commands.shown_run import ShownRun
    from cases.matching.rankings import Ranking
    from cases.matching.weighing import Weighed
    from cases.participant import Participant
    from cases.run import MatchRun, Unplaced
    from catalog.opening import Opening
    from matcher.policy import Policy

CELLS: Final = {Word.GOOD: 4, Word.FAIR: 3, Word.NEAR: 2, Word.POOR: 1}


def show_run(shown: ShownRun, *, is_new: bool) -> None:
    """Show a run: proposals, who has none and why, who was not considered and why."""
    run = shown.run
    when = "いま探した案" if is_new else "前の回から何も変わっていません。その回の案"
    typer.echo(f"{when}（{date_words(run.on)}の時点）\n")
    if shown.proposals:
        typer.echo("合う順です。同じなら、長く待っている方が先です。\n")
        headers = ("本人", "つなぎ先", "合い方", "理由")
        show(sentence_table(headers, _proposal_rows(shown)))
    unplaced = ((each.participant_id, _without_place(shown, each)) for each in run.unplaced)
    _show_left("まだ つなぎ先のない方", shown, unplaced)
    left_out = (
        (each.participant_id, not_considered_words(each.why)) for each in run.not_considered
    )
    _show_left("今回は 探していない方", shown, left_out)
    people = len(shown.proposals) + len(run.unplaced) + len(run.not_considered)
    typer.echo(f"\n{result_words(people, len(shown.proposals))}")
    typer.echo(proof_words(run, len(shown.proposals) + len(run.unplaced)))
    mutual = mutual_pairs(run, shown.people)
    if mutual is not None:
        typer.echo(mutual_words(mutual))
    typer.echo(f"記録: {run.id}")


def proof_words(run: MatchRun, known: int) -> str:
    """Return what is known of how good a run is.

    Parameters
    ----------
    known
        How many of those who were matched the reader may know; what is counted over all is told to
        who may know of all.
    """
    record = read_record(run.problem, run.result)
    words = trust_words(
        accepted=run.certified,
        status=run.status,
        proof=record.proof,
        more=record.possibly_more if known == record.people else None,
    )
    return f"検算ずみ　{words}" if run.certified else words


def _proposal_rows(shown: ShownRun) -> Iterator[tuple[str, ...]]:
    for each in shown.proposals:
        person = shown.people[each.participant_id]
        opening = shown.openings[each.opening_id].name
        fit = _fit(each.score, shown.policy)
        yield _who(person, shown.names_shown), opening, fit, each.reason


def _without_place(shown: ShownRun, each: Unplaced) -> str:
    """Return why someone has no place, and which would be within reach."""
    near = (_near_words(shown.openings[near.opening_id].name, near.change) for near in each.near)
    return "\n".join((each.words, *near))


def _near_words(name: str, change: str) -> str:
    return f"・{change} → {name}"


def _show_left(title: str, shown: ShownRun, told: Iterable[tuple[str, str]]) -> None:
    """Show who has no proposal and why, unless there is nobody."""
    rows = [(_who(shown.people[id_], shown.names_shown), words) for id_, words in told]
    if rows:
        typer.echo(f"\n{title}（{len(rows)}人）\n")
        show(sentence_table(("本人", "どうして"), rows))


def show_ranked_openings(
    office: Office, weighed: Weighed, person: Participant, ranking: Ranking
) -> None:
    """Show the best openings for one person, and how many did not fit for which reason."""
    case_no, *name = _who(person, office.is_sample).split("\n")
    typer.echo(f"{case_no}　{name[0]}さんに合う枠\n" if name else f"{case_no}の方に合う枠\n")
    names = {each.opening.id: each.opening.name for each in weighed.inputs.receiving}
    policy = weighed.considered.policy
    rows = [
        (names[story.opening_id], _fit(story.explanation.score, policy), story.reason)
        for story in ranking.ranked
    ]
    _show_ranking(("つなぎ先", "合い方", "理由"), rows, ranking, "枠")
    near = near_for_participant(weighed, person.id)
    if near:
        typer.echo("\nあと少しで届く枠")
    for each in near:
        typer.echo(fold(_near_words(names[each.opening_id], each.change), console().width))


def show_ranked_people(
    office: Office, weighed: Weighed, opening: Opening, ranking: Ranking
) -> None:
    """Show the people who fit one opening best, and how many did not for which reason."""
    typer.echo(f"「{opening.name}」に合う方\n")
    people = {person.id: person for person in weighed.inputs.participants}
    policy = weighed.considered.policy
    rows = [
        (
            _who(people[story.participant_id], office.is_sample),
            _fit(story.explanation.score, policy),
            story.reason,
        )
        for story in ranking.ranked
    ]
    _show_ranking(("本人", "合い方", "理由"), rows, ranking, "人")


def _show_ranking(
    headers: tuple[str, ...], rows: Sequence[tuple[str, ...]], ranking: Ranking, unit: str
) -> None:
    if rows:
        show(sentence_table(headers, rows))
    more = ranking.candidates - len(rows)
    rest = f"（ほか {more}{unit}は --top で見られます）" if more else ""
    typer.echo(f"\n合う {ranking.candidates}{unit}{rest}")
    if ranking.refused:
        refused = sum(count for _, count in ranking.refused)
        typer.echo(f"今は合わない {refused}{unit}：{counts_words(ranking.refused)}")


def _who(person: Participant, names_shown: bool) -> str:
    """Return the case number, and in the fictional sample the name below it."""
    return f"{person.case_no}\n{person.name}" if names_shown else person.case_no


def _fit(score: float, policy: Policy) -> str:
    """Return the word for a fit with its bar below."""
    word = word_of(score, policy)
    return f"{fit_word(word)}\n{bar(CELLS[word])}"
