"""
The particulars of a file that hang on no table: cards and numbers, Party and army, means, health.

Each function fills in what it knows; `every` asks for all of it, otherwise files differ as real
ones do. Not here: what every file must hold (`persons`).
"""

from __future__ import annotations

from datetime import date
from typing import Final

from conformance.model.json import JsonObject
from conformance.packs.vn_cbccvc import days
from conformance.packs.vn_cbccvc.careers import Career
from conformance.packs.vn_cbccvc.names import other_name
from conformance.packs.vn_cbccvc.service import Post
from conformance.packs.vn_cbccvc.workplaces import Workplace
from conformance.population.draw import Draw, Weighted

#: From this day the personal id is the number of the social insurance (CV 1804/BHXH-QLT).
_ONE_NUMBER: Final = days.of(date(2025, 8, 1))
#: The base pay in VND and the day from which it holds (NĐ 73/2024/NĐ-CP, NĐ 161/2026/NĐ-CP).
_BASE_PAY: Final = ((days.of(date(2026, 7, 1)), 2_530_000), (0, 2_340_000))
_ORIGIN: Final = Weighted({"ND": 55, "CN": 15, "CC": 12, "TT": 10, "QN": 4, "TTH": 4})
_POLICY: Final = Weighted({"CLS": 4, "CTB": 4, "NCC": 2})
_BLOOD: Final = Weighted({"O+": 42, "A+": 21, "B+": 30, "AB+": 5, "O-": 1, "00": 1})
_HEALTH: Final = Weighted({"1": 60, "2": 35, "3": 5})
_JOBS_BEFORE: Final = ("Sinh viên", "Lao động tự do", "Nhân viên hợp đồng", "Bộ đội xuất ngũ")
_DUTIES: Final = (
    "Tham mưu công tác tổ chức cán bộ",
    "Tiếp nhận và trả kết quả thủ tục hành chính",
    "Quản lý hồ sơ, tài liệu lưu trữ",
    "Giảng dạy và chủ nhiệm lớp",
    "Khám bệnh, chữa bệnh",
    "Theo dõi kế hoạch và tài chính",
    "Quản lý đất đai và môi trường",
)
_STRENGTHS: Final = ("Soạn thảo văn bản", "Công nghệ thông tin", "Giảng dạy", "Tổ chức sự kiện")


def identity(draw: Draw, found: JsonObject, life: Career, place: Workplace, every: bool) -> None:
    """Cards, numbers, and what the form asks about the person."""
    identity = str(found["profileId"])
    found["personalId"] = identity
    found["idIssueDate"] = days.iso(
        days.drawn(draw, max(days.later(life.born, 12 * 14 + 1), life.last - (120 << 5)), life.last)
    )
    found["idIssuePlace"] = "Bộ Công an"
    found["recruitingAgency"] = place.managing_name
    found["occupationBeforeRecruitment"] = draw.pick(_JOBS_BEFORE)
    found["generalEducation"] = "12/12"
    if life.recruited >= _ONE_NUMBER or draw.chance(50):
        number = identity
        card = draw.digits(10)
    else:
        # Numbers of provinces end at 96: these were never issued.
        number = card = f"99{draw.digits(8)}"
    found["socialInsuranceNumber"] = number
    if every or draw.chance(70):
        found["healthInsuranceNumber"] = f"HC499{card}"
        found["staffNumber"] = f"{life.staff_type}-{draw.digits(6)}"
    if every or draw.chance(12):
        found["otherNames"] = other_name(draw, life.sex)
    if every or draw.chance(85):
        found["phone"] = f"0990{draw.digits(6)}"
    if every or draw.chance(60):
        found["familyClassOrigin"] = draw.weighted(_ORIGIN)
    if every or draw.chance(8):
        found["policyBeneficiaryCode"] = draw.weighted(_POLICY)
    if every or draw.chance(55):
        male = life.sex == "1"
        found["healthStatus"] = draw.weighted(_HEALTH)
        found["heightCm"] = draw.between(158, 182) if male else draw.between(148, 172)
        found["weightKg"] = draw.between(52, 85) if male else draw.between(42, 68)
        found["bloodType"] = draw.weighted(_BLOOD)


def party_and_army(draw: Draw, found: JsonObject, life: Career, every: bool) -> None:
    """The first organisation, the Party and the army."""
    if every or draw.chance(70):
        day = days.drawn(
            draw, days.later(life.born, 12 * 15 + 3), days.later(life.born, 12 * 17 + 3)
        )
        found["firstOrganisationDate"] = days.iso(day)
    if life.admitted is not None:
        found["partyAdmissionDate"] = days.iso(life.admitted)
        if life.official is not None:
            found["partyOfficialDate"] = days.iso(life.official)
            if every or draw.chance(10):
                found["partyPosition"] = "Chi ủy viên"
            if every:
                found["partyConcurrentPosition"] = "Ủy viên Ban Tuyên giáo"
    if life.enlisted is not None and life.discharged is not None:
        found["enlistmentDate"] = days.iso(life.enlisted)
        found["dischargeDate"] = days.iso(life.discharged)
        found["highestMilitaryRank"] = "TSI"


def work(draw: Draw, found: JsonObject, life: Career, held: Post | None, every: bool) -> None:
    """What somebody does, and is held to be good at."""
    rank = life.pay[-1].rank
    found["jobPositionName"] = held.position.name if held is not None else rank.name
    found["jobPositionCode"] = f"VTVL.{rank.code.replace('.', '')}"
    if every or draw.chance(60):
        found["mainDuty"] = draw.pick(_DUTIES)
    if every or draw.chance(30):
        found["strength"] = draw.pick(_STRENGTHS)
        found["longestJob"] = life.pay[0].rank.name
    if every or draw.chance(10):
        found["plannedPosition"] = "Phó trưởng phòng"
    if every or draw.chance(15):
        found["otherAllowance"] = "0.10"
    if life.level == "TS" and (every or draw.chance(30)):
        found["academicTitle"] = "PGS"
    if every or draw.chance(1):
        found["stateTitle"] = "Nhà giáo ưu tú" if life.staff_type == "VC" else "Chiến sĩ thi đua"
    if every or draw.chance(4):
        found["foreignRelations"] = [
            {
                "from": days.month_of(life.recruited),
                "to": days.month_of(days.later(life.recruited, 6)),
                "detail": "Khóa tập huấn ngắn hạn ở nước ngoài do cơ quan cử đi",
            }
        ]
    if every or draw.chance(30):
        found["employerRemark"] = "Chấp hành tốt chủ trương, pháp luật; hoàn thành nhiệm vụ."


def means(draw: Draw, found: JsonObject, life: Career, every: bool) -> None:
    """Pay in money, house and land."""
    pay = life.pay[-1]
    base = next(amount for since, amount in _BASE_PAY if since <= life.last)
    month = int(pay.coefficient.replace(".", "")) * base // 100
    found["jobPositionSalaryVnd"] = month
    found["yearlySalaryVnd"] = 12 * month * life.percent // 100
    found["otherIncomeVnd"] = 1_000_000 * draw.below(60)
    found["houseOwned"] = {"type": "Nhà cấp 3", "areaM2": draw.between(40, 160)}
    found["landBought"] = {"areaM2": draw.between(60, 300)}
    if every:
        found["houseGranted"] = {"type": "Nhà công vụ", "areaM2": draw.between(30, 60)}
        found["landGranted"] = {"areaM2": draw.between(50, 120), "certificate": "BX 000000"}
        found["businessLand"] = "Đất trồng cây lâu năm 500 m2"
