"""What strangers read of personal data."""

import pytest

from departments import masking


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("刘洋", "刘*"),
        ("孙小美", "孙**"),
        ("欧阳娜娜", "欧***"),
        ("成都顺达物流有限公司", "成都**物流有限公司"),
        ("买买提·吐尔逊", "买**"),
        ("John Smith", "J**"),
        ("李", "李*"),
        ("  刘洋 ", "刘*"),
        ("", ""),
        (None, ""),
    ],
)
def test_names(name: str | None, masked: str) -> None:
    assert masking.mask_name(name) == masked


@pytest.mark.parametrize(
    ("plate", "masked"),
    [
        ("川AF1209", "川A·F**09"),
        ("川B·81262", "川B·8**62"),
        ("川ad12345", "川A·D***45"),
        ("川A1234挂", "川A·1**4挂"),
        ("新车未上牌", "新****"),
        ("川", "*"),
        ("", ""),
        (None, ""),
    ],
)
def test_plates(plate: str | None, masked: str) -> None:
    assert masking.mask_plate(plate) == masked


@pytest.mark.parametrize(
    ("phone", "masked"),
    [
        ("13812345678", "138****5678"),
        ("028-87654321", "028*****4321"),
        ("95512", "*****"),
        ("", ""),
        (None, ""),
    ],
)
def test_phones(phone: str | None, masked: str) -> None:
    assert masking.mask_phone(phone) == masked


@pytest.mark.parametrize(
    ("number", "masked"),
    [("510104199001011234", "510*************34"), ("12345", "*****"), ("", ""), (None, "")],
)
def test_id_numbers(number: str | None, masked: str) -> None:
    assert masking.mask_id_number(number) == masked
