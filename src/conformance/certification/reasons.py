"""
Why something was decided or checked as it was: a code with parameters, and its sentences.

One table holds every sentence of `certification` in the three languages. A reason is rendered
when somebody reads it, so that a report re-decided years later speaks the reader's language.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from conformance.model.ids import in_ranges
from conformance.model.requirement import Language, Text

_LONGEST_SHOWN: Final = 160
_REQUIREMENT: Final = "requirement"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """
    One reason.

    Attributes:
        code: the key of its sentence, stable for scripts.
        parameters: what the sentence names, already fit to be printed.
    """

    code: str
    parameters: Mapping[str, str | Text]

    def within(self, language: Language) -> str:
        """The sentence in `language`."""
        named = {
            name: value.within(language) if isinstance(value, Text) else value
            for name, value in self.parameters.items()
        }
        return SENTENCES[self.code].within(language).format_map(named)

    @property
    def text(self) -> Text:
        """The sentence in the three languages."""
        return Text(
            en=self.within(Language.EN), vi=self.within(Language.VI), id=self.within(Language.ID)
        )


def reason(code: str, **parameters: object) -> Reason:
    """
    A reason whose parameters may come from a stranger's file: they are made printable.

    A `Text` among them is ours, and follows the language of the sentence.

    Raises:
        KeyError: no such sentence, or a parameter that it names is missing.
    """
    shown = {
        name: value if isinstance(value, Text) else printable(str(value))
        for name, value in parameters.items()
    }
    made = Reason(code=code, parameters=MappingProxyType(shown))
    made.within(Language.EN)
    return made


def together(reasons: Sequence[Reason]) -> tuple[Reason, ...]:
    """The same reasons, those that say one thing of many requirements as one."""
    alike: dict[str, list[str]] = {}
    for given in reasons:
        if given.parameters.keys() == {_REQUIREMENT}:
            alike.setdefault(given.code, []).append(str(given.parameters[_REQUIREMENT]))
    told: dict[str, Reason] = {}
    for number, given in enumerate(reasons):
        ids = alike.get(given.code)
        if ids is None:
            told[str(number)] = given
        else:
            told[given.code] = Reason(
                code=given.code, parameters=MappingProxyType({_REQUIREMENT: in_ranges(ids)})
            )
    return tuple(told.values())


def printable(text: str) -> str:
    """
    `text` without control characters, lone surrogates or excessive length.

    A certificate is a stranger's file, and its words reach a terminal and a web page.
    """
    if len(text) > _LONGEST_SHOWN:
        text = text[: _LONGEST_SHOWN - 1] + "…"
    return "".join(
        character if character.isprintable() else f"\\u{ord(character):04x}" for character in text
    )


SENTENCES: Final[Mapping[str, Text]] = MappingProxyType(
    {
        # Decisions.
        "must-failed": Text(
            en="{requirement}: failed.",
            vi="{requirement}: không đạt.",
            id="{requirement}: gagal.",
        ),
        "must-inconclusive": Text(
            en="{requirement}: inconclusive, something kept us from judging.",
            vi="{requirement}: chưa kết luận được, có trở ngại khi đánh giá.",
            id="{requirement}: belum dapat disimpulkan, penilaiannya terhalang.",
        ),
        "must-not-run": Text(
            en="{requirement}: not run.",
            vi="{requirement}: chưa được chạy.",
            id="{requirement}: tidak dijalankan.",
        ),
        "must-error": Text(
            en="{requirement}: ended in an error of this toolkit.",
            vi="{requirement}: kết thúc bằng một lỗi của chính bộ công cụ.",
            id="{requirement}: berakhir dengan kesalahan pada perangkat uji ini sendiri.",
        ),
        "class-left-out": Text(
            en="Class {conformance_class}: {count} mandatory requirements were left out of "
            "the run.",
            vi="Lớp {conformance_class}: {count} yêu cầu bắt buộc bị loại khỏi lần chạy.",
            id="Kelas {conformance_class}: {count} persyaratan wajib tidak disertakan dalam uji.",
        ),
        "class-not-judged": Text(
            en="Class {conformance_class} ({role}): {judged} requirements were judged, "
            "at least {minimum} must be.",
            vi="Lớp {conformance_class} ({role}): đã đánh giá {judged} yêu cầu, "
            "cần ít nhất {minimum}.",
            id="Kelas {conformance_class} ({role}): {judged} persyaratan dinilai, "
            "paling sedikit {minimum} harus dinilai.",
        ),
        "role-not-judged": Text(
            en="No requirement of the role {role} was judged.",
            vi="Chưa có yêu cầu nào của vai trò {role} được đánh giá.",
            id="Tidak ada persyaratan untuk peran {role} yang dinilai.",
        ),
        "report-incoherent": Text(
            en="The report contradicts itself: {detail}.",
            vi="Báo cáo tự mâu thuẫn: {detail}.",
            id="Laporan bertentangan dengan dirinya sendiri: {detail}.",
        ),
        "not-the-catalogue": Text(
            en="The report does not hold the catalogue's requirements: {detail}.",
            vi="Báo cáo không khớp với danh mục yêu cầu: {detail}.",
            id="Laporan tidak sesuai dengan katalog persyaratan: {detail}.",
        ),
        "decided-too-early": Text(
            en="The decision is dated {on}, before the run finished on {finished}.",
            vi="Quyết định ghi ngày {on}, trước khi lần chạy kết thúc ngày {finished}.",
            id="Keputusan bertanggal {on}, sebelum uji selesai pada {finished}.",
        ),
        # Form and signature.
        "form-good": Text(
            en="A compact JWS of {size} characters, signed with ES256.",
            vi="JWS dạng rút gọn dài {size} ký tự, ký bằng ES256.",
            id="JWS ringkas sepanjang {size} karakter, ditandatangani dengan ES256.",
        ),
        "form-too-large": Text(
            en="The file is larger than {limit} characters; no certificate is.",
            vi="Tệp dài hơn {limit} ký tự; không chứng nhận nào dài như vậy.",
            id="Berkas lebih dari {limit} karakter; tidak ada sertifikat sebesar itu.",
        ),
        "form-not-jws": Text(
            en="This is not a compact JWS: {detail}.",
            vi="Đây không phải là JWS dạng rút gọn: {detail}.",
            id="Ini bukan JWS ringkas: {detail}.",
        ),
        "form-algorithm": Text(
            en="The signature algorithm is {value}; only ES256 is accepted.",
            vi="Thuật toán chữ ký là {value}; chỉ chấp nhận ES256.",
            id="Algoritme tanda tangan adalah {value}; hanya ES256 yang diterima.",
        ),
        "form-type": Text(
            en="The header says {member} = {value}; required is {required}.",
            vi="Phần đầu ghi {member} = {value}; yêu cầu là {required}.",
            id="Header menyatakan {member} = {value}; seharusnya {required}.",
        ),
        "form-header": Text(
            en="The header holds a member that is not understood: {member}.",
            vi="Phần đầu chứa một thành phần không hiểu được: {member}.",
            id="Header memuat anggota yang tidak dikenal: {member}.",
        ),
        "issuer-unreadable": Text(
            en="The issuer {issuer} is no did:jwk of an EC P-256 public key: {detail}.",
            vi="Bên phát hành {issuer} không phải là did:jwk của khóa công khai "
            "EC P-256: {detail}.",
            id="Penerbit {issuer} bukan did:jwk dari kunci publik EC P-256: {detail}.",
        ),
        "signature-good": Text(
            en="The signature fits the text and the issuer's key.",
            vi="Chữ ký khớp với nội dung và khóa của bên phát hành.",
            id="Tanda tangan sesuai dengan isi dan kunci penerbit.",
        ),
        "signature-bad": Text(
            en="The signature does not fit: the text was changed or another key signed it.",
            vi="Chữ ký không khớp: nội dung đã bị sửa hoặc do khóa khác ký.",
            id="Tanda tangan tidak cocok: isi telah diubah atau kunci lain yang menandatangani.",
        ),
        "issuer-trusted": Text(
            en="The key belongs to {name}, whom your trust file names.",
            vi="Khóa thuộc về {name}, có tên trong tệp tin cậy của bạn.",
            id="Kunci ini milik {name}, yang tercantum dalam berkas kepercayaan Anda.",
        ),
        "issuer-self-declared": Text(
            en="Self-declared key, thumbprint {thumbprint}: whether to trust it is your decision.",
            vi="Khóa tự công bố, dấu vân tay {thumbprint}: tin hay không là quyết định của bạn.",
            id="Kunci yang dinyatakan sendiri, sidik {thumbprint}: "
            "memercayainya atau tidak adalah keputusan Anda.",
        ),
        "issuer-not-listed": Text(
            en="Self-declared key, thumbprint {thumbprint}: your trust file does not name it.",
            vi="Khóa tự công bố, dấu vân tay {thumbprint}: tệp tin cậy của bạn không nêu khóa này.",
            id="Kunci yang dinyatakan sendiri, sidik {thumbprint}: "
            "berkas kepercayaan Anda tidak mencantumkannya.",
        ),
        # Content of the credential.
        "schema-good": Text(
            en="The statement has the form of a declaration of conformity.",
            vi="Nội dung đúng khuôn dạng của tuyên bố phù hợp.",
            id="Pernyataan ini berbentuk deklarasi kesesuaian.",
        ),
        "schema-broken": Text(
            en="At {pointer} the statement breaks its schema: {detail}.",
            vi="Tại {pointer}, nội dung vi phạm lược đồ: {detail}.",
            id="Pada {pointer} pernyataan melanggar skemanya: {detail}.",
        ),
        "validity-good": Text(
            en="Valid from {start} until {end}.",
            vi="Có hiệu lực từ {start} đến {end}.",
            id="Berlaku sejak {start} sampai {end}.",
        ),
        "validity-early": Text(
            en="Not valid before {start}.",
            vi="Chưa có hiệu lực trước {start}.",
            id="Belum berlaku sebelum {start}.",
        ),
        "validity-expired": Text(
            en="Expired on {end}.",
            vi="Đã hết hiệu lực từ {end}.",
            id="Kedaluwarsa sejak {end}.",
        ),
        "validity-order": Text(
            en="It would end ({end}) before it begins ({start}).",
            vi="Thời điểm kết thúc ({end}) lại trước thời điểm bắt đầu ({start}).",
            id="Berakhir ({end}) sebelum dimulai ({start}).",
        ),
        "status-none": Text(
            en="A supplier's own declaration has no status list; it ends by expiring.",
            vi="Tuyên bố của nhà cung cấp không có danh sách trạng thái; chỉ chấm dứt khi hết hạn.",
            id="Deklarasi pemasok tidak memiliki daftar status; berakhir saat kedaluwarsa.",
        ),
        "status-unread": Text(
            en="It names a status list, which this version of the toolkit cannot ask.",
            vi="Chứng nhận nêu một danh sách trạng thái mà phiên bản này chưa tra cứu được.",
            id="Sertifikat menyebut daftar status yang belum dapat diperiksa oleh versi ini.",
        ),
        # Bound files.
        "file-good": Text(
            en="{file} has the digest that was signed.",
            vi="{file} có mã băm đúng như đã ký.",
            id="{file} memiliki intisari yang sama dengan yang ditandatangani.",
        ),
        "file-missing": Text(
            en="{file} is not beside the certificate.",
            vi="Không thấy {file} bên cạnh chứng nhận.",
            id="{file} tidak ada di samping sertifikat.",
        ),
        "file-changed": Text(
            en="{file} was changed: its digest is {observed}, signed was {required}.",
            vi="{file} đã bị sửa: mã băm là {observed}, đã ký là {required}.",
            id="{file} telah diubah: intisarinya {observed}, yang ditandatangani {required}.",
        ),
        "file-unreadable": Text(
            en="{file} cannot be read: {detail}.",
            vi="Không đọc được {file}: {detail}.",
            id="{file} tidak dapat dibaca: {detail}.",
        ),
        "evidence-good": Text(
            en="The journals have the evidence root that was signed.",
            vi="Các nhật ký có gốc bằng chứng đúng như đã ký.",
            id="Jurnal-jurnal memiliki akar bukti yang sama dengan yang ditandatangani.",
        ),
        "evidence-missing": Text(
            en="Evidence is missing: {detail}.",
            vi="Thiếu bằng chứng: {detail}.",
            id="Bukti tidak lengkap: {detail}.",
        ),
        "evidence-damaged": Text(
            en="Evidence was changed: {detail}.",
            vi="Bằng chứng đã bị sửa: {detail}.",
            id="Bukti telah diubah: {detail}.",
        ),
        "evidence-changed": Text(
            en="The journals have the root {observed}, signed was {required}.",
            vi="Các nhật ký có gốc {observed}, đã ký là {required}.",
            id="Akar jurnal adalah {observed}, yang ditandatangani {required}.",
        ),
        "evidence-unchecked": Text(
            en="Not asked for: the journals were not read.",
            vi="Không được yêu cầu: chưa đọc các nhật ký.",
            id="Tidak diminta: jurnal tidak dibaca.",
        ),
        # Agreement, pack, decision, replay.
        "report-malformed": Text(
            en="The bound report is not a report: {detail}.",
            vi="Báo cáo kèm theo không đúng khuôn dạng: {detail}.",
            id="Laporan yang terikat bukan laporan yang sah: {detail}.",
        ),
        "content-good": Text(
            en="It says what its report says.",
            vi="Nội dung khớp với báo cáo.",
            id="Isinya sama dengan isi laporan.",
        ),
        "content-differs": Text(
            en="It says something else than its report at {members}.",
            vi="Nội dung khác với báo cáo tại {members}.",
            id="Isinya berbeda dari laporan pada {members}.",
        ),
        "content-verdict": Text(
            en="Its report ended in {verdict}, not in PASS.",
            vi="Báo cáo kết thúc bằng {verdict}, không phải PASS.",
            id="Laporannya berakhir dengan {verdict}, bukan PASS.",
        ),
        "content-early": Text(
            en="It is valid from {start}, before its run finished at {finished}.",
            vi="Có hiệu lực từ {start}, trước khi lần chạy kết thúc lúc {finished}.",
            id="Berlaku sejak {start}, sebelum uji selesai pada {finished}.",
        ),
        "pack-good": Text(
            en="The contract {pack} is installed here, with the same digest.",
            vi="Bộ hợp đồng {pack} có ở đây, cùng mã băm.",
            id="Paket kontrak {pack} terpasang di sini, dengan intisari yang sama.",
        ),
        "pack-unknown": Text(
            en="The contract {pack} is not installed here, so its policy cannot be asked.",
            vi="Bộ hợp đồng {pack} không có ở đây nên không thể tra chính sách.",
            id="Paket kontrak {pack} tidak terpasang di sini, kebijakannya tidak dapat diperiksa.",
        ),
        "pack-differs": Text(
            en="The contract {pack} installed here has another digest ({observed}).",
            vi="Bộ hợp đồng {pack} ở đây có mã băm khác ({observed}).",
            id="Paket kontrak {pack} yang terpasang di sini berintisari lain ({observed}).",
        ),
        "pack-broken": Text(
            en="The contract {pack} installed here is defective: {detail}.",
            vi="Bộ hợp đồng {pack} ở đây bị lỗi: {detail}.",
            id="Paket kontrak {pack} yang terpasang di sini cacat: {detail}.",
        ),
        "decision-good": Text(
            en="Decided again from the report, it would be granted again.",
            vi="Quyết định lại từ báo cáo, kết quả vẫn là cấp.",
            id="Diputuskan ulang dari laporan, hasilnya tetap diberikan.",
        ),
        "decision-withheld": Text(
            en="Decided again from the report, it would be withheld: {detail}",
            vi="Quyết định lại từ báo cáo, kết quả là không cấp: {detail}",
            id="Diputuskan ulang dari laporan, sertifikat akan ditahan: {detail}",
        ),
        "decision-terms": Text(
            en="It was not issued on the policy's terms; it differs at {members}.",
            vi="Không được cấp theo điều khoản của chính sách; khác tại {members}.",
            id="Tidak diterbitkan menurut ketentuan kebijakan; berbeda pada {members}.",
        ),
        "replay-good": Text(
            en="Every verdict was decided again from the journals, alike.",
            vi="Mọi kết luận được quyết định lại từ nhật ký, kết quả như cũ.",
            id="Setiap putusan diputuskan ulang dari jurnal, hasilnya sama.",
        ),
        "replay-differs": Text(
            en="Decided again from the journals, {count} verdicts differ: {detail}",
            vi="Quyết định lại từ nhật ký, {count} kết luận khác đi: {detail}",
            id="Diputuskan ulang dari jurnal, {count} putusan berbeda: {detail}",
        ),
        "replay-unasked": Text(
            en="Not asked for.",
            vi="Không được yêu cầu.",
            id="Tidak diminta.",
        ),
        "unreached": Text(
            en="Not reached: {check} comes first.",
            vi="Chưa xét: cần {check} trước.",
            id="Belum diperiksa: {check} harus lolos lebih dahulu.",
        ),
    }
)
