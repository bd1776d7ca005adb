"""The table of links and what can be done with the one that is picked."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.model.identity import Actor
from core.model.sharing import LinkState, OwnLink, ShareKind, TargetKind
from core.shares.records import LinkChanges
from core.shares.words import size
from core.ui import formats, parts, session, share_fields
from core.ui.copy_button import copy_button
from core.ui.frame import boundary, show
from core.ui.markup import plain
from core.ui.parts import Tone

_TONES = {
    LinkState.OPEN: Tone.OK,
    LinkState.USED_UP: Tone.WARN,
    LinkState.STOPPED: Tone.WARN,
    LinkState.EXPIRED: Tone.NEUTRAL,
    LinkState.REVOKED: Tone.NEUTRAL,
}
_MOMENT = "YYYY-MM-DD HH:mm"


def table(
    items: Sequence[OwnLink], key: str, owners: dict[str, str] | None = None
) -> OwnLink | None:
    """The picked link. With `owners`, also whose each is."""
    rows = [_row(own, owners) for own in items]
    ends = f"Ends ({formats.zone_name()})"
    event = st.dataframe(
        rows,
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row",
        key=f"{key}_{st.session_state.get(session.SELECTION, 0)}",
        placeholder="\u2013",
        column_config={
            "Title": st.column_config.TextColumn(width=150),  # its end still stands on a phone
            "Shows": st.column_config.TextColumn(width=150),
            ends: st.column_config.DatetimeColumn(format=_MOMENT),
            f"Last use ({formats.zone_name()})": st.column_config.DatetimeColumn(format=_MOMENT),
            "Opened": st.column_config.NumberColumn(format="localized"),
        },
        alt="Links with state, end, counts and last use",
    )
    chosen = [at for at in event.selection.rows if at < len(items)]
    return items[chosen[0]] if chosen else None


def _row(own: OwnLink, owners: dict[str, str] | None) -> dict[str, object]:
    link, zone = own.link, formats.zone_name()
    last = link.last_used_at
    row: dict[str, object] = {
        "Title": link.title,
        f"Ends ({zone})": formats.local(own.ending.at),
        "State": own.state.value,
    }
    if owners is not None:
        row["Owner"] = owners.get(link.owner_id, link.owner_id)
    return row | {
        "Shows": _target(own),
        "Password": "yes" if link.has_password else "no",
        "Opened": link.views,
        "Used": _used(own),
        f"Last use ({zone})": formats.local(last) if last else None,
    }


def _target(own: OwnLink) -> str:
    target = own.link.target
    if own.link.kind is ShareKind.DROP:
        return f"drop box into {target.folder or 'the top folder'}"
    if target.kind is TargetKind.FILES:
        return formats.counted(len(target.file_ids), "file")
    return f"folder {target.folder}" if target.kind is TargetKind.FOLDER else "album"


def _used(own: OwnLink) -> str:
    link = own.link
    if link.drop is not None:
        most = f"{link.received_files} of {formats.counted(link.drop.max_files, 'file')}"
        return f"{most}, {size(link.received_bytes)}"
    if link.max_downloads is None:
        return formats.counted(link.downloads, "download")
    return f"{link.downloads} of {formats.counted(link.max_downloads, 'download')}"


def details(actor: Actor, own: OwnLink) -> None:
    """What it is, when it really ends, and how that is changed."""
    show(
        parts.title(own.link.title, f"{_target(own)}, made {_made(own)}"),
        parts.badge(_TONES[own.state], own.state.value),
        parts.note(_sentence(own)),
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if own.path:
            url = session.absolute(own.path)
            copy_button("Copy link", url, key=f"copy_{own.link.id}")
            st.link_button("Open", url, icon=":material/open_in_new:")
        if own.state is LinkState.REVOKED:
            if st.button("Take back", key="restore_link", type="primary"):
                restore(actor, own.link.id)
            return
        if st.button("Revoke", key="revoke_link"):
            revoke(actor, own.link.id, own.link.title)
    _changes(actor, own)
    if own.link.owner_id == actor.account_id and not own.path:
        show(
            parts.note("Its address can't be shown again: the server's key was changed.", Tone.WARN)
        )


def _made(own: OwnLink) -> str:
    """Links to the same file have the same title."""
    return formats.ago(own.link.created_at, session.now())


def _sentence(own: OwnLink) -> str:
    if own.stopped_because:
        return own.stopped_because
    if own.state is LinkState.REVOKED:
        return f"Nobody can open it. Taken back, it works as before, at its address. {_kept()}"
    if own.state is LinkState.EXPIRED:
        return f"It ended {formats.moment(own.ending.at)}. A later end opens it again. {_kept()}"
    return share_fields.end_of(own)


def _kept() -> str:
    days = formats.counted(session.services().settings.ended_link_days, "day")
    return f"It leaves this list {days} after its end."


def _changes(actor: Actor, own: OwnLink) -> None:
    shares = session.services().shares
    policy = shares.policy(actor)
    with st.expander("Move the end, change limit or password", width=460):
        with st.form(f"change_{own.link.id}", border=False):
            life = share_fields.life(policy, "extend_life", "Ends after (from now)")
            if st.form_submit_button("Move the end"):
                _change(actor, own, LinkChanges(expires_in=life))
        with st.form(f"password_{own.link.id}", border=False):
            password = share_fields.password(policy, "extend_password")
            if st.form_submit_button(
                "Set password" if not own.link.has_password else "Change password"
            ):
                _change(actor, own, LinkChanges(password=password))
        if own.link.kind is ShareKind.VIEW:
            with st.form(f"most_{own.link.id}", border=False):
                most = share_fields.downloads("extend_most")
                if st.form_submit_button("Set limit"):
                    _change(actor, own, LinkChanges(max_downloads=most or 0))


def _change(actor: Actor, own: OwnLink, changes: LinkChanges) -> None:
    with boundary():
        session.services().shares.change(actor, own.link.id, changes)
        session.announce(f"{plain(own.link.title)} is changed.")
        st.rerun()


def revoke(actor: Actor, link_id: str, title: str) -> None:
    session.services().shares.revoke(actor, link_id)
    st.session_state[session.REVOKED_JUST_NOW] = (link_id, title)
    _forget_selection()
    st.rerun()


def restore(actor: Actor, link_id: str) -> None:
    own = session.services().shares.restore(actor, link_id)
    st.session_state.pop(session.REVOKED_JUST_NOW, None)
    session.announce(f"{own.link.title} works again.")
    _forget_selection()
    st.rerun()


def undo_bar(actor: Actor) -> None:
    """Revoking asks nothing beforehand, because it can be taken back here."""
    link_id, title = st.session_state.get(session.REVOKED_JUST_NOW, ("", ""))
    if not link_id:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="undo_bar"):
        show(parts.note(f"{title} is revoked. Nobody can open it any more."))
        if st.button("Undo", key="undo_revoke"):
            restore(actor, link_id)
        if st.button("Dismiss", key="dismiss_revoke", type="tertiary"):
            st.session_state.pop(session.REVOKED_JUST_NOW, None)
            st.rerun(scope="fragment")


def _forget_selection() -> None:
    st.session_state[session.SELECTION] = st.session_state.get(session.SELECTION, 0) + 1
