"""`python -m studio --out DIR`: render the sample spin from the command line."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from studio.spin import sample_spin


def main(
    out: Annotated[Path, typer.Option(help="Cache folder; the frames lie in a subfolder of it.")],
    seed: Annotated[int, typer.Option(help="Same seed, same pixels.")] = 360,
    frames: Annotated[int, typer.Option(help="Frames round the car; must divide 360.")] = 24,
    width: Annotated[int, typer.Option(min=64, help="Pixels.")] = 4032,
    height: Annotated[int, typer.Option(min=48, help="Pixels.")] = 3024,
    processes: Annotated[int | None, typer.Option(min=1, help="Default: one per CPU.")] = None,
) -> None:
    """Photograph the sample car from all sides."""
    columns = (TextColumn("photographing"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("spin", total=frames)
        spin = sample_spin(
            out, seed=seed, frames=frames, width=width, height=height, processes=processes,
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )  # fmt: skip
    typer.echo(spin[0].path.parent)


if __name__ == "__main__":
    typer.run(main)
