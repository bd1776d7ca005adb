"""Who may see and change a file, and how much of it."""

from datetime import UTC, datetime

import pytest

from core.errors import NotAllowed, NotFound
from core.model.identity import Actor, Role
from core.model.media import FileKind, FileState, Grant, MediaFile, RemovedField, Right
from core.model.visibility import changeable, visible

OWNER = Actor(account_id="owner", role=Role.MEMBER)
OTHER = Actor(account_id="other", role=Role.MEMBER)
SUPPORT = Actor(account_id="support", role=Role.SUPPORT)
ADMIN = Actor(account_id="admin", role=Role.ADMIN)
VIEWER = Actor(account_id="viewer", role=Role.MEMBER)
EDITOR = Actor(account_id="editor", role=Role.MEMBER)
FILE = MediaFile(
    id="f1",
    owner_id="owner",
    name="beach.jpg",
    size=10,
    content_type="image/jpeg",
    kind=FileKind.IMAGE,
    state=FileState.DELIVERED,
    uploaded_at=datetime(2026, 11, 19, tzinfo=UTC),
    bucket="media",
    key="media/f1/beach.jpg",
    removed=(RemovedField(group="GPS", name="GPSLatitude", value="52.5"),),
    grants=(
        Grant(account_id="viewer", right=Right.VIEW),
        Grant(account_id="editor", right=Right.EDIT),
    ),
)


@pytest.mark.parametrize("actor", [OWNER, SUPPORT, ADMIN, VIEWER, EDITOR])
def test_owner_staff_and_those_let_in_see_a_file(actor):
    assert visible(actor, FILE).id == "f1"


def test_another_members_file_does_not_exist():
    with pytest.raises(NotFound):
        visible(OTHER, FILE)
    with pytest.raises(NotFound):
        changeable(OTHER, FILE)


@pytest.mark.parametrize("actor", [SUPPORT, VIEWER])
def test_support_and_viewers_see_but_do_not_change(actor):
    with pytest.raises(NotAllowed):
        changeable(actor, FILE)


@pytest.mark.parametrize("actor", [OWNER, EDITOR, ADMIN])
def test_owner_editors_and_admins_change_a_file(actor):
    assert changeable(actor, FILE) is FILE


@pytest.mark.parametrize("actor", [SUPPORT, ADMIN, VIEWER, EDITOR])
def test_only_the_owner_reads_what_was_removed(actor):
    assert [field.value for field in visible(actor, FILE).removed] == [""]
    assert visible(OWNER, FILE).removed[0].value == "52.5"


def test_who_else_was_let_in_is_known_to_the_owner_and_admins():
    assert [grant.account_id for grant in visible(VIEWER, FILE).grants] == ["viewer"]
    assert visible(SUPPORT, FILE).grants == ()
    assert len(visible(OWNER, FILE).grants) == len(visible(ADMIN, FILE).grants) == 2
