import json

import pytest

from core.errors import InvalidInput
from core.ui import case_file

SNAPSHOT = {"request": {"Method": "GET", "Url": "https://example.com/a.jpg"}}


@pytest.mark.parametrize("saved", [SNAPSHOT, {"id": "A01", "snapshot": SNAPSHOT}])
def test_a_case_is_read_with_or_without_its_wrapping(saved):
    assert case_file.read(json.dumps(saved).encode()) == SNAPSHOT


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\xfe", b"[1]", b'"x"', b"{}", b'{"snapshot": []}', b'{"request": "x"}', b"[" * 200_000],
)  # fmt: skip
def test_what_is_no_case_is_refused_with_a_hint(content):
    with pytest.raises(InvalidInput) as refused:
        case_file.read(content)
    assert "Save the case" in refused.value.hint
