"""Text in its older encodings is recognised, and nobody who writes rightly is accused."""

from __future__ import annotations

import csv
import unicodedata
from datetime import date

import pytest

from conformance.catalogue import packs
from conformance.datafiles.encodings import CP1258, NFD, TCVN3, UTF8, VNI, recognise
from conformance.datafiles.syllables import is_syllable
from conformance.model.json import walk
from tests.datafiles import written

#: As they stand: minority names and places, and names of other languages with Latin-1 letters.
RIGHT = """
Y Moan Ênuôl|H'Hen Niê|Y Bhiôk Niê Kđăm|Y Blô Mlô|Krông Bkrông|Ê Đê|Niê Kdăm|Rơ Châm|Kpă Klơng
Ksor Phước|Giàng A Páo|Vừ Mí Kẻ|Thào Mí Só|Đàng Năng Thọ|Bá Thị Nỡ|Thạch Sà Khêl|Điểu K'Rứ|Y Ñuê
H'Ñuăn|Mông|Hmông|Chăm|Hà Nhì|Lô Lô|Tà Ôi|Bru - Vân Kiều|Xơ Đăng|Gié Triêng|Êban Y Phu|Rcom Sa Duyên
Nay Hơlan|Lò Văn Én|Ayŭn|Čư M'gar|Ô̆ng|Đắk Lắk|Ea H'leo|José|René|Müller|Noël|Zoë|München|François
café|résumé|naïve|façade|Bjørn Åse|Ñandú|São Paulo|Côte d'Ivoire|Élysée|Böhm Köln|Curaçao
Ménard Hélène|déjà vu|à la carte|Göttingen|25 µm ± 3 µm|© 2024 ½ km|Microsoft® Windows™|10 °C|«abc»
Université de Genève|Hoà Bình|Hòa Bình|Thuý|Thúy|Quý|Lê|Ôn|Tô Ngân|Phù Yên|Lâm Hà|Là|Ngô Bảo Châu
""".replace("\n", "|").split("|")


@pytest.fixture(scope="module")
def people():
    pack = packs.load(packs.default())
    return pack.plugin.people(seed=11, count=1500, as_of=date(2026, 7, 1))


@pytest.fixture(scope="module")
def names(people):
    capitals = [person["birthFullName"] for person in people]
    return [*capitals, *(name.title() for name in capitals)]


def shown(encode):
    return lambda text: written.shown(encode(text))


@pytest.mark.parametrize(
    ("encoding", "write"),
    [
        (TCVN3, shown(written.tcvn3)),
        (VNI, shown(written.vni)),
        (CP1258, shown(written.cp1258)),
        (UTF8, shown(str.encode)),
    ],
)
def test_eight_bit_text_is_recognised_and_read_aright(encoding, write, names):
    changed = [(name, write(name)) for name in names if write(name) != name]
    found = [(name, recognise(text)) for name, text in changed]
    right = [n for n, r in found if r and r.encoding == encoding and r.reads.lower() == n.lower()]
    wrong = [(n, r) for n, r in found if r and n not in set(right)]
    # A name of which nothing but two letters changed proves nothing: silence is right.
    assert len(right) > 0.98 * len(found)
    assert len(wrong) < 0.001 * len(found)


def test_decomposed_text_is_always_recognised(names):
    for name in names:
        apart = unicodedata.normalize("NFD", name)
        if apart != name:
            found = recognise(apart)
            assert (found.encoding, found.reads) == (NFD, name)


def test_tones_apart_from_composed_letters_come_from_windows_1258(names):
    for name in names:
        apart = written.half(name)
        if apart != name:
            found = recognise(apart)
            whole = apart == unicodedata.normalize("NFD", name)
            assert (found.encoding, found.reads) == (NFD if whole else CP1258, name)


def test_what_is_generated_is_not_accused(people):
    texts = {value for person in people for _, value in walk(person) if isinstance(value, str)}
    assert len(texts) > 10_000
    assert [text for text in texts if recognise(text)] == []


def test_code_lists_are_not_accused():
    root = packs.load(packs.default()).root / "codelists"
    texts = {
        cell
        for path in root.glob("*.csv")
        for row in csv.reader(path.read_text(encoding="utf-8").splitlines())
        for cell in row
    }
    assert len(texts) > 10_000
    assert [text for text in texts if recognise(text)] == []


@pytest.mark.parametrize("text", [text for text in RIGHT if text])
def test_other_names_are_left_alone(text):
    assert recognise(text) is None


def test_only_what_is_asked_for_is_recognised():
    text = written.shown(written.tcvn3("Nguyễn Văn Đức"))
    assert recognise(text).reads == "Nguyễn Văn Đức"
    assert recognise(text, (VNI, NFD)) is None


def test_capitals_of_a_font_are_told_as_capitals():
    assert recognise(written.shown(written.tcvn3("NGUYỄN THỊ DIỄM"))).reads == "NGUYỄN THỊ DIỄM"


def test_generated_names_are_syllables(names):
    words = {word for name in names for word in name.split()}
    assert [word for word in words if not is_syllable(word)] == []


@pytest.mark.parametrize("word", ["Nguyêñ", "hảỉ", "bạcà", "các̀", "bàc", "tòan", "Jos", "kr"])
def test_what_is_no_syllable(word):
    assert not is_syllable(unicodedata.normalize("NFC", word))
