"""Any number of unified social credit codes whose check characters are right."""

from stdnum.cn.uscc import calc_check_digit

from award.organisations.credit_code import organisation_check


def code_of(number: int) -> str:
    """The code of a company of Yunchuan (a place that does not exist); another one for every number."""
    eight = f"MA{number:06d}"
    code = f"91990100{eight}{organisation_check(eight)}"
    return code + calc_check_digit(code)
