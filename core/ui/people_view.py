"""The table of accounts, what an admin can do with one, and the record of who did what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import streamlit as st

from core.model.identity import Account, Actor, AuditEvent, Role
from core.ui import formats, parts, password_links, session
from core.ui.frame import guarded, show
from core.ui.parts import Tone

STEP = 50
NAMED = 200
_FITTING = 19  # rows that need no scrolling of their own
_MOMENT = "YYYY-MM-DD HH:mm"


@st.fragment
@guarded
def accounts(actor: Actor) -> None:
    """Search, pick a row, act on it."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        text = st.text_input(
            "Search", key="who", bind="query-params", placeholder="Name or email", type="search",
            label_visibility="collapsed", width=360, live=True,
        )  # fmt: skip
        if st.button("Add a person", key="add_person"):
            password_links.add_person()
    shown = st.session_state.setdefault(session.PEOPLE_SHOWN, STEP)
    listing = session.services().accounts.people(actor, text=text or "", limit=shown)
    if not listing.items:
        show(parts.empty_state("Nobody found", "No account has this in its name or email."))
        return
    picked = _account_table(listing.items)
    if listing.next is not None and st.button(f"Show {STEP} more"):
        st.session_state[session.PEOPLE_SHOWN] = shown + STEP
        st.rerun(scope="fragment")
    if picked is None:
        show(parts.note("Select a row to change a role, disable an account or end its sessions."))
    else:
        account_actions(actor, picked)


def _face(person: Account) -> str | None:
    return session.absolute(session.services().avatars.address(person).small_url) or None


def _account_table(people: Sequence[Account]) -> Account | None:
    zone = formats.zone_name()
    rows = [
        {
            "": _face(person),
            "Name": person.username,
            "Email": person.email,
            "Role": person.role.value,
            "State": _state(person)[1],
            f"Last sign-in ({zone})": person.last_sign_in_at,
            f"Since ({zone})": person.created_at,
        }
        for person in people
    ]
    event = st.dataframe(
        rows,
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row",
        key="accounts",
        placeholder="\u2013",
        column_config={
            "": st.column_config.ImageColumn(width=40),
            f"Last sign-in ({zone})": st.column_config.DatetimeColumn(
                format=_MOMENT, timezone=zone
            ),
            f"Since ({zone})": st.column_config.DatetimeColumn(format="YYYY-MM-DD", timezone=zone),
        },
        alt="Accounts with role, state and last sign-in",
    )
    chosen = [at for at in event.selection.rows if at < len(people)]
    return people[chosen[0]] if chosen else None


def account_actions(actor: Actor, person: Account) -> None:
    """What an admin can do with one account. Each is recorded, and each has a way back."""
    show(parts.title(person.username or person.email, person.email), parts.badge(*_state(person)))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        role = st.selectbox(
            "Role", list(Role), index=list(Role).index(person.role),
            key=f"role_{person.id}", width=160,
        )  # fmt: skip
        accounts = session.services().accounts
        if st.button("Change role", key="change_role", disabled=role is person.role):
            accounts.change_role(actor, person.id, Role(role or person.role))
            _done(f"{person.email} is now {role}.")
        label = "Enable account" if person.disabled else "Disable account"
        if st.button(label, key="set_disabled"):
            accounts.set_disabled(actor, person.id, not person.disabled)
            _done(f"{person.email} is {'enabled' if person.disabled else 'disabled'}.")
        if st.button("End all sessions", key="revoke_all"):
            accounts.revoke_all(actor, person.id)
            _done(f"Every session of {person.email} has ended.")
        if st.button("New password link", key="password_link", disabled=person.disabled):
            link = accounts.password_link(actor, person.id)
            password_links.show_new_link(person, link)


def _state(person: Account) -> tuple[Tone, str]:
    if person.disabled:
        return Tone.FAIL, "disabled"
    return (Tone.UNKNOWN, "invited") if person.invited else (Tone.OK, "active")


def _done(sentence: str) -> None:
    session.announce(sentence)
    st.rerun()


def months(today: date, count: int = 12) -> tuple[str, ...]:
    """The current month and those before it, as `2026-11`."""
    first = today.year * 12 + today.month - 1
    return tuple(f"{at // 12:04}-{at % 12 + 1:02}" for at in range(first, first - count, -1))


@st.fragment
@guarded
def events(actor: Actor) -> None:
    month = st.selectbox(
        "Month", months(session.now().date()), key="month", bind="query-params", width=160
    )
    shown = st.session_state.setdefault(session.EVENTS_SHOWN, STEP)
    listing = session.services().accounts.audit_events(actor, str(month), limit=shown)
    if not listing.items:
        show(parts.empty_state("Nothing happened this month", "Sign-ins and changes show here."))
        return
    people = session.services().accounts.people(actor, limit=NAMED).items
    _event_table(listing.items, {person.id: person for person in people})
    if listing.next is not None and st.button(f"Show {STEP} more", key="more_events"):
        st.session_state[session.EVENTS_SHOWN] = shown + STEP
        st.rerun(scope="fragment")


def _event_table(items: Sequence[AuditEvent], people: Mapping[str, Account]) -> None:
    """`people`: those that somebody can be expected to look for."""
    zone = formats.zone_name()
    names = {id_: person.email for id_, person in people.items()}
    faces = {id_: _face(person) for id_, person in people.items()}
    rows = [
        {
            f"When ({zone})": event.at,
            "What": event.action,
            "Subject": _subject(event.subject, names),
            "": faces.get(event.actor_id),
            "By": names.get(event.actor_id, event.actor_id),
            "Address": event.address,
            "Details": ", ".join(
                f"{name}: {names.get(value, value)}" for name, value in event.details.items()
            ),
        }
        for event in items
    ]
    st.dataframe(
        rows,
        hide_index=True,
        height=640 if len(rows) > _FITTING else "content",
        placeholder="",
        column_config={
            f"When ({zone})": st.column_config.DatetimeColumn(
                format="YYYY-MM-DD HH:mm:ss", timezone=zone
            ),
            "What": st.column_config.TextColumn(width=160),
            "Subject": st.column_config.TextColumn(width=180),
            "": st.column_config.ImageColumn(width=40),
            "By": st.column_config.TextColumn(width=150),
            "Address": st.column_config.TextColumn(width=90),
            "Details": st.column_config.TextColumn(width=260),
        },
        alt="Audit events, newest first",
    )


def _subject(subject: str, names: dict[str, str]) -> str:
    kind, _, name = subject.partition("/")
    return names.get(name, subject) if kind == "account" else subject
