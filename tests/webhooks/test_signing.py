"""Signatures as everybody else checks them."""

import pytest

from booking.webhooks import signing

pytestmark = pytest.mark.one_engine


def test_the_example_of_the_standard() -> None:
    """From https://github.com/standard-webhooks/standard-webhooks, libraries/python/tests."""
    found = signing.signature(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        1614265330,
        b'{"test": 2432232314}',
    )
    assert found == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_each_secret_signs_the_newest_first() -> None:
    secrets = (signing.secret_of("new", "salt"), signing.secret_of("old", "salt"))
    told = signing.headers(secrets, "msg_1", 1795358400, b"{}")
    assert told["webhook-signature"].split() == [
        signing.signature(secret, "msg_1", 1795358400, b"{}") for secret in secrets
    ]
    assert len({*secrets, signing.secret_of("new", "other salt")}) == 3
