import threading
import time

import pytest

from booking.members import passwords


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("short pass", "password_too_short"),
        ("é" * 11, "password_too_short"),
        ("a long sentence, but much too long " * 4, "password_too_long"),
        ("password1234", "password_common"),
        ("Motdepasse2026!", "password_common"),
        ("azertyuiop123", "password_common"),
        ("123456789012", "password_common"),
        ("987654321098", "password_common"),
        ("aaaaaaaaaaaaaa", "password_common"),
        ("abcdefghijklmn", "password_common"),
        ("xk7xk7xk7xk7xk7", "password_common"),
        ("qsdfghjklmwxcvbn", "password_common"),
        ("mediacite-2026", "password_context"),
        ("Médiacité!2026", "password_context"),
        ("PoleImage2026!!", "password_context"),
        ("Batte-Lune-Films-1", "password_context"),
        ("camille.laurent", "password_context"),
    ],
)
def test_objection_names_what_is_wrong(password, code):
    words = ("Batte Lune Films", "Batte", "Lune", "Films", "Camille", "Laurent")
    found = passwords.objection(password, words)
    assert found is not None
    assert found.code == code


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery",
        "le héron vole bas ce soir",
        "x" * 4 + "Qm2#pLw9vT",
        "mediacite est un long nom",
        "les mouettes de liège rient",
        "p" + "été" * 3 + " rouge",
        "a" * 4 + "bcdefgh ijk lmno" * 7,
    ],
)
def test_sentences_and_random_passwords_are_welcome(password):
    assert passwords.objection(password, ("Batte Lune Films",)) is None


def test_exactly_twelve_and_128_characters_are_allowed():
    assert passwords.objection("k3vz mo1q tu") is None
    assert (
        passwords.objection(("k3vz mo1q tu " * 11)[:100] + "tail of the longest 28 chars") is None
    )


def test_verify_takes_its_own_hash_and_no_other():
    kept = passwords.hashed("le héron vole bas")
    assert passwords.verify(kept, "le héron vole bas")
    assert not passwords.verify(kept, "le héron vole haut")
    assert not passwords.verify(None, "le héron vole bas")
    assert not passwords.verify("not a hash", "le héron vole bas")


def test_accents_are_the_same_from_every_keyboard():
    kept = passwords.hashed("le h\u00e9ron vole bas")
    assert passwords.verify(kept, "le he\u0301ron vole bas")


def test_hashes_are_argon2id_with_the_parameters_of_owasp():
    assert passwords.hashed("le héron vole bas").startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert not passwords.is_outdated(passwords.hashed("le héron vole bas"))
    assert passwords.is_outdated("$argon2id$v=19$m=8,t=1,p=1$ew010eaTU+LFNy4tGeTeBQ$oHIs5QmYd2J6K7")


def test_no_more_than_two_hashes_are_computed_at_once(monkeypatch):
    running, most = 0, 0
    lock = threading.Lock()

    class Slow:
        def verify(self, kept: str, password: str) -> bool:
            nonlocal running, most
            with lock:
                running += 1
                most = max(most, running)
            time.sleep(0.01)
            with lock:
                running -= 1
            return True

    monkeypatch.setattr(passwords, "_HASHER", Slow())
    crowd = [threading.Thread(target=passwords.verify, args=("x", "y")) for _ in range(12)]
    for thread in crowd:
        thread.start()
    for thread in crowd:
        thread.join()
    assert most == passwords.AT_ONCE


def test_a_hundred_thousand_characters_are_judged_quickly():
    started = time.perf_counter()
    for text in ("a" * 100_000, "ab" * 50_000, "!" * 100_000, "mediacite" * 11_000):
        passwords.objection(text, ("Batte Lune Films",))
    assert time.perf_counter() - started < 0.2
