"""The Shared page and its dialogs, for each who sees them."""

import re
from datetime import timedelta

import pytest
from streamlit.testing.v1 import AppTest

from core.model.identity import Role
from core.model.media import Right
from core.model.sharing import LinkState, ShareKind, SharePolicy, ShareTarget, TargetKind
from core.shares.records import ShareRequest
from tests.pages.conftest import NASTY, PASSWORD, shown


def request(*ids, **more):
    target = ShareTarget(kind=TargetKind.FILES, file_ids=ids)
    return ShareRequest(**{"target": target, "expires_in": timedelta(days=3)} | more)


@pytest.fixture
def mia(enter):
    return enter(Role.MEMBER, "Mia")


@pytest.fixture
def link(desk, mia, add):
    add("f1", mia, name=NASTY)
    return desk.shares.create(mia, request("f1", max_downloads=4))


def test_without_links_the_page_says_how_to_make_one(mia, visit):
    page = shown(visit("shared"))
    assert "0 links can be opened" in page
    assert "choose Share to make one" in page


def test_links_are_listed_with_state_end_and_counts(link, visit):
    row = visit("shared").dataframe[0].value.iloc[0]
    assert (row["State"], row["Shows"], row["Password"]) == ("open", "1 file", "no")
    assert row["Used"] == "0 of 4 downloads"
    assert list(row.index)[:2] == ["Title", "Ends (UTC)"]  # more does not fit on a phone


def test_a_member_has_no_view_of_all_links_or_of_the_policy(mia, visit):
    assert list(visit("shared").button_group[0].options) == [
        "My links", "Shared with me", "Shared by me", "Drop boxes",
    ]  # fmt: skip


def test_an_admin_sees_everybodys_links_without_their_addresses(link, enter, visit, desk):
    enter(Role.ADMIN, "Root")
    page = visit("shared", view="All links")
    assert list(page.dataframe[0].value["Owner"]) == ["Mia"]
    assert link.path not in shown(page)


def test_an_admin_sets_the_policy(enter, visit, desk):
    root = enter(Role.ADMIN, "Root")
    page = visit("shared", view="Policy")
    page.number_input[0].set_value(14)
    page.toggle[0].set_value(True)
    page.text_input[0].set_value("@Example.com, corp.example")
    page.button[0].click().run()
    assert desk.shares.policy(root) == SharePolicy(
        longest_days=14, password_required=True, domains=("example.com", "corp.example")
    )
    page.text_input[0].set_value("not a@domain")
    page.button[0].click().run()
    assert "is not a domain" in shown(page)


def test_files_that_others_share_are_shown(desk, mia, enter, add, visit):
    add("f1", mia)
    bob = enter(Role.MEMBER, "Bob")
    assert "Nothing yet" in shown(visit("shared", view="Shared with me"))
    desk.shares.share_with(mia, ["f1"], [bob.email], Right.VIEW)
    assert "1 file shared with you" in shown(visit("shared", view="Shared with me"))
    assert "Nothing yet" in shown(visit("shared", view="Shared by me"))


def test_files_that_one_shares_are_shown(desk, mia, add, visit):
    desk.accounts.register("bob@example.com", PASSWORD, "Bob")
    add("f1", mia)
    desk.shares.share_with(mia, ["f1"], ["bob@example.com"], Right.VIEW)
    assert "1 file shared by you" in shown(visit("shared", view="Shared by me"))


def one_is_picked():
    """What the page does once a file is picked; AppTest can't click into a gallery."""
    from core.ui import session, shares_files  # noqa: PLC0415

    actor = session.current_actor()
    shares_files._undo_bar(actor)
    shares_files._take_back(actor, [session.services().library.get(actor, "f1")])


def test_who_stops_sharing_is_not_asked_and_may_undo_it(desk, mia, add):
    bob = desk.accounts.register("bob@example.com", PASSWORD, "Bob").id
    add("f1", mia)
    desk.shares.share_with(mia, ["f1"], ["bob@example.com"], Right.EDIT)
    app = AppTest.from_function(one_is_picked, default_timeout=20).run()
    button(app, "Stop sharing 1 file").click().run()
    assert desk.library.get(mia, "f1").right_of(bob) is None
    assert "You share 1 file with nobody any more" in shown(app)
    app.button(key="undo_unshare").click().run()
    assert desk.library.get(mia, "f1").right_of(bob) is Right.EDIT
    assert "with nobody any more" not in shown(app)


def test_drop_boxes_can_not_be_made_where_they_are_switched_off(desk, mia, enter, visit):
    root = enter(Role.ADMIN, "Root")
    desk.shares.set_policy(root, SharePolicy(drop_boxes=False))
    page = visit("shared", view="Drop boxes")
    assert page.button(key="new_box").disabled
    assert "switched off" in shown(page)


def picked():
    """What the page does once a row is selected; AppTest can't click into a table."""
    import streamlit as st  # noqa: PLC0415

    from core.ui import session, shares_table  # noqa: PLC0415

    actor = session.current_actor()
    own = session.services().shares.get(actor, st.session_state["link"])
    shares_table.undo_bar(actor)
    shares_table.details(actor, own)


