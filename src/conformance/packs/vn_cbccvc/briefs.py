"""What an agency is asked to do, in a sentence or two: what a person reads beside the material."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from conformance.model.requirement import Text

#: Assignment -> its brief; the material's `tasks` say the same to software.
BRIEFS: Final[Mapping[str, Text]] = {
    "unit-tree": Text(
        en="Load the units as the file lists them and send your unit tree; a unit of another body "
        "is in the file for reference only.",
        vi="Nạp danh sách đơn vị trong tệp và gửi cây tổ chức đơn vị của mình; tệp có một đơn vị "
        "của cơ quan khác chỉ để tham khảo.",
        id="Muat unit seperti dalam berkas lalu kirim pohon unit Anda; satu unit milik badan lain "
        "hanya sebagai rujukan.",
    ),
    "changes-of-the-day": Text(
        en="Send the units and the people, then enter the changes and send only what changed, with "
        "the time and the origin of each change.",
        vi="Gửi đơn vị và người, sau đó nhập các thay đổi và chỉ gửi phần thay đổi, kèm thời điểm "
        "và nguồn gốc của từng thay đổi.",
        id="Kirim unit dan orang, lalu masukkan perubahan dan kirim hanya yang berubah, beserta "
        "waktu dan asal setiap perubahan.",
    ),
    "state-secret": Text(
        en="Send the units and the people; one profile bears the mark of a state secret.",
        vi="Gửi đơn vị và người; một hồ sơ có đánh dấu bí mật nhà nước.",
        id="Kirim unit dan orang; satu profil bertanda rahasia negara.",
    ),
    "withdrawal": Text(
        en="Send the units and the people, then take back the profiles listed under `withdraw`.",
        vi="Gửi đơn vị và người, sau đó rút các hồ sơ nêu trong `withdraw`.",
        id="Kirim unit dan orang, lalu tarik kembali profil yang tercantum dalam `withdraw`.",
    ),
    "population-match": Text(
        en="Match the people with the population register first; correct a mismatch from "
        "`corrections` and match again; then send those who matched.",
        vi="Đối khớp người với cơ sở dữ liệu dân cư trước; sai lệch thì sửa theo `corrections` rồi "
        "đối khớp lại; sau đó gửi những người đã khớp.",
        id="Cocokkan orang dengan register kependudukan dahulu; perbaiki ketidakcocokan menurut "
        "`corrections` dan cocokkan lagi; lalu kirim yang cocok.",
    ),
    "held-fields": Text(
        en="Ask first which fields other owners have stated already, and send the people without "
        "these.",
        vi="Trước hết hỏi những trường nào cơ quan chủ quản khác đã cung cấp, rồi gửi hồ sơ không "
        "kèm các trường đó.",
        id="Tanyakan dahulu kolom mana yang sudah dinyatakan pemilik lain, lalu kirim orang tanpa "
        "kolom itu.",
    ),
    "owners-refuse": Text(
        en="Send the units and the people; where a field is another owner's, send the record again "
        "without it.",
        vi="Gửi đơn vị và người; nếu một trường thuộc chủ quản khác thì gửi lại hồ sơ không kèm "
        "trường đó.",
        id="Kirim unit dan orang; bila sebuah kolom milik pihak lain, kirim lagi rekaman tanpa "
        "kolom itu.",
    ),
    "party-feed": Text(
        en="Send the units and the people, read the change feed, list the conflicts and settle "
        "them with the owner's value, then enter and send the change.",
        vi="Gửi đơn vị và người, đọc luồng thay đổi, liệt kê xung đột và xử lý theo giá trị của "
        "chủ quản, sau đó nhập và gửi thay đổi.",
        id="Kirim unit dan orang, baca umpan perubahan, daftar konflik dan selesaikan dengan nilai "
        "pemilik, lalu masukkan dan kirim perubahan.",
    ),
    "slow-job": Text(
        en="Send the people in one batch and wait for its job; put right what is refused from "
        "`corrections` and send it again.",
        vi="Gửi người trong một lô và chờ tác vụ; hồ sơ bị từ chối thì sửa theo `corrections` rồi "
        "gửi lại.",
        id="Kirim orang dalam satu kelompok dan tunggu tugasnya; perbaiki yang ditolak menurut "
        "`corrections` lalu kirim lagi.",
    ),
    "signer-refused": Text(
        en="Send the units and the people; the certificate that you sign with will be refused. Act "
        "as you would on that day; nothing needs to arrive.",
        vi="Gửi đơn vị và người; chứng thư dùng để ký sẽ bị từ chối. Hãy xử lý như sẽ làm vào "
        "ngày đó; không bắt buộc có hồ sơ nào đến nơi.",
        id="Kirim unit dan orang; sertifikat penanda tangan Anda akan ditolak. Bertindaklah "
        "seperti pada hari itu; tidak ada yang harus tiba.",
    ),
    "partial-acceptance": Text(
        en="Send the units and the people as loaded; put right what is refused from `corrections` "
        "and send only that again.",
        vi="Gửi đơn vị và người như đã nạp; hồ sơ bị từ chối thì sửa theo `corrections` và chỉ gửi "
        "lại hồ sơ đó.",
        id="Kirim unit dan orang seperti dimuat; perbaiki yang ditolak menurut `corrections` dan "
        "kirim hanya itu lagi.",
    ),
    "closed-unit": Text(
        en="Send the units and twelve people; a unit will be absorbed meanwhile: move its people "
        "to the unit that took it over and send them again.",
        vi="Gửi đơn vị và mười hai người; trong lúc đó một đơn vị bị sáp nhập: chuyển người sang "
        "đơn vị tiếp nhận và gửi lại.",
        id="Kirim unit dan dua belas orang; sebuah unit akan dilebur: pindahkan orangnya ke unit "
        "yang mengambil alih dan kirim lagi.",
    ),
    "new-lists": Text(
        en="Send the units; the code lists will change their version meanwhile: load them again "
        "and send the units in the new codes.",
        vi="Gửi đơn vị; trong lúc đó danh mục mã đổi phiên bản: nạp lại danh mục và gửi đơn vị "
        "theo mã mới.",
        id="Kirim unit; daftar kode akan berganti versi: muat lagi dan kirim unit dengan kode "
        "baru.",
    ),
    "change-feed": Text(
        en="Send the units and the people, read the change feed to its end and apply it, read it "
        "once more from where you stopped, then reconcile.",
        vi="Gửi đơn vị và người, đọc hết luồng thay đổi và áp dụng, đọc tiếp một lần nữa từ chỗ đã "
        "dừng, sau đó đối soát.",
        id="Kirim unit dan orang, baca umpan perubahan sampai habis dan terapkan, baca sekali lagi "
        "dari tempat berhenti, lalu rekonsiliasi.",
    ),
    "reconciliation": Text(
        en="Send the units and the people, then reconcile all four sets for `agencyCode` without "
        "reading anything before, and send again what the centre lacks or holds otherwise.",
        vi="Gửi đơn vị và người, sau đó đối soát cả bốn tập của `agencyCode` mà không đọc gì "
        "trước, rồi gửi lại phần trung ương thiếu hoặc khác.",
        id="Kirim unit dan orang, lalu rekonsiliasi keempat himpunan untuk `agencyCode` tanpa "
        "membaca apa pun sebelumnya, dan kirim lagi yang kurang atau berbeda di pusat.",
    ),
    "two-way-push": Text(
        en="Send the units and the people, then take back the profiles listed under `withdraw`; "
        "we then read your own API.",
        vi="Gửi đơn vị và người, sau đó rút các hồ sơ nêu trong `withdraw`; tiếp theo chúng tôi "
        "đọc API của chính phần mềm.",
        id="Kirim unit dan orang, lalu tarik profil dalam `withdraw`; sesudah itu kami membaca API "
        "Anda sendiri.",
    ),
    "two-way-news": Text(
        en="Send the units and the people; we then tell your own API of changes.",
        vi="Gửi đơn vị và người; tiếp theo chúng tôi báo các thay đổi cho API của chính phần mềm.",
        id="Kirim unit dan orang; sesudah itu kami memberitahukan perubahan kepada API Anda "
        "sendiri.",
    ),
    "two-way-news-next": Text(
        en="Go on with what your software holds since the mission before: send whatever is to be "
        "sent, then enter the changes and send what changed.",
        vi="Tiếp tục với dữ liệu phần mềm đang giữ từ nhiệm vụ trước: gửi những gì cần gửi, sau đó "
        "nhập các thay đổi và gửi phần thay đổi.",
        id="Lanjutkan dengan yang dipegang perangkat lunak sejak misi sebelumnya: kirim apa yang "
        "perlu dikirim, lalu masukkan perubahan dan kirim yang berubah.",
    ),
    "two-way-merger": Text(
        en="Send the units and twelve people; we then tell your own API that one unit was absorbed "
        "by another.",
        vi="Gửi đơn vị và mười hai người; tiếp theo chúng tôi báo cho API của chính phần mềm rằng "
        "một đơn vị đã sáp nhập vào đơn vị khác.",
        id="Kirim unit dan dua belas orang; sesudah itu kami memberitahukan kepada API Anda "
        "sendiri bahwa satu unit dilebur ke unit lain.",
    ),
    "two-way-merger-next": Text(
        en="Go on with what your software holds since the mission before: send whatever is to be "
        "sent, then enter the change and send it.",
        vi="Tiếp tục với dữ liệu phần mềm đang giữ từ nhiệm vụ trước: gửi những gì cần gửi, sau đó "
        "nhập thay đổi và gửi.",
        id="Lanjutkan dengan yang dipegang perangkat lunak sejak misi sebelumnya: kirim apa yang "
        "perlu dikirim, lalu masukkan perubahan dan kirim.",
    ),
    "two-way-feed": Text(
        en="Send the units and the people, read the change feed to its end and apply it, then send "
        "whatever is to be sent; we then read your own API.",
        vi="Gửi đơn vị và người, đọc hết luồng thay đổi và áp dụng, sau đó gửi những gì cần gửi; "
        "tiếp theo chúng tôi đọc API của chính phần mềm.",
        id="Kirim unit dan orang, baca umpan perubahan sampai habis dan terapkan, lalu kirim apa "
        "yang perlu dikirim; sesudah itu kami membaca API Anda sendiri.",
    ),
}
