"""Home: what is stored, what arrived, what is not delivered and at which step it fails."""

import streamlit as st

from core.model.identity import Actor, Permission
from core.model.media import FileQuery, FileState, LibrarySummary, MediaFile
from core.ui import cases_view, charts, delivery_view, navigation, parts, pictures
from core.ui.frame import open_page, show
from core.ui.session import absolute, now, services

SHOWN = 5


def main(actor: Actor) -> None:
    library = services().library
    summary = library.summary(actor)
    cases_view.relapse_line(actor)
    if not summary.count:
        empty(actor, summary)
        return
    broken = library.page(actor, FileQuery(state=FileState.UNDELIVERED), limit=60).items
    with st.container(horizontal=True, vertical_alignment="top"):
        show(delivery_view.home_headline(summary, broken))
        navigation.button(actor, "upload", "Upload")
    show(delivery_view.home_stats(summary, now().date()))
    pictures_side, numbers_side = st.columns([3, 2], gap="large")
    with pictures_side:
        if broken:
            not_delivered(actor, broken, summary.undelivered)
        arrived(actor)
    with numbers_side:
        stored(summary)


def empty(actor: Actor, summary: LibrarySummary) -> None:
    waiting = " The trash still holds some." if summary.trashed else ""
    show(
        parts.empty_state(
            "No files yet",
            "Upload pictures or other files. Each one shows here as soon as its thumbnail and "
            f"its original answer through the CDN.{waiting}",
        )
    )
    with st.container(horizontal=True, horizontal_alignment="center"):
        navigation.button(actor, "upload", "Upload files")


def not_delivered(actor: Actor, broken: tuple[MediaFile, ...], total: int) -> None:
    show(parts.title("Not delivered", f"the latest {min(SHOWN, len(broken))} of {total:,}"))
    for file in broken[:SHOWN]:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            show(pictures.row(file, services().library.thumbnail_url))
            navigation.link(
                actor, "doctor", "Ask the doctor", url=absolute(services().library.url(file))
            )
    if total > SHOWN:
        state = FileState.UNDELIVERED.value
        navigation.link(actor, "library", "Show all that are not delivered", state=state)


def arrived(actor: Actor) -> None:
    library = services().library
    latest = library.page(actor, FileQuery(), limit=12).items
    show(parts.title("Arrived last"), pictures.strip(latest, library.thumbnail_url, now()))


def stored(summary: LibrarySummary) -> None:
    days = charts.last_days(summary.by_day, now().date())
    show(parts.title("By type", "files, bytes, share"), charts.kind_bars(summary.by_kind))
    show(parts.title("Arrivals a day", "files, last 30 days, UTC"), charts.day_bars(days))


main(open_page(Permission.MEDIA_READ))
