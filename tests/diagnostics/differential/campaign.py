"""Many worlds, many requests each: what the engine predicts against what the emulator answers."""

from collections import Counter
from dataclasses import dataclass, field

from hypothesis import HealthCheck, Phase, given, note, seed, settings
from hypothesis import strategies as st

from core.diagnostics.engine import examine, parse_snapshot, resolved_of
from core.diagnostics.verdict import verdict_of
from core.diagnostics.visit import Indexes
from core.model.diagnosis import ServedBy
from tests.diagnostics.differential.known_gaps import as_emulated, gap_of
from tests.diagnostics.differential.laboratory import Answer
from tests.diagnostics.differential.strategies import REQUESTS, worlds

PER_WORLD = 12
_BY = {ServedBy.S3: "s3", ServedBy.CUSTOM_ERROR_PAGE: "s3", ServedBy.FUNCTION: "function",
       ServedBy.CLOUDFRONT: "cloudfront"}  # fmt: skip


@dataclass
class Tally:
    """What a campaign saw; `compared` is what counts as proof."""

    worlds: int = 0
    compared: int = 0
    unknown: int = 0
    left_out: Counter = field(default_factory=Counter)
    statuses: Counter = field(default_factory=Counter)
    disagreements: list = field(default_factory=list)


def predicted(snapshot, url, asked, indexes=None):
    """(the answer that the engine predicts or None, its journey) for one request."""
    request = snapshot.request.replace(url=url, method=asked.method, headers=asked.headers)
    case, found = examine(snapshot.replace(request=request), indexes or Indexes())
    journey = case.journey
    verdict, resolved = verdict_of(case, found, ()), resolved_of(journey)
    if verdict.predicted_status is None:
        return None, journey
    by = _BY.get(resolved.served_by, resolved.served_by.value)
    place = (resolved.bucket, resolved.key) if by == "s3" else None
    if journey.error_page is not None:
        place = (journey.error_page.bucket_name, journey.error_page.key)
    code = resolved.error_code or "" if by == "s3" else ""
    return Answer(verdict.predicted_status, by, place, code), journey


def same(expected, answer):
    """A HEAD's error has no body: then nothing names the place and the code."""
    place = answer.place is None or answer.place == expected.place
    code = not answer.code or answer.code == expected.code
    return answer.status == expected.status and answer.by == expected.by and place and code


def compare(laboratory, world, requests, tally):
    """The requests that were answered otherwise than predicted."""
    snapshot, indexes = parse_snapshot(as_emulated(laboratory.build(world))), Indexes()
    tally.worlds += 1
    wrong = []
    for asked in requests:
        expected, journey = predicted(snapshot, asked.url(laboratory.host), asked, indexes)
        gap = "" if expected is None else gap_of(journey)
        if expected is None or gap:
            tally.unknown += expected is None
            tally.left_out[gap] += bool(gap)
            continue
        answer = laboratory.ask(asked)
        tally.compared += 1
        tally.statuses[f"{answer.by} {answer.status}"] += 1
        if not same(expected, answer):
            wrong.append((asked, expected, answer))
    return wrong


def run(laboratory, chosen, examples, tally, *, stop=True):
    """One campaign with this seed. With `stop` the first disagreement fails, shrunk."""
    phases = (Phase.generate, Phase.shrink) if stop else (Phase.generate,)

    @seed(chosen)
    @settings(
        max_examples=examples, deadline=None, database=None, print_blob=True, phases=phases,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(worlds(), st.lists(REQUESTS, min_size=PER_WORLD, max_size=PER_WORLD))
    def agrees(world, requests):
        wrong = compare(laboratory, world, requests, tally)
        tally.disagreements += [(world, *one) for one in wrong]
        for asked, expected, answer in wrong if stop else ():
            note(f"seed {chosen}\n{asked}\npredicted {expected}\nanswered  {answer}")
        assert not (stop and wrong), (f"seed {chosen}", *wrong[0])

    agrees()
    return tally
