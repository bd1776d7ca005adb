import re
import time

import bcrypt
import pytest
from argon2 import PasswordHasher

from core.accounts import passwords
from core.errors import InvalidInput

GOOD = "violet-anchor-tractor-moon"


def refuse(
    password: str, email: str = "ada@example.com", username: str = "Countess"
) -> InvalidInput:
    with pytest.raises(InvalidInput) as caught:
        passwords.check_strength(password, email=email, username=username)
    return caught.value


def test_unrelated_words_are_good_enough():
    passwords.check_strength(GOOD, email="ada@example.com", username="Ada")


@pytest.mark.parametrize("password", ["", "short", "ninechars"])
def test_a_short_password_is_told_the_length_that_is_needed(password):
    assert "at least 10" in refuse(password).hint


def test_a_password_of_201_characters_is_too_long_and_one_of_200_is_not():
    long = (GOOD * 10)[:200]
    passwords.check_strength(long, email="ada@example.com", username="Ada")
    assert "at most 200" in refuse(long + "x").hint


@pytest.mark.parametrize(
    "password",
    ["xx-ada@example.com-xx", "Q7 vi ADA zebra kite", "countess zebra kite 9"],
)
def test_a_password_may_not_contain_the_persons_own_names(password):
    assert "email or username" in refuse(password).message


def test_a_two_letter_name_is_no_reason_to_refuse_a_password():
    passwords.check_strength(GOOD, email="vi@example.com", username="or")


@pytest.mark.parametrize("password", ["password1234", "qwertyuiop", "aaaaaaaaaaaa", "1234567890"])
def test_a_guessable_password_is_refused_with_advice(password):
    error = refuse(password)
    assert error.message == "The password is too easy to guess."
    assert re.fullmatch(r"[A-Z].+\.", error.hint)


def test_words_of_the_persons_own_email_make_a_password_weaker():
    password = "zwitschermaschine"
    passwords.check_strength(password, email="ada@example.com", username="Ada")
    assert refuse(password, email="z@zwitscher.maschine.example")


def test_the_estimate_of_the_longest_password_stays_quick():
    started = time.perf_counter()
    for _ in range(3):
        passwords.check_strength(
            ("aB3$ xyZ!" * 30)[:200] + "", email="e@example.com", username="Ada"
        )
    assert time.perf_counter() - started < 3


def test_a_hash_is_argon2id_salted_and_verifies_only_its_password():
    first, second = passwords.hash_password(GOOD), passwords.hash_password(GOOD)
    assert first.startswith("$argon2id$")
    assert first != second
    assert passwords.verify(first, GOOD) == (True, False)
    assert passwords.verify(first, GOOD + " ") == (False, False)


def test_the_same_letters_from_another_keyboard_are_the_same_password():
    assert passwords.verify(
        passwords.hash_password("Zürich-Käse-Löwe"), "Zu\u0308rich-Ka\u0308se-Lo\u0308we"
    ).right


def test_a_weaker_argon2_hash_is_right_and_wants_an_upgrade():
    old = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(GOOD)
    assert passwords.verify(old, GOOD) == (True, True)


@pytest.mark.parametrize("prefix", [b"2a", b"2b"])
def test_a_bcrypt_hash_is_accepted_and_wants_an_upgrade(prefix):
    old = bcrypt.hashpw(GOOD.encode(), bcrypt.gensalt(4, prefix)).decode()
    assert passwords.verify(old, GOOD) == (True, True)
    assert passwords.verify(old, "another one") == (False, False)


def test_a_php_bcrypt_hash_is_accepted():
    old = bcrypt.hashpw(GOOD.encode(), bcrypt.gensalt(4)).decode().replace("$2b$", "$2y$", 1)
    assert passwords.verify(old, GOOD).right


def test_bcrypt_reads_72_bytes_of_a_longer_password_as_it_always_did():
    long = "é" * 80
    old = bcrypt.hashpw(long.encode()[:72], bcrypt.gensalt(4)).decode()
    assert passwords.verify(old, long).right


@pytest.mark.parametrize(
    "broken", ["", "plain", "$2b$04$short", "$argon2id$v=19$broken", "$1$md5$x"]
)
def test_an_unreadable_hash_lets_nobody_in(broken):
    assert passwords.verify(broken, GOOD) == (False, False)


@pytest.mark.parametrize("password", ["\x00" * 12, "\ud800 half a character", "x" * 100_000])
def test_odd_passwords_are_wrong_and_not_an_error(password):
    for stored in (passwords.hash_password(GOOD), bcrypt.hashpw(b"x", bcrypt.gensalt(4)).decode()):
        assert not passwords.verify(stored, password).right


def test_an_unknown_account_costs_as_much_time_as_a_wrong_password():
    stored = passwords.hash_password(GOOD)
    passwords.verify_nobody("warm up")

    def best(check) -> float:
        times = []
        for _ in range(7):
            started = time.perf_counter()
            check()
            times.append(time.perf_counter() - started)
        return min(times)

    known, unknown = (
        best(lambda: passwords.verify(stored, "wrong")),
        best(lambda: passwords.verify_nobody("wrong")),
    )
    assert 0.4 < unknown / known < 2.5
