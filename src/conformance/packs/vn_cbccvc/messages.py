"""The sentences of the reference's refusals, in Vietnamese and English, as the contract asks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from conformance.model.json import JsonObject

PROBLEM_TYPE: Final = "urn:vn-cbccvc:problem:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """One sentence for people."""

    vi: str
    en: str

    def as_json(self, *, about: str = "") -> JsonObject:
        """The contract's `Sentence`, opened by whom it is about (a masked personal id)."""
        if not about:
            return {"vi": self.vi, "en": self.en}
        return {"vi": f"Hồ sơ {about}: {self.vi}", "en": f"Profile {about}: {self.en}"}


#: Fault word of a record -> what it says.
FAULTS: Final[Mapping[str, Sentence]] = {
    "schema": Sentence(
        vi="Giá trị không đúng lược đồ dữ liệu.", en="The value does not fit the schema."
    ),
    "code-list": Sentence(
        vi="Mã không có hoặc không còn hiệu lực trong danh mục.",
        en="The code is not in the list, or is no longer in force.",
    ),
    "unit-unknown": Sentence(
        vi="Đơn vị không có trong cây tổ chức hoặc đã hết hiệu lực.",
        en="The unit is not in the unit tree, or no longer lives.",
    ),
    "parent-unknown": Sentence(
        vi="Đơn vị cấp trên không có trong cây tổ chức hoặc không thể đứng trên đơn vị này.",
        en="The unit above is not in the unit tree, or cannot stand above this one.",
    ),
    "unit-closed": Sentence(vi="Đơn vị đã chấm dứt hoạt động.", en="The unit lives no longer."),
    "cycle": Sentence(
        vi="Đơn vị không thể trực thuộc chính nó hoặc đơn vị cấp dưới của nó.",
        en="A unit cannot stand below itself or below a unit of its own.",
    ),
    "code-reused": Sentence(
        vi="Mã đơn vị đã được cấp và không được dùng lại.",
        en="The code was given to a unit before and is never used again.",
    ),
    "people-attached": Sentence(
        vi="Đơn vị còn người thuộc biên chế.", en="There are still people in the unit."
    ),
    "bad-reorganisation": Sentence(
        vi="Nội dung không đúng với loại hình sắp xếp tổ chức.",
        en="This does not fit the kind of reorganisation.",
    ),
    "duplicate-record": Sentence(
        vi="Người này đã có trong một bản ghi khác của gói tin.",
        en="Another record of the message is about this person.",
    ),
    "other-agency": Sentence(
        vi="Dữ liệu này thuộc quyền quản lý của cơ quan khác.",
        en="Another agency keeps this.",
    ),
    "change-ahead": Sentence(
        vi="Thời điểm thay đổi sau thời điểm gửi gói tin.",
        en="The change is dated after the message was sent.",
    ),
    "change-outdated": Sentence(
        vi="Đã có thay đổi muộn hơn về người này; thay đổi cũ không được áp dụng.",
        en="A later change of this person is stored; the older one was not applied.",
    ),
    "not-owner": Sentence(
        vi="Trường này do cơ quan khác làm chủ quản dữ liệu.", en="The field is another's."
    ),
    "state-secret": Sentence(
        vi="Hồ sơ thuộc danh mục bí mật nhà nước, không được gửi qua kết nối này.",
        en="The profile is a state secret and must not be sent over this connection.",
    ),
    "signature-missing": Sentence(
        vi="Bản ghi chưa được ký số.", en="The record bears no signature."
    ),
    "signature-invalid": Sentence(
        vi="Chữ ký số không khớp với nội dung bản ghi.",
        en="The signature does not match the record.",
    ),
    "signature-untrusted": Sentence(
        vi="Chứng thư số của người ký không được tin cậy.",
        en="The signer's certificate is not trusted.",
    ),
    "signature-algorithm": Sentence(
        vi="Chữ ký số hoặc chứng thư số dùng thuật toán không được phép.",
        en="The signature or a certificate uses an algorithm that is not allowed.",
    ),
    "signature-key": Sentence(
        vi="Khóa ký quá ngắn hoặc không đúng loại.",
        en="The signing key is too short or of the wrong kind.",
    ),
    "signature-time": Sentence(
        vi="Chữ ký số không ghi thời điểm ký.", en="The signature does not say when it was made."
    ),
    "signature-expired": Sentence(
        vi="Chứng thư số của người ký đã hết hạn hoặc chưa có hiệu lực.",
        en="The signer's certificate has expired or is not valid yet.",
    ),
    "signature-revoked": Sentence(
        vi="Chứng thư số của người ký đã bị thu hồi.", en="The signer's certificate was revoked."
    ),
    "signature-signer": Sentence(
        vi="Người ký không thuộc cơ quan quản lý hồ sơ hoặc cơ quan cấp trên.",
        en="The signer belongs neither to the managing agency nor to one above it.",
    ),
    "signature-authority": Sentence(
        vi="Người ký không có thẩm quyền phê duyệt hồ sơ.",
        en="The signer has no authority to approve.",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemKind:
    """One name of a refusal, with its status and title."""

    name: str
    status: int
    title: str


UNAUTHORISED: Final = ProblemKind(name="unauthorised", status=401, title="No valid access token")
NOT_FOUND: Final = ProblemKind(name="not-found", status=404, title="Nothing is stored here")
WRONG_METHOD: Final = ProblemKind(
    name="method-not-allowed", status=405, title="This path does not know the method"
)
MALFORMED_JSON: Final = ProblemKind(
    name="malformed-json", status=400, title="The body is not a JSON text"
)
INVALID_PARAMETER: Final = ProblemKind(
    name="invalid-parameter", status=400, title="A parameter breaks its schema"
)
WRONG_MEDIA_TYPE: Final = ProblemKind(
    name="unsupported-media-type", status=415, title="The body must be application/json"
)
TOO_LARGE: Final = ProblemKind(name="body-too-large", status=413, title="The body is too large")
MESSAGE_INVALID: Final = ProblemKind(
    name="message-invalid", status=422, title="The message breaks its schema"
)
BATCH_SIZE: Final = ProblemKind(
    name="batch-size", status=422, title="The number of records is outside the limits"
)
MESSAGE_ID_REUSED: Final = ProblemKind(
    name="message-id-reused", status=409, title="The message id was used for other content"
)
