"""The doctor's repairs, clicked: proposed by support, approved and applied by an admin, undone."""

import pytest

from core.model.identity import Role
from tests.diagnostics.worlds import distribution, origin
from tests.pages.conftest import shown


@pytest.fixture
def url(desk):
    """A picture behind a distribution that somebody has switched off."""
    desk.clients.s3.create_bucket(Bucket="press")
    shape = distribution([origin("press", "press")], Enabled=False)
    config = {"CallerReference": "press", "Comment": "", **shape["DistributionConfig"]}
    made = desk.clients.cloudfront.create_distribution(DistributionConfig=config)["Distribution"]
    return f"https://{made['DomainName']}/press/launch.jpg"


def site(desk):
    return desk.clients.cloudfront.list_distributions()["DistributionList"]["Items"][0]


def enabled(desk):
    return site(desk)["Enabled"]


def buttons(page):
    return [button.label for button in page.button]


def click(page, label):
    next(button for button in page.button if button.label == label).click()
    page.run()
    assert not page.exception
    return shown(page)


def test_support_proposes_an_admin_applies_and_takes_back(desk, enter, visit, url):
    enter(Role.SUPPORT, "Sue")
    page = visit("doctor", url=url)
    assert "Propose" in buttons(page)
    assert "Apply" not in buttons(page)
    html = click(page, "Propose")
    assert "waits for approval" in html
    assert "Enabled" in html
    assert "Withdraw" in buttons(page)
    assert not enabled(desk)

    enter(Role.ADMIN, "Ada")
    page = visit("doctor", url=url)
    assert {"Apply", "Approve", "Withdraw"} <= set(buttons(page))
    html = click(page, "Apply")
    assert "written" in html
    assert enabled(desk)

    page = visit("doctor")  # the diagnosis of this URL offers nothing any more: the list does
    html = click(page, "Undo")
    assert "put back" in html
    assert not enabled(desk)


def test_an_approved_repair_is_applied_by_support(desk, enter, visit, url):
    enter(Role.SUPPORT, "Sue")
    click(visit("doctor", url=url), "Propose")
    enter(Role.ADMIN, "Ada")
    assert "approved" in click(visit("doctor", url=url), "Approve")
    enter(Role.SUPPORT, "Sam")
    click(visit("doctor", url=url), "Apply")
    assert enabled(desk)


def test_a_change_in_between_is_told_with_what_to_do(desk, enter, visit, url):
    enter(Role.ADMIN, "Ada")
    click(visit("doctor", url=url), "Propose")
    page = visit("doctor")
    held = desk.clients.cloudfront.get_distribution_config(Id=site(desk)["Id"])
    desk.clients.cloudfront.update_distribution(
        Id=site(desk)["Id"], IfMatch=held["ETag"],
        DistributionConfig={**held["DistributionConfig"], "Enabled": True},
    )  # fmt: skip
    html = click(page, "Apply")
    assert "not offered any more" in html
    assert "Diagnose the URL again" in html
