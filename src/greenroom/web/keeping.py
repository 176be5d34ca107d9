"""Buttons that leave the interview screen carry what is typed along: nothing depends on the page's script."""

from __future__ import annotations

from fastapi import Depends, Request

from greenroom.web.session import Now, SignedIn, Work

TAB = "form"
"""The name of the tab in drafts that came with a form: the page's script gives each tab a name of its own."""


async def keep_draft(request: Request, opened: Work, found: SignedIn, moment: Now) -> None:
    """Store the draft that a form brings: `source`, typed over `revision`, for `round` and perhaps a `point`.

    Code may come with its `language`.
    """
    form = await request.form()
    round_id, source, revision = (str(form.get(name, "")) for name in ("round", "source", "revision"))
    if "source" in form and round_id and revision.isdecimal():
        await opened.interviews.save_draft(
            found.id,
            round_id,
            text=lines(source),
            revision=int(revision),
            tab=TAB,
            now=moment,
            point=str(form.get("point", "")) or None,
            language=str(form.get("language", "")) or None,
        )


KeepsDraft = Depends(keep_draft)


def lines(text: str) -> str:
    """Forms send CRLF; what was typed has LF."""
    return text.replace("\r\n", "\n")
