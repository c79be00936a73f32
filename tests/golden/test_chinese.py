"""Dates, numbers and punctuation of Chinese papers."""

from datetime import date

import pytest

from award.press.chinese import angle_years, chinese_date, document_number, official, way_of_contact, zh


@pytest.mark.parametrize(
    ("day", "written"),
    [
        (date(2026, 11, 21), "二〇二六年十一月二十一日"),
        (date(2020, 10, 10), "二〇二〇年十月十日"),
        (date(2009, 1, 30), "二〇〇九年一月三十日"),
        (date(2031, 2, 9), "二〇三一年二月九日"),
    ],
)
def test_dates_are_written_digit_by_digit_and_in_words(day: date, written: str) -> None:
    assert chinese_date(day) == written


def test_a_document_number_has_six_angle_brackets_and_no_zeros() -> None:
    assert document_number("云质评", 2026, 3) == "云质评〔2026〕3号"


@pytest.mark.parametrize("typed", ["皖政办秘[2016]76号", "皖政办秘(2016)76号", "皖政办秘〔2016〕76号", "皖政办秘【2016】76号"])
def test_brackets_of_web_copies_become_six_angle_brackets(typed: str) -> None:
    assert angle_years(typed) == "皖政办秘〔2016〕76号"


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("方法有效,展开充分;结果良好.", "方法有效，展开充分；结果良好。"),
        ("由 82% 提高到 91%,展开充分。", "由 82% 提高到 91%，展开充分。"),
        ("支持过程(采购、设备维护)的改进", "支持过程（采购、设备维护）的改进"),
        ("重大改进机会(−−)制定计划", "重大改进机会（−−）制定计划"),
        ("时间:9:30", "时间：9:30"),
        ("见 https://a.example/x?y=1, p. 3", "见 https://a.example/x?y=1, p. 3"),
        ("Approach (A), deployment: good.", "Approach (A), deployment: good."),
        ('以"精度立企"为引领', "以“精度立企”为引领"),
        ("率为 3.5 与 1,200 元", "率为 3.5 与 1,200 元"),
        ("等等...", "等等……"),
        ("已经……完整", "已经……完整"),
    ],
)
def test_half_width_slips_are_set_right_and_latin_is_left_alone(typed: str, printed: str) -> None:
    assert zh(typed) == printed


def test_official_text_has_no_spaces_that_justifying_would_stretch() -> None:
    assert official("授予 5 家组织 GB/T 19580 证书, 共 3 页") == "授予5家组织GB/T 19580证书，共3页"


@pytest.mark.parametrize(
    ("contact", "said"),
    [
        ("林晓 0599-3100088", "联系方式：林晓，0599-3100088。"),
        ("市质量奖办公室 电话 0599-3100088", "联系方式：市质量奖办公室电话0599-3100088。"),
        ("林晓 13900002210", "联系方式：林晓，13900002210。"),
        ("", ""),
    ],
)
def test_a_name_and_its_number_do_not_run_together(contact: str, said: str) -> None:
    assert official(way_of_contact(contact)) == said
