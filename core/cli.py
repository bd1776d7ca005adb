"""The command line: one function per command. What a command needs is imported inside it.

So `diagnose --snapshot` starts without a web server, a store or a cloud.
"""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from core.errors import DashboardError, InvalidInput
from core.settings import load_settings

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def main() -> None:
    """Run a command; an error that people can act on is two lines and exit code 1."""
    try:
        app()
    except DashboardError as error:
        typer.echo(f"{error.title}: {error.message}", err=True)
        if error.hint:
            typer.echo(error.hint, err=True)
        sys.exit(1)


@app.command()
def serve(
    demo: Annotated[bool, typer.Option("--demo", help="Load demo content once.")] = False,
) -> None:
    """Start the dashboard, with its embedded cloud unless DASHBOARD_CLOUD=aws."""
    from core.web.serve import serve as start

    start(load_settings(), demo=demo)


@app.command("create-admin")
def create_admin(
    email: Annotated[str, typer.Option(help="Email address of the new admin.")],
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from standard input.")
    ] = False,
) -> None:
    """Make an admin account, also while the dashboard runs."""
    from core.dashboard import opened_accounts

    if not password_stdin:
        raise InvalidInput(
            "The password is read from standard input only.",
            hint="Pipe it in: … create-admin --email E --password-stdin < password.txt",
        )
    password = sys.stdin.readline().rstrip("\r\n")
    with opened_accounts(load_settings()) as accounts:
        account = accounts.create_admin(email, password)
    typer.echo(f"{account.email} is an admin now.")
