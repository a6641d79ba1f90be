"""What the server says is wrong, in sentences, personal ids masked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

PERSONAL = re.compile(r"\d{12,}")
PERSONAL_MEMBERS = ("profileId", "personalId", "socialInsuranceNumber")

SENTENCES = {
    "schema": ("Giá trị không đúng cấu trúc quy định.", "The value breaks the schema."),
    "code-list": ("Mã không có trong danh mục.", "The code is not in the list."),
    "duplicate-record": ("Người này đã có trong thông điệp.", "This person stands before."),
    "state-secret": ("Hồ sơ mật không gửi tại đây.", "State-secret profiles do not come here."),
    "unit-unknown": ("Đơn vị chưa được khai báo.", "Nobody has sent this unit."),
    "unit-closed": ("Đơn vị không hoạt động.", "The unit does not live then."),
    "signature-missing": ("Hồ sơ chưa được ký số.", "The record is not signed."),
    "signature-invalid": ("Chữ ký số không hợp lệ.", "The signature is not this record's."),
    "signature-algorithm": ("Thuật toán ký không được phép.", "The algorithm is not allowed."),
    "signature-key": ("Khóa ký quá yếu.", "The key is too weak."),
    "signature-time": ("Chữ ký không có thời điểm ký.", "There is no time of signing."),
    "signature-untrusted": ("Chứng thư không được tin cậy.", "Nobody trusts the certificate."),
    "signature-expired": ("Chứng thư hết hạn.", "The certificate is not valid today."),
    "signature-revoked": ("Chứng thư đã bị thu hồi.", "The certificate was revoked."),
    "signature-signer": ("Người ký thuộc cơ quan khác.", "The signer is of another agency."),
    "signature-authority": ("Người ký không có thẩm quyền.", "The signer may not approve."),
    "parent-unknown": ("Đơn vị cấp trên không phù hợp.", "There is no such unit above then."),
    "cycle": ("Đơn vị nằm dưới chính nó.", "The unit would stand below itself."),
    "code-reused": ("Mã đơn vị đã dùng và kết thúc.", "The code belonged to another unit."),
    "people-attached": ("Đơn vị còn người.", "There are still people in the unit."),
    "bad-reorganisation": ("Quyết định không đúng hình thức.", "The decision has another form."),
}


@dataclass(frozen=True)
class Wrong:
    """One thing that is wrong: where (a pointer into the body), which rule, and the value there."""

    pointer: str
    rule: str
    value: Any = None
    vi: str = ""
    en: str = ""

    def below(self, prefix: str) -> Wrong:
        return Wrong(prefix + self.pointer, self.rule, self.value, self.vi, self.en)


class Teller:
    """Writes errors down."""

    def mask(self, text: str) -> str:
        """Every personal id in a text, of which the first and the last three characters stay."""
        return PERSONAL.sub(lambda found: self.masked(found.group()), text)

    def masked(self, digits: str) -> str:
        return digits[:3] + "*" * max(len(digits) - 6, 3) + digits[-3:]

    def value(self, wrong: Wrong) -> str | None:
        """What is quoted of a value: nothing of a table or object, and never a personal id."""
        if isinstance(wrong.value, str | int | float) and not isinstance(wrong.value, bool):
            text = str(wrong.value)[:80]
            if wrong.pointer.endswith(PERSONAL_MEMBERS):
                return self.masked(text)
            return self.mask(text)
        return None

    def pointer(self, wrong: Wrong) -> str:
        """A pointer whose last member bears a personal id as its name leads to what holds it."""
        where = wrong.pointer
        while PERSONAL.search(where):
            where = where.rpartition("/")[0]
        return where

    def error(self, wrong: Wrong, number: int | None) -> dict[str, Any]:
        vi, en = SENTENCES.get(wrong.rule, (wrong.vi, wrong.en))
        told: dict[str, Any] = {
            "message": {"en": wrong.en or en, "vi": wrong.vi or vi},
            "rule": wrong.rule,
            "pointer": self.pointer(wrong),
        }
        if number is not None:
            told["recordNo"] = number
        value = self.value(wrong)
        if value is not None:
            told["value"] = value
        return told
