"""A row tells more than where its object lies; only that is compared with the URL."""

import pytest

from core.diagnostics.facts import stored
from core.model.delivery import AccountSnapshot


@pytest.mark.parametrize("name", ["content_type", "ContentType", "mime", "mimeType", "media-type"])
def test_a_content_type_is_no_key(name):
    row = {
        "table": "files",
        "pk": "f1",
        "attributes": {"key": "media/f1/a.jpg", name: "image/jpeg"},
    }
    asked = {"Url": "https://x.example/media/f1/a.jpg"}
    case = {"id": "x", "now": "2026-11-20T12:00:00Z", "request": asked, "db_record": row}
    snapshot = AccountSnapshot.model_validate(case)
    assert [attribute.name for attribute in stored(snapshot)] == ["key"]
