"""How files and uploads got on: states as badges, checks as steps, failures grouped. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime

from core.model.media import (
    DeliveryStep,
    FileState,
    LibrarySummary,
    MediaFile,
    Upload,
    UploadState,
)
from core.ui import charts, formats, parts
from core.ui.markup import Child, Markup, tag
from core.ui.parts import Stat, Step, Tone

_FILE_STATES = {
    FileState.DELIVERED: (Tone.OK, "Delivered"),
    FileState.PROCESSING: (Tone.WARN, "Processing"),
    FileState.UNDELIVERED: (Tone.FAIL, "Not delivered"),
}
_UPLOAD_STATES = {
    UploadState.OPEN: (Tone.UNKNOWN, "Not finished"),
    UploadState.COMPLETED: (Tone.OK, "Uploaded"),
    UploadState.REFUSED: (Tone.FAIL, "Refused"),
    UploadState.ABORTED: (Tone.UNKNOWN, "Cancelled"),
}


def file_word(state: FileState) -> str:
    return _FILE_STATES[state][1]


def file_badge(state: FileState, *, old_copies: bool = False) -> Markup:
    """`old_copies`: the CDN may still have those of other bytes."""
    if old_copies and state is FileState.DELIVERED:
        return parts.badge(Tone.WARN, "Delivered, an older copy may still be served")
    return parts.badge(*_FILE_STATES[state])


def first_failure(file: MediaFile) -> DeliveryStep | None:
    return next((step for step in file.delivery if not step.ok), None)


def delivery_steps(file: MediaFile) -> Markup:
    """Each check of what the CDN answers, with what was expected and found."""
    if not file.delivery:
        return parts.note("No check has run yet.", Tone.UNKNOWN)
    return parts.steps(_checked(step) for step in file.delivery)


def _checked(step: DeliveryStep) -> Step:
    tone, word = (Tone.OK, "ok") if step.ok else (Tone.FAIL, "fails")
    return Step(step.name, tone, word, step.expected, step.actual)


def home_headline(summary: LibrarySummary, broken: Iterable[MediaFile]) -> Markup:
    """The sentence at the top of Home, from what is stored and what is not delivered."""
    if summary.undelivered:
        sentence = (
            f"{formats.number(summary.undelivered)} of {formats.counted(summary.count, 'file')} "
            f"{'is' if summary.undelivered == 1 else 'are'} not delivered."
        )
        return parts.headline(sentence, _shared_failure(broken), Tone.FAIL)
    if summary.processing:
        sentence = f"{formats.counted(summary.processing, 'file')} on the way to the CDN."
        return parts.headline(sentence, "Each is checked through the CDN.", Tone.WARN)
    if summary.count == 1:
        sentence = "The one file is delivered."
    else:
        sentence = f"All {formats.number(summary.count)} files are delivered."
    return parts.headline(
        sentence, "Thumbnail and original answered through the CDN as they should.", Tone.OK
    )


def _shared_failure(broken: Iterable[MediaFile]) -> str:
    failures = Counter(step.name for file in broken if (step := first_failure(file)))
    if not failures:
        return "Ask the doctor about one of them to learn the cause."
    name, count = failures.most_common(1)[0]
    total = sum(failures.values())
    if total == 1:
        return f"It fails at \u201c{name}\u201d."
    if count == total:
        return f"All of the latest {total} fail at \u201c{name}\u201d."
    return f"{count} of the latest {total} fail at \u201c{name}\u201d."


def home_stats(summary: LibrarySummary, today: date) -> Markup:
    delivered = summary.count - summary.undelivered - summary.processing
    week = charts.last_days(summary.by_day, today, days=7)
    return parts.stat_row(
        (
            Stat("Files", formats.number(summary.count)),
            Stat("Stored", formats.size(summary.size), "originals and renditions"),
            Stat("Delivered", formats.share(delivered, summary.count), _behind(summary)),
            Stat("Arrived in 7 days", formats.number(sum(day.count for day in week))),
            Stat("In the trash", formats.number(summary.trashed)),
        )
    )


def _behind(summary: LibrarySummary) -> str:
    words = []
    if summary.undelivered:
        words.append(f"{formats.number(summary.undelivered)} not delivered")
    if summary.processing:
        words.append(f"{formats.number(summary.processing)} processing")
    return ", ".join(words)


def failure_sentence(file: MediaFile) -> Markup:
    """Which step fails, in one line, with what was expected and what came."""
    step = first_failure(file)
    if step is None:
        return tag("span", "not checked yet", class_="ui-muted")
    return tag(
        "span",
        tag("span", step.name),
        tag("span", " expected ", parts.mono(step.expected, 32), class_="ui-muted"),
        tag("span", " got ", parts.mono(step.actual or "nothing", 32), class_="ui-muted"),
        class_="ui-failure",
    )


def uploads_table(uploads: Iterable[Upload], now: datetime) -> Markup:
    """A person's recent uploads; a refused one says why and what to do."""
    return parts.table(
        ("File", "Size", "When", "State"),
        (
            (
                _upload_name(upload),
                formats.size(upload.size),
                parts.when(upload.created_at, now),
                _upload_state(upload),
            )
            for upload in uploads
        ),
        right=(1,),
    )


def _upload_name(upload: Upload) -> Markup:
    """A link to the file, once there is one."""
    if not upload.file_id:
        return tag("span", upload.name, class_="ui-break")
    return tag("a", upload.name, href=f"/library?file={upload.file_id}", class_="ui-break")


def _upload_state(upload: Upload) -> Child:
    badge = parts.badge(*_UPLOAD_STATES[upload.state])
    if upload.problem is None:
        return badge
    return tag(
        "div",
        badge,
        tag("p", upload.problem.detail),
        tag("p", upload.problem.hint, class_="ui-muted") if upload.problem.hint else None,
        class_="ui-reason",
    )
