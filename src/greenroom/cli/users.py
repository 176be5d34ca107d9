"""`greenroom users`: what an operator does before anybody can log in as admin, or when nobody can any more."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Annotated

import typer

from greenroom.cli.output import console
from greenroom.kernel.errors import NotFoundError
from greenroom.platform.settings import load_settings, prepare_data_dir

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from greenroom.accounts.service import Accounts

app = typer.Typer(help="Invite people, and let somebody in again who cannot log in.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Email = Annotated[str, typer.Argument(help="The e-mail address of the account.")]


@app.command()
def invite(
    email: Annotated[str | None, typer.Argument(help="For this address alone; else for who has the link.")] = None,
    role: Annotated[str, typer.Option(help="candidate, interviewer, author or admin.")] = "candidate",
    as_json: AsJson = False,
) -> None:
    """Print a link with which one account can be made, within seven days.

    Example: greenroom users invite ada@example.org --role admin
    """
    from greenroom.accounts.audit import NOWHERE
    from greenroom.accounts.rules import Role

    if role not in tuple(Role):
        raise typer.BadParameter(f"{role} is none of {', '.join(Role)}", param_hint="--role")

    async def work(accounts: Accounts, now: datetime) -> str:
        made = await accounts.invite(None, email=email, role=Role(role), source=NOWHERE, now=now)
        return f"{accounts.address}/register#{made.secret}"

    link = _with_accounts(work)
    _tell(link, as_json=as_json)


@app.command("reset-link")
def reset_link(email: Email, as_json: AsJson = False) -> None:
    """Print a link that sets another password, for somebody whose mail does not arrive.

    Example: greenroom users reset-link ada@example.org
    """
    from greenroom.accounts.audit import NOWHERE

    async def work(accounts: Accounts, now: datetime) -> str:
        secret = await accounts.reset_link(email, NOWHERE, now)
        if secret is None:
            raise NotFoundError(f"nobody has the address {email}", mend="look at how it is written")
        return f"{accounts.address}/reset#{secret}"

    link = _with_accounts(work)
    _tell(link, as_json=as_json)


def _tell(link: str, *, as_json: bool) -> None:
    if as_json:
        print(json.dumps({"link": link}))
    else:
        console.print(link, soft_wrap=True, markup=False)


def _with_accounts(work: Callable[[Accounts, datetime], Awaitable[str]]) -> str:
    from greenroom.accounts.assembly import open_accounts
    from greenroom.kernel.clock import SystemClock
    from greenroom.platform.database import Database
    from greenroom.platform.migrations import migrate

    settings = load_settings()
    prepare_data_dir(settings)

    async def run() -> str:
        migrate(settings.database)
        database, clock = Database(settings.database, readers=1), SystemClock()
        try:
            people = open_accounts(settings, database, clock)
            try:
                return await work(people.accounts, clock.now())
            finally:
                await people.close()
        finally:
            await database.close()

    return asyncio.run(run())
