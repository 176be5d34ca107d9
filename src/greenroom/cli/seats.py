"""The two ways to sit in the terminal interview: a person at the keyboard, or files that were written before."""

from __future__ import annotations

import os
import secrets
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import typer
from rich.markdown import Markdown
from rich.table import Table

from greenroom.accounts.service import ensure_solo_user
from greenroom.bank.models import Item, Kind, Topic
from greenroom.bank.projects import assembled, editable, parsed, written
from greenroom.bank.syllabus import topic_titles
from greenroom.cli.answers import decode_answer, read_project
from greenroom.cli.lines import case_line, finding_lines
from greenroom.cli.output import console
from greenroom.interview.assembly import Workplace, open_workplace
from greenroom.interview.planning import Level
from greenroom.interview.report import Report, build
from greenroom.interview.rules import FollowUpState, StepName, Unsure, final_findings, hint_cost, remaining
from greenroom.interview.service import Place
from greenroom.kernel.errors import InputError
from greenroom.platform.settings import load_settings


@dataclass(frozen=True)
class Request:
    """What the candidate asked to be asked."""

    topics: tuple[Topic, ...]
    minutes: int
    level: Level
    seed: int


class Seat(Protocol):
    """Somebody who answers. None as an answer means: go on without one."""

    async def answer(self, work: Workplace, place: Place) -> str | None:
        """The answer to the round's item."""
        ...

    def follow_up(self, place: Place, asked: FollowUpState) -> str | None:
        """The answer to a follow-up."""
        ...

    def judge_self(self, place: Place, unsure: tuple[Unsure, ...]) -> dict[str, bool] | None:
        """The own judgement of undecided points."""
        ...

    def told(self, place: Place) -> None:
        """The round is done: look at what became of it."""
        ...


async def play(folder: Path, data_dir: Path) -> Report:
    """Play the interview whose answers lie in *folder*, in a database of its own under *data_dir*."""
    if not folder.is_dir():  # noqa: ASYNC240 (nothing else runs yet)
        raise InputError(f"{folder} is not a folder", mend="name a folder with a file per item slug")
    settings = load_settings(data_dir=data_dir)
    async with open_workplace(settings) as work:
        seat = Files(folder, work.catalogue.get)
        user = await ensure_solo_user(work.database, work.clock.now())
        made = await work.interviews.create_with(user, seat.items, now=work.clock.now())
        return await _conduct(work, user, made.id, seat)


async def ask(request: Request) -> Report:
    """Ask at the keyboard; the interview is kept in the history like any other."""
    async with open_workplace(load_settings()) as work:
        seat = Keyboard()
        user = await ensure_solo_user(work.database, work.clock.now())
        made = await work.interviews.create(
            user,
            topics=request.topics,
            minutes=request.minutes,
            level=request.level,
            seed=request.seed,
            now=work.clock.now(),
        )
        await work.interviews.forecast(user, made.id, seat.forecast(request.topics))
        return await _conduct(work, user, made.id, seat)


async def _conduct(work: Workplace, user: str, interview_id: str, seat: Seat) -> Report:
    while True:
        current = await work.interviews.begin(user, interview_id, work.clock.now())
        if current is None:
            played = await work.interviews.get(user, interview_id)
            return build(played, work.catalogue, work.clock.now(), askable=await work.interviews.askable())
        await _round(work, user, current.id, seat)


async def _round(work: Workplace, user: str, round_id: str, seat: Seat) -> None:
    """One round from its question to its end."""
    while True:
        place = await work.interviews.place(user, round_id)
        step, now = place.step, work.clock.now()
        if step.name in (StepName.done, StepName.finish):
            if step.name is StepName.finish:
                await work.interviews.skip(user, round_id, now)
            seat.told(await work.interviews.place(user, round_id))
            return
        if step.name is StepName.judging and step.submission is not None:
            await work.answering.answer(step.submission.id)
        elif step.name is StepName.self_judge:
            judgements = seat.judge_self(place, step.unsure)
            if judgements is None:
                await work.interviews.skip(user, round_id, now)
            else:
                await work.interviews.self_judge(user, round_id, judgements, now)
        elif step.name is StepName.follow_up and step.follow_up is not None:
            reply = seat.follow_up(place, step.follow_up)
            if reply is None:
                await work.interviews.skip_follow_up(user, round_id, now)
            else:
                await work.interviews.submit(user, round_id, text=reply, token=secrets.token_hex(8), now=now)
        else:
            await _answer(work, user, place, seat)


async def _answer(work: Workplace, user: str, place: Place, seat: Seat) -> None:
    text = await seat.answer(work, place)
    now = work.clock.now()
    if text is not None:
        await work.interviews.submit(user, place.round.id, text=text, token=secrets.token_hex(8), now=now)
    elif place.round.submissions:
        await work.interviews.close_answer(user, place.round.id, now)
    else:
        await work.interviews.skip(user, place.round.id, now)


