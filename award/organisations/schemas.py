"""What the API gives of organisations."""

from datetime import date

from award.kernel.web.api import Given


class OrganisationOut(Given):
    """An organisation of the register. credit_code: unified social credit code, GB 32100-2015."""

    id: str
    credit_code: str
    name: str
    name_en: str
    established_on: date | None
    address: str


class Organisations(Given):
    """A page of organisations. next: cursor of the next page, null on the last one."""

    items: list[OrganisationOut]
    next: str | None


ORGANISATION = {
    "id": "n8x3c6td9wqa", "credit_code": "91350100M000100Y43", "name": "云川样例制造有限公司",
    "name_en": "Yunchuan Example Manufacturing Co., Ltd.", "established_on": "1998-06-18", "address": "云川市高新区一号",
}  # fmt: skip
"""The example of the description."""
