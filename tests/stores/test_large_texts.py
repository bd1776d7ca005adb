"""Values that outgrow one record come back as they were, or are refused before they are written."""

import json
import secrets

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import NotFound, TooLarge
from core.stores.large_texts import MOST_PARTS, PART, LargeTexts
from core.stores.sqlite import SqliteRecordStore

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner, max_size=4)
)


@pytest.fixture
def store(tmp_path):
    opened = SqliteRecordStore(tmp_path / "db.sqlite3")
    yield opened
    opened.close()


def test_a_value_of_several_parts_comes_back_whole_and_goes_whole(store):
    texts = LargeTexts(store, "thing")
    value = {"noise": secrets.token_hex(PART)}  # packs to about its half, base64 adds a third
    puts = texts.put("a", value)
    assert len(puts) > 1
    store.transact(puts)
    assert texts.get("a") == value
    store.transact(texts.remove("a"))
    with pytest.raises(NotFound):
        texts.get("a")


def test_what_stays_too_large_is_refused_before_it_is_written(store):
    with pytest.raises(TooLarge):
        LargeTexts(store, "thing").put("a", secrets.token_hex(PART * MOST_PARTS))


@settings(max_examples=30, suppress_health_check=list(HealthCheck))
@given(value=JSON)
def test_any_json_value_is_kept_as_it_is(store, value):
    texts = LargeTexts(store, "thing")
    key = secrets.token_hex(8)
    store.transact(texts.put(key, value))
    assert texts.get(key) == value


def test_text_that_is_no_unicode_survives(store):
    texts = LargeTexts(store, "thing")
    value = json.loads('"\\ud800"')
    store.transact(texts.put("a", value))
    assert texts.get("a") == value
