"""Patterns of paths: ids become wildcards, names stay until there are too many of them."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.diagnostics.audits.patterns import PatternTree, host_and_path, is_id


def patterns(*paths):
    tree = PatternTree()
    for path in paths:
        tree.add(path)
    return [tree.pattern(path) for path in paths]


@pytest.mark.parametrize(
    ("path", "pattern"),
    [
        ("/avatars/avatars/u1_ab12.jpg", "/avatars/avatars/*"),
        ("/users/anna/progress-photos/2026-01-14-front.jpg", "/users/{id}/progress-photos/*"),
        ("/media/3f2504e0-4f89-11d3-9a0c-0305e82c3301/thumbnail.webp", "/media/{id}/thumbnail.webp"),
        ("/by/anna@example.com/logo.svg", "/by/{id}/logo.svg"),
        ("/by/anna%40example.com/logo.svg", "/by/{id}/logo.svg"),
        ("/2026/11/20/launch.jpg", "/{id}/{id}/{id}/launch.jpg"),
        ("/static/v2/400x400/logo@2.png", "/static/v2/400x400/*"),
        ("/static/v2/thumb/logo.png", "/static/v2/thumb/logo.png"),
        ("/" + "a" * 80 + "/b.png", "/{id}/b.png"),
        ("/", "/"), ("//a//b.jpg", "//a//b.jpg"), ("/a/", "/a/"), ("a/b.jpg", "a/b.jpg"),
        ("/" + "d/" * 30 + "x.jpg", "/" + "d/" * 9 + "**/x.jpg"),
    ],
)  # fmt: skip
def test_a_path_alone_shows_its_names_and_hides_its_ids(path, pattern):
    assert patterns(path) == [pattern]


@pytest.mark.parametrize(
    ("text", "found"),
    [("u1", True), ("20260114", True), ("deadbeefcafe", True), ("aBcDeFgHiJkLmNoPqR", True),
     ("photos", False), ("v3", False), ("1600w", False), ("progress-photos", False),
     ("mp4", False), ("", False)],
)  # fmt: skip
def test_ids_are_told_from_names(text, found):
    assert is_id(text) is found


def test_many_names_side_by_side_are_one_wildcard():
    made = set(patterns(*(f"/shop/{chr(97 + i)}shoe/front.jpg" for i in range(26))))
    assert made == {"/shop/*/front.jpg"}
    assert set(patterns("/f/a.pdf", "/f/b.pdf", "/f/c.pdf", "/f/d.pdf")) == {"/f/*"}


def test_few_names_stay_apart():
    assert len(set(patterns("/f/a.pdf", "/f/b.pdf", "/g/a.pdf"))) == 3


paths = st.lists(
    st.lists(st.sampled_from(["", "a", "b", "ab", "u1", "users", "x7", "*", "{id}", "**", "é", "Q"])
             | st.text(max_size=3).map(lambda t: t.replace("/", "")), min_size=1, max_size=5)
    .map("/".join), min_size=1, max_size=60,
)  # fmt: skip


@given(paths, st.randoms())
def test_the_order_of_the_paths_does_not_matter(made, chance):
    shuffled = list(made)
    chance.shuffle(shuffled)
    tree, other = PatternTree(), PatternTree()
    for one, two in zip(made, shuffled, strict=True):
        tree.add(one)
        other.add(two)
    assert [tree.pattern(p) for p in made] == [other.pattern(p) for p in made]


def test_many_random_names_collapse_alike_in_any_order():
    chance = random.Random(7)
    made = [f"/{chance.choice('abcdefghijklmnopqrstuvwxyz') * 2}/{chance.choice('klmnopqrst') * 2}"
            f"/{chance.choice('abcdefgh') * 3}/{chance.choice('wxyz')}.jpg" for _ in range(2000)]  # fmt: skip
    one = patterns(*made)
    order = list(range(len(made)))
    chance.shuffle(order)
    other = patterns(*(made[i] for i in order))
    assert [one[i] for i in order] == other
    assert len(set(one)) < 20


@pytest.mark.parametrize(
    ("url", "filed"),
    [("https://CDN.acme.com/a/b.jpg?x=1", ("cdn.acme.com", "/a/b.jpg")), ("", ("", "(empty)")),
     ("data:image/png;base64,AA", ("", "data:*")), ("s3://b/k.jpg", ("", "s3://b/k.jpg")),
     ("avatars/u1.jpg?v=1", ("", "avatars/u1.jpg")), ("  ", ("", "(empty)")), ("?x", ("", "(empty)"))],
)  # fmt: skip
def test_a_url_is_filed_under_its_host(url, filed):
    assert host_and_path(url) == filed
