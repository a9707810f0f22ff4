"""Capturing from a terminal: enrol, open a session, send a folder, watch, publish."""

import asyncio
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from cli import work
from cli.identity import Identity
from cli.one_line import explained

HOME = Path("~/.config/imaging360")
app = typer.Typer(no_args_is_help=True, help="Send photos, watch them, publish them.")
session = typer.Typer(no_args_is_help=True, help="Capture sessions.")
app.add_typer(session, name="session")

ApiOption = Annotated[str, typer.Option("--api", help="The API's address.")]
SessionOption = Annotated[str, typer.Option("--session", help="The session's id.")]


@app.callback()
def root(
    context: typer.Context,
    home: Annotated[
        Path, typer.Option(envvar="IMAGING360_HOME", help="Where tokens are kept.")
    ] = HOME,
) -> None:
    """Remember whom to speak for."""
    context.obj = Identity(home.expanduser())


@app.command()
@explained
def enrol(
    context: typer.Context,
    api: ApiOption,
    org: Annotated[str, typer.Option(help="The organization's id.")],
    code: Annotated[str | None, typer.Option(help="An enrolment code of its admin.")] = None,
) -> None:
    """Make this computer a capture device of an organization."""
    token = asyncio.run(work.enrol(api, org, code))
    context.obj.keep(api, "device", token)
    typer.echo(f"device {token.subject}, until {token.expires_at}")


@app.command()
@explained
def login(
    context: typer.Context,
    api: ApiOption,
    id_token: Annotated[str, typer.Option(help="From the identity provider; - reads stdin.")] = "-",
    org: Annotated[str | None, typer.Option(help="Which, for members of several.")] = None,
) -> None:
    """Sign in as a person, to watch and to publish."""
    proof = sys.stdin.read().strip() if id_token == "-" else id_token
    token = asyncio.run(work.login(api, proof, org))
    context.obj.keep(api, "user", token)
    typer.echo(f"{token.role} {token.subject}, until {token.expires_at}")


@session.command("open")
@explained
def open_session(
    context: typer.Context,
    site: Annotated[str, typer.Option(help="The site's id.")],
    mode: Annotated[str, typer.Option(help="studio360, walk360 or stills.")] = "studio360",
    vin: Annotated[str | None, typer.Option(help="The car's VIN.")] = None,
    stock: Annotated[str | None, typer.Option(help="The car's stock number.")] = None,
    frames: Annotated[int | None, typer.Option(help="Frames of the spin.", min=2)] = None,
) -> None:
    """Open a session and print its id."""
    about: dict[str, Any] = {"vin": vin, "stock_number": stock}
    if frames is not None:
        about["shot_list"] = {"studio360": {"frame_count": frames}}
    whom = context.obj
    opened = asyncio.run(
        work.open_session(whom.api, whom.token("device", "user"), site, mode, about)
    )
    typer.echo(opened.id)


@app.command()
@explained
def upload(
    context: typer.Context,
    directory: Annotated[Path, typer.Argument(help="The folder with the photos.")],
    session: SessionOption,
    at_a_time: Annotated[int, typer.Option(min=1, max=64, help="Uploads side by side.")] = 6,
) -> None:
    """Send a folder's photos; run it again after an interruption to send what is missing."""
    whom = context.obj
    token = whom.token("device", "user")
    refused = asyncio.run(work.upload(whom.api, token, directory, session, at_a_time))
    if refused:
        raise typer.Exit(1)


@app.command()
@explained
def watch(
    context: typer.Context,
    session: SessionOption,
    count: Annotated[int, typer.Option(min=1, help="How many pictures to wait for.")] = 1,
    seconds: Annotated[float, typer.Option(min=1, help="How long to wait.")] = 600,
) -> None:
    """Follow a session until every picture has its verdict."""
    whom = context.obj
    asyncio.run(work.watch(whom.api, whom.token("user"), session, count, seconds))


@app.command()
@explained
def publish(
    context: typer.Context,
    session: SessionOption,
    only_passed: Annotated[bool, typer.Option(help="Leave out what QC did not pass.")] = False,
) -> None:
    """Publish a session's finished pictures."""
    whom = context.obj
    done = asyncio.run(work.publish(whom.api, whom.token("user"), session, only_passed))
    typer.echo(f"{done.published} published")