@pytest.fixture
def details(link):
    app = AppTest.from_function(picked, default_timeout=20)
    app.session_state["link"] = link.link.id
    return app.run()


def test_a_link_is_revoked_and_that_is_undone(details, desk, mia, link):
    details.button(key="revoke_link").click().run()
    assert desk.shares.get(mia, link.link.id).state is LinkState.REVOKED
    assert "is revoked" in shown(details)
    assert NASTY not in shown(details)
    details.button(key="undo_revoke").click().run()
    assert desk.shares.get(mia, link.link.id).state is LinkState.OPEN


def test_the_end_the_limit_and_the_password_are_changed(details, desk, mia, link):
    details.selectbox(key="extend_life").select("30 days")
    button(details, "Move the end").click().run()
    details.number_input(key="extend_most").set_value(9)
    button(details, "Set limit").click().run()
    details.text_input(key="extend_password").set_value("harbour lantern 7")
    button(details, "Set password").click().run()
    own = desk.shares.get(mia, link.link.id)
    assert own.ending.at > link.ending.at + timedelta(days=26)
    assert (own.link.max_downloads, own.link.has_password) == (9, True)
    details.text_input(key="extend_password").set_value("short")
    button(details, "Change password").click().run()
    assert "has 5 characters" in shown(details)


def button(app, label):
    return next(one for one in app.button if one.label == label)


def test_a_link_that_a_policy_cut_says_so(desk, mia, enter, link, monkeypatch):
    token = _token_of(desk, "mia@example.com")
    root = enter(Role.ADMIN, "Root")
    desk.shares.set_policy(root, SharePolicy(longest_days=1))
    from core.ui import session  # noqa: PLC0415

    monkeypatch.setattr(session, "token", lambda: token)
    app = AppTest.from_function(picked, default_timeout=20)
    app.session_state["link"] = link.link.id
    assert "because links may not live longer here" in shown(app.run())


def _token_of(desk, email):
    return desk.accounts.sign_in(email, PASSWORD).token


def share():
    import streamlit as st  # noqa: PLC0415

    from core.ui import session, share_dialog  # noqa: PLC0415

    share_dialog.open_dialog(session.current_actor(), st.session_state["ids"])


@pytest.fixture
def dialog(desk, mia, add):
    desk.accounts.register("bob@example.com", PASSWORD, "Bob")
    add("f1", mia)
    app = AppTest.from_function(share, default_timeout=20)
    app.session_state["ids"] = ("f1",)
    return app.run()


def test_the_dialog_makes_a_link_and_shows_it_with_its_end(dialog, desk, mia):
    assert "Files that are not private also have an address" in shown(dialog)
    dialog.text_input(key="share_password").set_value("harbour lantern 7")
    dialog.number_input(key="share_most").set_value(2)
    button(dialog, "Make link").click().run()
    (own,) = desk.shares.mine(mia).items
    assert (own.link.has_password, own.link.max_downloads) == (True, 2)
    page = shown(dialog)
    assert own.path in page
    assert re.search(r"Ends \d{4}-\d\d-\d\d \d\d:\d\d UTC, or after 2 downloads\.", page)
    assert "Send the password on another way" in page


def test_what_the_policy_refuses_is_said_in_the_dialog(dialog, desk, mia):
    dialog.text_input(key="share_password").set_value("short")
    button(dialog, "Make link").click().run()
    assert "has 5 characters" in shown(dialog)
    assert desk.shares.mine(mia).items == ()


def test_the_dialog_shares_with_people_and_takes_it_back(dialog, desk, mia):
    dialog.button_group[0].set_value("With people").run()
    dialog.text_area(key="share_emails").set_value("nobody@example.com")
    button(dialog, "Share").click().run()
    assert "Nobody here has the address nobody@example.com" in shown(dialog)
    dialog.text_area(key="share_emails").set_value("bob@example.com;\n")
    button(dialog, "Share").click().run()
    assert "Shared with bob@example.com" in shown(dialog)
    (bob,) = desk.shares.people(mia, "f1")
    assert bob.right is Right.VIEW
    dialog.button(key=f"unshare_{bob.account_id}").click().run()
    assert desk.shares.people(mia, "f1") == ()


def test_the_dialog_does_not_open_for_a_file_that_one_may_not_see(desk, mia, enter, add):
    add("f1", mia)
    enter(Role.MEMBER, "Bob")
    app = AppTest.from_function(share, default_timeout=20)
    app.session_state["ids"] = ("f1",)
    app.run()
    assert app.exception
    assert not app.text_input


def drop():
    from core.ui import drop_dialog, session  # noqa: PLC0415

    drop_dialog.open_dialog(session.current_actor())


def test_a_drop_box_is_made_within_its_limits(desk, mia):
    app = AppTest.from_function(drop, default_timeout=20).run()
    app.text_input[0].set_value("Party")
    app.text_input[1].set_value("from guests/2026")
    app.number_input[1].set_value(50)
    button(app, "Make drop box").click().run()
    (own,) = desk.shares.mine(mia).items
    assert (own.link.kind, own.link.target.folder) == (ShareKind.DROP, "from guests/2026")
    assert (own.link.drop.max_total_bytes, own.link.drop.max_file_bytes) == (50 * 2**20,) * 2
    assert own.path in shown(app)
