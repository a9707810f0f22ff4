"""All image work of one photo: against the physical bound, the naive design, and other programs."""

from collections.abc import Callable
from functools import partial

from bench import inputs, memory, naive, steps, thumbnailers, two_cores
from bench.inputs import Inputs
from bench.results import Figure
from bench.timing import interleaved, print_timings
from imaging.derive import configure


def run(rounds: int) -> list[Figure]:
    """Measure everything; takes a few minutes."""
    configure()
    photos = inputs.load()
    print(f"{len(photos.jpeg) / 1e6:.1f} MB JPEG, 12 MP, 4:2:0; {rounds} rounds")
    print(f"bound: one full decode by {steps.bound_decoder()} + three thumbnail encodes")
    return [
        *_twelve_megapixels(photos, rounds),
        *_thumbnails(photos, rounds),
        *_heic(photos, rounds),
        *_larger(photos, rounds),
        *_two_cores(photos, rounds),
        Figure("imaging.peak_memory", memory.peak_above_idle(photos.jpeg_path), "MiB", "<= 160"),
    ]


def _twelve_megapixels(photos: Inputs, rounds: int) -> list[Figure]:
    data = photos.jpeg
    cases: dict[str, Callable[[], None]] = {
        "bound": steps.bound(data),
        "ours, all steps": partial(steps.work, data),
        "naive, all steps": partial(naive.work, data),
    }
    timings = interleaved(cases, rounds)
    print_timings("12 MP JPEG", timings)
    bound, ours, theirs = (timings[name].ms for name in cases)
    return [
        Figure("imaging.ratio_to_bound", ours / bound, "x", "<= 1.6"),
        Figure("imaging.naive_over_ours", theirs / ours, "x", ">= 8"),
        Figure("imaging.bound_ms", bound, "CPU ms"),
        Figure("imaging.ours_ms", ours, "CPU ms"),
        Figure("imaging.naive_ms", theirs, "CPU ms"),
    ]


def _thumbnails(photos: Inputs, rounds: int) -> list[Figure]:
    cases: dict[str, Callable[[], object]] = {
        "ours": partial(steps.thumbnails_alone, photos.jpeg),
        "of which reading all of the file": partial(steps.entropy_floor, photos.jpeg),
    }
    timings = interleaved(cases, rounds)
    print_timings("thumbnails alone, 12 MP JPEG", timings)
    ours, floor = (timings[name].ms for name in cases)
    return [
        *_other_programs(photos, rounds, ours),
        Figure("imaging.thumbnails_alone_ms", ours, "CPU ms"),
        Figure("imaging.entropy_floor_ms", floor, "CPU ms"),
    ]


def _other_programs(photos: Inputs, rounds: int, ours: float) -> list[Figure]:
    found = thumbnailers.measure(photos.jpeg_path, rounds)
    for name, hint in thumbnailers.INSTALL.items():
        if name not in found:
            print(f"  {name:34}not installed: {hint}")
            continue
        theirs = found[name]
        print(f"  {name:34}{theirs.ms:9.2f}  (and {theirs.start_ms:.0f} ms to start)")
    ratios = {name: theirs.ms / ours for name, theirs in found.items()}
    if not ratios:
        return []
    each = [
        Figure(f"imaging.vs_{name.lower().replace(' ', '_')}", ratio, "x", ">= 3")
        for name, ratio in ratios.items()
    ]
    return [Figure("imaging.vs_best_thumbnailer", min(ratios.values()), "x", ">= 3"), *each]


def _heic(photos: Inputs, rounds: int) -> list[Figure]:
    cases = {
        "decoding alone": partial(steps.decode_heic, photos.heic),
        "ours, all steps": partial(steps.work, photos.heic),
    }
    timings = interleaved(cases, rounds)
    print_timings("12 MP HEIC", timings)
    decoding, ours = (timings[name].ms for name in cases)
    return [
        Figure("imaging.heic_ratio_to_decode", ours / decoding, "x", "<= 1.15"),
        Figure("imaging.heic_ms", ours, "CPU ms"),
    ]


def _larger(photos: Inputs, rounds: int) -> list[Figure]:
    figures = []
    for megapixels, data in photos.larger.items():
        cases: dict[str, Callable[[], None]] = {
            "bound": steps.bound(data),
            "ours, all steps": partial(steps.work, data),
        }
        timings = interleaved(cases, rounds)
        print_timings(f"{megapixels} MP JPEG of {len(data) / 1e6:.1f} MB", timings)
        bound, ours = (timings[name].ms for name in cases)
        figures += [
            Figure(f"imaging.ratio_to_bound_{megapixels}mp", ours / bound, "x"),
            Figure(f"imaging.ours_{megapixels}mp_ms", ours, "CPU ms"),
        ]
    return figures


def _two_cores(photos: Inputs, rounds: int) -> list[Figure]:
    found = two_cores.measure(photos.jpeg_path, rounds)
    print(
        f"\ntwo processes over one: {found.clock:.2f} by the clock, {found.cpu:.2f} by CPU time; "
        f"other programs took {found.others:.0%} of the cores"
    )
    return [Figure("imaging.two_core_speedup", found.value, "x", ">= 1.8")]