class Files:
    """Answers written before: `<slug>.md|.py|.yaml` (a folder `<slug>/` for a lab), `<slug>.follow-up.<point>.md`."""

    def __init__(self, folder: Path, find: Callable[[str], Item | None]) -> None:
        self._folder = folder
        names = sorted(
            path for path in folder.iterdir() if path.is_dir() or path.suffix in (".md", ".py", ".yaml", ".txt")
        )
        self._answers = {path.stem: path for path in names if ".follow-up." not in path.name}
        if not self._answers:
            mend = "add <item slug>.md, .py or (a design) .yaml, for a lab the folder <item slug>/"
            raise InputError(f"{folder} holds no answers", mend=mend)
        found = {slug: find(slug) for slug in self._answers}
        unknown = [slug for slug, item in found.items() if item is None]
        if unknown:
            mend = "`greenroom bank list` names the items"
            raise InputError(f"{self._answers[unknown[0]]}: there is no item {unknown[0]!r}", mend=mend)
        order = list(Topic)
        known = [item for item in found.values() if item is not None]
        self.items = sorted(known, key=lambda item: (order.index(item.topic), item.slug))

    async def answer(self, work: Workplace, place: Place) -> str | None:
        """The file's text, once; of a lab the files of its folder."""
        path, item = self._answers[place.round.item], place.item
        if place.round.submissions:
            return None
        return handed_in(path, item) if item is not None and item.kind.is_lab else _read(path)

    def follow_up(self, place: Place, asked: FollowUpState) -> str | None:
        """The follow-up's file, if there is one."""
        path = self._folder / f"{place.round.item}.follow-up.{asked.point}.md"
        return _read(path) if path.is_file() else None

    def judge_self(self, place: Place, unsure: tuple[Unsure, ...]) -> dict[str, bool] | None:
        """Files judge nothing: unsure points stay unsure and earn nothing."""
        return None

    def told(self, place: Place) -> None:
        """Nothing to look at."""


def _read(path: Path) -> str:
    try:
        return decode_answer(path.read_bytes(), str(path))
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}", mend="name readable files") from None


class Keyboard:
    """A person in a terminal."""

    def forecast(self, topics: tuple[Topic, ...]) -> dict[str, float]:
        """Ask what share of the points is expected; Enter skips a topic."""
        console.print("Before the first round: what share of the points do you expect? (0–100, Enter to skip)")
        titles, shares = topic_titles(), {}
        for topic in topics:
            text = typer.prompt(f"  {titles[topic]}", default="", show_default=False, err=True).strip().rstrip("%")
            if text.isdigit() and int(text) <= 100:
                shares[topic.value] = int(text) / 100
        return shares

    async def answer(self, work: Workplace, place: Place) -> str | None:
        """Show the question, then take an answer, a hint, a run or a skip."""
        item, one = place.item, place.round
        if item is None:
            return None
        if not one.submissions:
            console.rule(f"Round {one.position + 1} of {len(place.interview.rounds)} · {topic_titles()[item.topic]}")
            console.print(f"[bold]{item.title}[/bold]  ({item.head.minutes} min)")
            console.print(Markdown(item.prompt))
        else:
            console.print(f"Verdict: {one.submissions[-1].verdict}. You can try again, or go on.")
        return await self._menu(work, place, item)

    async def _menu(self, work: Workplace, place: Place, item: Item) -> str | None:
        text = place.round.draft
        user = place.interview.user_id
        while True:
            left = remaining((await work.interviews.place(user, place.round.id)).round, work.clock.now())
            keys = "e edit · h hint · s submit · n next" + (" · r run" if item.kind.is_judged else "")
            choice = typer.prompt(
                f"[{int(left // 60)} min left] {keys}", default="e", show_default=False, err=True
            ).strip()[:1]
            if choice == "h":
                used = await work.interviews.take_hint(user, place.round.id)
                for hint in item.hints[:used]:
                    console.print(Markdown(f"- {hint.text} *(costs {hint.cost:.0%})*"))
            elif choice == "r" and item.kind.is_judged:
                for case in work.answering.run_visible(item, text).cases:
                    console.print(f"  {case_line(case)}", markup=False)
            elif choice == "s":
                return text
            elif choice == "n":
                return None
            else:
                text = await self._edit(work, place, item, text)

    async def _edit(self, work: Workplace, place: Place, item: Item, text: str) -> str:
        suffix = {Kind.code: ".py", Kind.design: ".yaml"}.get(item.kind, ".md")
        new = edit_project(item, text) if item.kind.is_lab else edit(text, suffix)
        latest = await work.interviews.place(place.interview.user_id, place.round.id)
        await work.interviews.save_draft(
            place.interview.user_id,
            place.round.id,
            text=new,
            revision=latest.round.draft_revision,
            tab="terminal",
            now=work.clock.now(),
        )
        return new

    def follow_up(self, place: Place, asked: FollowUpState) -> str | None:
        """Ask it; an empty line leaves it unanswered."""
        console.print(f"\n[bold]A follow-up:[/bold] {asked.ask}")
        reply: str = typer.prompt("  (Enter to leave it)", default="", show_default=False, err=True)
        return reply.strip() or None

    def judge_self(self, place: Place, unsure: tuple[Unsure, ...]) -> dict[str, bool] | None:
        """Show claim and quote; the person decides."""
        judgements = {}
        for one in unsure:
            console.print(f"\nThe grader is unsure of one point. It would count if you said:\n  “{one.claim}”")
            console.print(f"You wrote:\n  “{one.quote or '(nothing near it)'}”")
            judgements[one.key] = typer.confirm("Did you say it?", default=False, err=True)
        return judgements

    def told(self, place: Place) -> None:
        """The findings and the debrief."""
        for finding in final_findings(place.item, place.round):
            for line in finding_lines(finding, place.item):
                console.print(f"  {line}", markup=False, soft_wrap=True)
        cost = hint_cost(place.item, place.round)
        if cost:
            console.print(f"  hints cost {cost:.0%} of this round's points")
        if place.item is not None:
            console.print(Markdown(place.item.debrief))


