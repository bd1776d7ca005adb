"""The parts for saved cases and migrations, on the real services, as a page would place them."""

from datetime import timedelta

import pytest
from streamlit.testing.v1 import AppTest

from core.aws.s3 import ServedAs
from core.model.identity import Role
from core.model.migration import MigrationState
from core.model.saved_case import Check, CheckStatus, WatchState
from core.stores.job_runner import JobRunner
from tests.pages.conftest import shown, utc_now

URL = "https://d111111abcdef8.cloudfront.net/avatars/u1.jpg"


def cases_page():
    from core.ui import cases_view, session  # noqa: PLC0415  # the script runs on its own

    actor = session.current_actor()
    cases_view.relapses(actor)
    cases_view.save_form(actor, "https://d111111abcdef8.cloudfront.net/avatars/u1.jpg")
    cases_view.saved_cases()


def repaired_page():
    from core.ui import cases_view, session  # noqa: PLC0415

    actor = session.current_actor()
    url = "https://d111111abcdef8.cloudfront.net/avatars/u1.jpg"
    cases_view.watch_repaired(actor, url, "r1")
    cases_view.watch_repaired(actor, url + "?Signature=x", "r2")


def migrations_page():
    from core.ui import migrations_view  # noqa: PLC0415

    migrations_view.layouts()
    migrations_view.migrations()


def opened(script):
    app = AppTest.from_function(script, default_timeout=20).run()
    assert not app.exception, app.exception
    return app


def press(app, label):
    next(button for button in app.button if button.label == label).click()
    app.run()
    assert not app.exception, app.exception
    return app


@pytest.fixture
def support(enter):
    return enter(Role.SUPPORT)


def relapse(desk, actor):
    case = desk.cases.save(actor, url=URL, name="Broken <b>avatar</b>")
    watched = desk.cases.watch_repaired(actor, case.id)
    stored = desk.cases._book.monitor(case.id)
    check = Check(at=utc_now(), status=CheckStatus.BROKEN, sentence="It is gone.")
    update = {"state": WatchState.RELAPSED, "known": WatchState.RELAPSED, "last": check}
    desk.cases._book.take(stored, watched.monitor.model_copy(update=update))
    return case


def test_a_case_is_kept_watched_and_listed(desk, support):
    app = opened(cases_page)
    assert "opened without AWS" in shown(app)
    app.text_input(key="case_name").set_value("Avatar of u1")
    app.selectbox(key="case_interval").set_value("hour")
    press(app, "Keep")
    (case,) = desk.cases.cases(support).items
    assert (case.name, case.monitor.interval_seconds) == ("Avatar of u1", 3600)
    assert list(app.dataframe[0].value["Name"]) == ["Avatar of u1"]


def test_a_repaired_url_is_watched_with_one_click(desk, support):
    app = opened(repaired_page)
    assert [button.label for button in app.button] == ["Watch this URL"]
    press(app, "Watch this URL")
    assert "This URL is watched" in shown(app)
    (case,) = desk.cases.cases(support).items
    assert case.monitor.known is WatchState.WORKS


def test_home_says_that_something_relapsed_to_who_may_diagnose(desk, enter, visit):
    helper = enter(Role.SUPPORT)
    assert "broke again" not in shown(visit())
    relapse(desk, helper)
    assert "1 URL worked and broke again" in shown(visit())
    enter(Role.MEMBER, "Mia")
    assert "broke again" not in shown(visit())


def test_a_relapse_is_the_first_thing_that_is_shown(desk, support):
    relapse(desk, support)
    page = shown(opened(cases_page))
    assert "Broken again" in page
    assert "relapsed" in page
    assert "<b>avatar" not in page


def serve_from(desk, bucket):
    origin = {"Id": "s3", "DomainName": f"{bucket}.s3.us-east-1.amazonaws.com",
              "S3OriginConfig": {"OriginAccessIdentity": ""}}  # fmt: skip
    config = {
        "CallerReference": "1", "Comment": "", "Enabled": False,
        "Origins": {"Quantity": 1, "Items": [origin]},
        "DefaultCacheBehavior": {"TargetOriginId": "s3", "ViewerProtocolPolicy": "allow-all"},
    }  # fmt: skip
    desk.clients.cloudfront.create_distribution(DistributionConfig=config)


def test_layouts_are_found_planned_approved_and_moved(desk, enter):
    desk.bucket.put("users/u1/progress-photos/a1.jpg", b"1", ServedAs("image/jpeg"))
    desk.bucket.put("users/u2/progress-photos/b2.jpg", b"2", ServedAs("image/jpeg"))
    desk.bucket.put("progress-photos/c3.jpg", b"3", ServedAs("image/jpeg"))
    enter(Role.SUPPORT)
    serve_from(desk, "media")
    app = opened(migrations_page)
    app.selectbox(key="layout_bucket").set_value("media")
    press(app, "Find layouts")
    assert "2 objects may be in one" in shown(app)
    legacy = app.selectbox(key="migration_legacy").value
    app.selectbox(key=f"migration_target_{legacy}").set_value("progress-photos/{file}")
    app.run()
    press(app, "Dry run")
    assert "2 objects to move" in shown(app)
    press(app, "Ask to move")
    assert "Waits until somebody approves moving" in shown(app)
    admin = enter(Role.ADMIN, "Grace")
    press(opened(migrations_page), "Approve moving")
    (migration,) = desk.migrations.migrations(admin).items
    assert migration.state is MigrationState.MOVING
    JobRunner(desk.migrations._jobs, {"migration": desk.migrations.run}, 1).run_until_idle()
    page = shown(opened(migrations_page))
    assert "old ones may go in" in page
    assert desk.bucket.find("progress-photos/a1.jpg") is not None
    assert migration.wait_days == timedelta(days=7).days
