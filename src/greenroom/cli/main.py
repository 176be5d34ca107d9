"""`greenroom`: the command line's entry."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from greenroom import __version__
from greenroom.cli import bank, doctor, grade, grader, interview, judge, keys, serve, simulate, users
from greenroom.cli.output import log
from greenroom.kernel.errors import GreenroomError

app = typer.Typer(
    name="greenroom",
    help="A self-hosted mock technical interview that runs what you answer and shows the evidence.",
    no_args_is_help=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(bank.app, name="bank")
app.add_typer(judge.app, name="judge")
app.add_typer(grader.app, name="grader")
app.add_typer(keys.app, name="keys")
app.add_typer(users.app, name="users")
app.command("grade")(grade.grade)
app.command("interview")(interview.interview)
app.command("simulate", epilog="Example: greenroom simulate design.yaml --json")(simulate.simulate)
app.command("doctor")(doctor.doctor)
app.command("run")(serve.run)
app.command("link")(serve.link)


def _version(value: bool) -> None:
    if value:
        typer.echo(f"greenroom {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def root(
    context: typer.Context,
    version: Annotated[  # noqa: ARG001 (typer calls _version)
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Without a command: open Greenroom on this machine, as `greenroom run` does."""
    if context.invoked_subcommand is None:
        context.invoke(serve.run)


def main() -> None:
    """Run the command line; expected errors become one line that names the mend, and exit code 2."""
    try:
        app()
    except GreenroomError as error:
        log.print(f"greenroom: {error.line()}", markup=False, soft_wrap=True)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.exit(0)
    except KeyboardInterrupt:
        log.print("stopped")
        sys.exit(130)


if __name__ == "__main__":
    main()