def edit(text: str, suffix: str) -> str:
    """Let the person edit *text* in $VISUAL or $EDITOR; without one, read lines until a single dot."""
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    if not editor:
        console.print("Write your answer; a line with a single dot ends it. (Set EDITOR to use an editor.)")
        lines = []
        while (line := typer.prompt("", default="", show_default=False, prompt_suffix="", err=True)) != ".":
            lines.append(line)
        return "\n".join(lines)
    with tempfile.TemporaryDirectory(prefix="greenroom-") as folder:
        path = Path(folder) / f"answer{suffix}"
        path.write_text(text, encoding="utf-8")
        subprocess.run([*editor.split(), str(path)], check=False)  # noqa: S603 (the person's own editor)
        return decode_answer(path.read_bytes(), "your answer")


def edit_project(item: Item, text: str) -> str:
    """Let the person change the files of a lab, beginning with those in *text*; the text of an answer with them.

    Without $VISUAL and $EDITOR the folder is named, for any editor of theirs.
    """
    with tempfile.TemporaryDirectory(prefix="greenroom-") as folder:
        root = Path(folder) / item.slug
        for name, content in assembled(item, parsed(text)).items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            if not editable(item, name):
                path.chmod(0o444)
        editor = os.environ.get("VISUAL") or os.environ.get("EDITOR")
        if editor:
            own = [str(root / name) for name in sorted(item.starter) if editable(item, name)]
            subprocess.run([*editor.split(), *own], check=False)  # noqa: S603 (the person's own editor)
        else:
            console.print(f"The project lies in {root}", markup=False, soft_wrap=True)
            typer.prompt("  Change its files, then press Enter", default="", show_default=False, err=True)
        return handed_in(root, item)


def handed_in(path: Path, item: Item) -> str:
    """The answer to a lab from the folder or file *path*: what differs from the starter. Raises InputError."""
    starter = {name: content.encode("utf-8") for name, content in item.starter.items()}
    files = {name: content for name, content in read_project(path, item).items() if starter.get(name) != content}
    return written({name: decode_answer(content, name) for name, content in files.items()})


def print_report(report: Report) -> None:
    """The report for people: topics with their intervals, then what to practise."""
    titles = topic_titles()
    table = Table("topic", "earned", "forecast", "on a medium question (90 %)", "evidence", box=None, pad_edge=False)
    for row in report.topics:
        low, median, high = row.ability.expected_share()
        standing = (
            f"{median:.0%}  ({low:.0%}–{high:.0%})"
            if row.ability.enough
            else f"not enough evidence ({low:.0%}–{high:.0%})"
        )
        earned = "–" if row.share is None else f"{row.share:.0%}"
        forecast = "–" if row.forecast is None else f"{row.forecast:.0%}"
        table.add_row(
            titles[row.topic],
            earned,
            forecast,
            standing,
            f"{row.ability.evidence} points in {row.ability.rounds} rounds",
        )
    console.print(table)
    if report.practise:
        console.print("\nPractise next:")
    for one in report.practise:
        follow = f", then {one.next_item}" if one.next_item else ""
        console.print(f"  {one.on:%d %b}  {one.item}{follow}: {one.because}", markup=False)
