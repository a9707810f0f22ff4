"""What the demo says about its frames."""

from pathlib import Path
from typing import Any

from rich.console import Console

from devstack.board import Board, line
from devstack.frames import Shot
from devstack.summary import outcome, percentile

_QC = {
    "sharpness": "fail",
    "exposure": "pass",
    "numbers": {"sharpness": 14.4, "white_share": 0.01, "black_share": 0.002},
}


def _image(identity: str, status: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    return {"id": identity, "status": status, "qc": None, "failure": None, **more}


def _board() -> Board:
    board = Board(Shot(Path(f"{a}.jpg"), "image/jpeg", a) for a in (0, 90, 180))
    for row, identity in zip(board.rows, "abc", strict=True):
        board.uploaded(row, identity, at=1_000_000_000.0)
    return board


def test_a_frame_counts_from_its_upload_to_the_servers_own_time() -> None:
    board = _board()
    done = _image("a", "processed", qc=_QC, processed_at="2001-09-09T01:46:42.500Z")
    assert board.update([done, _image("b", "pending")]) == board.rows[:2]
    assert board.update([done]) == []
    assert board.rows[0].seconds == 2.5
    assert line(board.rows[0]) == "    0°  processed   2.5 s  sharpness fail 14  exposure pass 1.2%"
    assert not board.finished


def test_the_summary_names_what_failed_and_why() -> None:
    board = _board()
    failure = {"stage": "download", "code": "truncated", "message": "Take it again."}
    when = "2001-09-09T01:46:44+00:00"
    board.update(
        [
            _image("a", "processed", qc=_QC, processed_at=when),
            _image("b", "failed", failure=failure, processed_at=when),
        ]
    )
    board.rows[2].status, board.rows[2].reason = "refused", "too large"
    assert board.finished
    lines = outcome(board, ["notes.txt"])
    assert lines[0] == "3 of 3 frames have a verdict"
    for wanted in ("  sharpness fail at 0°", "  90.jpg: failed: Take it again."):
        assert wanted in lines
    assert "  180.jpg: refused: too large" in lines
    assert any("notes.txt" in text for text in lines)


def test_an_image_of_somebody_else_changes_nothing() -> None:
    assert _board().update([_image("z", "processed")]) == []


def test_the_table_shows_every_frame_or_says_how_many_there_are() -> None:
    board = Board(Shot(Path("x.jpg"), "image/jpeg", angle) for angle in range(200))
    console = Console(width=120, height=20, force_terminal=True, color_system=None)
    with console.capture() as captured:
        console.print(board.table(console))
    text = captured.get()
    assert "0 of 200 have a verdict" in text
    assert len(text.splitlines()) < 20


def test_percentiles_are_values_that_occurred() -> None:
    values = [float(n) for n in range(1, 101)]
    assert (percentile(values, 0.5), percentile(values, 0.95)) == (50.0, 95.0)
    assert percentile([3.0], 0.95) == 3.0
