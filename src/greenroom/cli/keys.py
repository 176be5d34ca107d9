"""`greenroom keys`: the keys that sign access tokens."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

from greenroom.cli.output import console
from greenroom.platform.settings import Settings, load_settings, prepare_data_dir

if TYPE_CHECKING:
    from greenroom.accounts.keys import KeyFile

app = typer.Typer(help="The keys that sign access tokens.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command("list")
def list_keys(as_json: AsJson = False) -> None:
    """List the keys: which one signs, and until when the others verify.

    Example: greenroom keys list
    """
    from greenroom.accounts.rules import ACCESS_LIFETIME, LEEWAY
    from greenroom.kernel.clock import SystemClock

    now = SystemClock().now()
    rows = [
        {
            "kid": key.kid,
            "algorithm": key.algorithm,
            "made_at": key.made_at.isoformat(timespec="seconds"),
            "signs": key.retired_at is None,
            "verifies_until": (key.retired_at + ACCESS_LIFETIME + LEEWAY).isoformat(timespec="seconds")
            if key.retired_at
            else None,
        }
        for key in _file(load_settings()).ring(now).keys
    ]
    if as_json:
        print(json.dumps({"keys": rows}))
        return
    for row in rows:
        how = "signs" if row["signs"] else f"verifies until {row['verifies_until']}"
        console.print(f"{row['kid']}  {row['algorithm']}  made {row['made_at']}  {how}", markup=False)


@app.command()
def rotate(as_json: AsJson = False) -> None:
    """Sign with a new key from now on. Tokens of the last one are accepted until they end; nobody is logged out.

    Every process of the server takes the new key at its next token. Example: greenroom keys rotate
    """
    from greenroom.kernel.clock import SystemClock

    settings = load_settings()
    prepare_data_dir(settings)
    key = _file(settings).rotate(SystemClock().now())
    if as_json:
        print(json.dumps({"kid": key.kid, "algorithm": key.algorithm}))
        return
    console.print(f"{key.kid} signs from now on ({key.algorithm}).", markup=False)


def _file(settings: Settings) -> KeyFile:
    from greenroom.accounts.keys import KeyFile

    return KeyFile(settings.keys_path, settings.token_algorithm)
