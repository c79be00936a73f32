import time
from statistics import median

import pytest
from argon2 import PasswordHasher

from award.accounts import passwords
from award.accounts.passwords import check_password, hash_password, matches
from award.kernel.errors import Invalid


@pytest.mark.parametrize(
    ("password", "word"),
    [
        ("Aa1-Aa1-x", "characters"),  # nine
        ("x" * 60 + "Y1" + "-" * 70, "characters"),  # 132
        ("longenoughpassphrase", "three of"),
        ("LONGENOUGH2026", "three of"),
        ("Password2026!", "try first"),
        ("P@ssw0rd2026", "try first"),
        ("Admin@123456", "try first"),
        ("!!Qwerty!!12", "try first"),
        ("1qaz@WSX3edc", "try first"),
        ("Aa1!Aa1!Aa1!", "try first"),  # four different characters
        ("x-Linxiao-2026", "sign-in name"),
    ],
)
def test_refused(password: str, word: str) -> None:
    with pytest.raises(Invalid) as caught:
        check_password(password, "linxiao", "lin.xiao@example.cn")
    assert word in caught.value.errors[0].text


@pytest.mark.parametrize("password", ["Rivers-flow-2026", "云川质量Award2026", "blue kettle 7 Oak", "Tq7!mZr02kV9"])
def test_taken(password: str) -> None:
    check_password(password, "linxiao", "lin.xiao@example.cn")


def test_a_hash_fits_only_its_password() -> None:
    stored = hash_password("Rivers-flow-2026")
    assert stored.startswith("$argon2id$")
    assert matches(stored, "Rivers-flow-2026")
    assert not matches(stored, "Rivers-flow-2027")
    assert not matches(None, "Rivers-flow-2026")
    assert not matches("not a hash", "Rivers-flow-2026")


def test_full_and_half_width_are_the_same_keys() -> None:
    assert matches(hash_password("Rivers-flow-2026"), "Ｒｉｖｅｒｓ－ｆｌｏｗ－２０２６")


def test_an_account_that_is_not_there_costs_as_much(monkeypatch: pytest.MonkeyPatch) -> None:
    """Source: security.md R16. Here the ratio, with room for a busy machine; work skipped would be a tenth."""
    monkeypatch.setattr(passwords, "HASHER", PasswordHasher(time_cost=1, memory_cost=47104, parallelism=1))
    stored = hash_password("Rivers-flow-2026")
    taken: dict[bool, list[float]] = {True: [], False: []}
    for there in [True, False] * 10:
        begun = time.perf_counter()
        matches(stored if there else None, "Wrong-guess-2026")
        taken[there].append(time.perf_counter() - begun)
    assert 0.5 < median(taken[True]) / median(taken[False]) < 2
