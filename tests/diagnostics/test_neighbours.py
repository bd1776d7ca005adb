"""Similar names are found as fast as they have to be, and none is lost on the way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from worlds import bucket

from core.diagnostics.listing_index import folded_keys
from core.diagnostics.neighbours import Folder, folder_and_name
from core.diagnostics.objects import KeyIndex
from core.diagnostics.spelling import differences, edit_distance, fold
from core.model.delivery import Bucket

WORDS = st.text(alphabet="ab1", max_size=9)


def plain_distance(one, other):
    """Optimal string alignment by its definition, cell by cell."""
    table = {(i, 0): i for i in range(len(one) + 1)} | {(0, j): j for j in range(len(other) + 1)}
    for i in range(1, len(one) + 1):
        for j in range(1, len(other) + 1):
            same = one[i - 1] == other[j - 1]
            costs = [table[i - 1, j] + 1, table[i, j - 1] + 1, table[i - 1, j - 1] + (not same)]
            if i > 1 and j > 1 and one[i - 1] == other[j - 2] and one[i - 2] == other[j - 1]:
                costs.append(table[i - 2, j - 2] + 1)
            table[i, j] = min(costs)
    return table[len(one), len(other)]


@given(WORDS, WORDS, st.integers(1, 3))
def test_the_distance_is_exact_up_to_its_limit(one, other, limit):
    assert edit_distance(one, other, limit) == min(plain_distance(one, other), limit + 1)


@given(st.lists(st.text(alphabet="ab1-", min_size=1, max_size=12), min_size=5, max_size=30),
       st.text(alphabet="ab1-", min_size=1, max_size=12))  # fmt: skip
def test_no_name_within_two_slips_is_left_out(names, asked):
    near = set(Folder.of([f"x/{name}" for name in names]).near(asked, "", whole=False))
    assert {f"x/{name}" for name in names if plain_distance(name, asked) <= 2} <= near


def test_a_word_that_has_to_stay_narrows_a_large_folder():
    folder = Folder.of([f"x/photo-{i:03d}.jpg" for i in range(300)])
    assert list(folder.near("phota-042.jpg", "042", whole=True)) == ["x/photo-042.jpg"]
    assert list(folder.near("photo-999.jpg", "999", whole=True)) == []


@pytest.mark.parametrize(
    ("key", "places"),
    [("a.jpg", []), ("x/a.jpg", ["x/a.jpg"]), ("w/x/a.jpg", ["w/a.jpg", "x/a.jpg"]),
     ("v/w/x/a.jpg", ["w/a.jpg", "x/a.jpg"])],
)  # fmt: skip
def test_a_name_stands_beside_the_two_folders_above_it(key, places):
    assert folder_and_name(key) == places


def test_a_common_name_counts_beside_a_folder_that_few_share():
    held = Bucket.model_validate(bucket("b", *(f"media/{i}/thumb.webp" for i in range(50))))
    index = KeyIndex(held)
    assert list(index.alike("old/7/thumb.webp")) == ["media/7/thumb.webp"]
    assert list(index.alike("media/none/thumb.webp")) == []
    assert index.any_below("media/7")
    assert not index.any_below("media/7/thumb.webp")


@given(st.lists(st.text(alphabet="aB1 /%+&\\\n\té\u200b.", min_size=1, max_size=12), max_size=20))
def test_many_keys_fold_as_each_of_them_does(keys):
    assert list(folded_keys(keys)) == [fold(key) for key in keys]


def test_differences_name_each_kind_alone():
    assert differences("a.jpg", "a.jpg") == ()
    assert differences("A%2Eb+c/", "a.b c") == ("percent", "plus", "trailing-slash", "case")
