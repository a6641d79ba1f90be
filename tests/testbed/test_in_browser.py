"""The live page in a real browser: it follows by itself, asks nobody else, shuts nobody out."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
import pytest

from tests.app.tools import wait_until

pytestmark = pytest.mark.long

ROOT = Path(__file__).parents[2]
PUSHER = Path(__file__).with_name("pusher.py")
#: Debian's, and what other systems call it.
NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
#: No window, nothing fetched by the browser itself, no sandbox for root.
SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
#: From the moment an exchange was answered to the moment its mission is green on the page.
SOON = 1.0

#: Keeps when each mission came to its verdict, by the page's own clock.
NOTING = """() => {
  window.decided = {};
  const look = () => {
    for (const card of document.querySelectorAll("li.mission")) {
      for (const verdict of ["PASS", "FAIL", "INCONCLUSIVE", "ERROR"]) {
        if (card.classList.contains(verdict)) window.decided[card.id] ??= [verdict, Date.now()];
      }
    }
  };
  new MutationObserver(look).observe(document.body, { childList: true, subtree: true });
  look();
}"""


@pytest.fixture(scope="module")
def browser():
    if CHROMIUM is None:
        pytest.skip(f"no Chromium here: install one of {', '.join(NAMES)}, or set CHROMIUM")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser):
    """A page that notes what it asks for and what it complains of."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    made = context.new_page()
    made.asked, made.wrong = [], []
    made.on("request", lambda request: made.asked.append(request.url))
    made.on("pageerror", lambda error: made.wrong.append(str(error)))
    made.on(
        "console",
        lambda said: made.wrong.append(said.text) if said.type in ("error", "warning") else None,
    )
    yield made
    context.close()


class Running:
    """A test bed in a process of its own."""

    def __init__(self, folder, *arguments, mutant=None, wait=True):
        self.folder = folder
        self._go = folder / "go"
        self._go.mkdir()
        call = "from conformance.cli.main import main; main()"
        command = [sys.executable, "-c", call, "testbed", *arguments]
        if wait:
            push = " ".join(filter(None, (f'"{sys.executable}" "{PUSHER}"', mutant)))
            command += ["--exec", push]
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join((str(ROOT / "src"), str(ROOT))),
            "PUSHER_WAITS_IN": str(self._go),
        }
        self.process = subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        self.url = self.base = ""
        for line in self.process.stderr:
            found = re.search(r": (https?://127\.0\.0\.1:\d+)$", line.strip())
            if found and not self.base:
                self.base = found[1]
            elif found:
                self.url = found[1]
                break

    def go(self, mission):
        (self._go / mission).touch()

    def ended(self):
        self.process.communicate(timeout=120)
        return self.process.returncode


@contextmanager
def running(folder, *arguments, **more):
    bed = Running(folder, *arguments, **more)
    try:
        yield bed
    finally:
        if bed.process.poll() is None:
            # Not killed: it must end the command that it started.
            bed.process.terminate()
        bed.process.communicate()


#: Few missions, in this order.
FEW = ("--class", "consumer-sync", "--seed", "7")
MISSIONS = ("three-people", "eleven-people", "lost-acknowledgement", "busy-server")


#: What the bed tells everybody who asks: it guards nobody's data.
DEMO = {"client_id": "demo-agency", "client_secret": "demo-secret-not-for-production"}
UNSIGNED = {"header": {}, "records": [{"profile": {}}]}


def violations(page):
    """What axe finds, as (rule, places)."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    return [(v["id"], [node["target"] for node in v["nodes"]]) for v in found]


def only_its_own(page, bed):
    return {url for url in page.asked if not url.startswith((f"{bed.url}/", "data:"))} == set()


def test_each_mission_turns_green_within_a_second_of_its_last_exchange(page, tmp_path):
    with running(tmp_path, "--seed", "7") as bed:
        page.goto(bed.url)
        page.evaluate(NOTING)
        bed.go("all")
        page.wait_for_selector("#line:has-text('ended')", timeout=300_000)

        assert bed.ended() == 0
        decided = page.evaluate("window.decided")
        # What a mission says of itself ends with its last exchange, by the evidence.
        report = json.loads((tmp_path / "conformance-out/report.json").read_text("utf-8"))
        assert {verdict for verdict, _ in decided.values()} == {"PASS"}
        assert len(decided) == page.locator("li.mission").count()
        assert report["summary"]["verdict"] == "PASS"
        late = {}
        for number, at in answered(tmp_path / "conformance-out").items():
            late[number] = decided[f"mission-{number}"][1] / 1000 - at
        assert len(late) > len(MISSIONS)
        assert all(0 <= seconds < SOON for seconds in late.values()), late
    assert page.wrong == []
    assert only_its_own(page, bed)


def answered(out):
    """Mission number -> when its last exchange was answered, by the evidence."""
    plan = json.loads((out / "plan.json").read_text("utf-8"))
    order = {scenario["id"]: n for n, scenario in enumerate(plan["scenarios"], start=1)}
    found = {}
    for journal in (out / "evidence").iterdir():
        lines = [json.loads(line) for line in journal.read_text("utf-8").splitlines()]
        for event in lines:
            if event["kind"] == "mission":
                last = event["answer"]["traffic"][-1]
                at = datetime.fromisoformat(last["at"]).timestamp() + last["elapsed"]
                found[order[lines[0]["scenario"]]] = at
    return found


def test_a_reload_shows_what_the_stream_showed_and_no_disturbance_is_told_before(page, tmp_path):
    with running(tmp_path, *FEW) as bed:
        page.goto(bed.url)
        for mission in MISSIONS[:2]:
            bed.go(mission)
        page.wait_for_selector("#mission-3.acting")
        # Its brief says that the line will break; that it did is told when it did.
        assert "on purpose" not in page.inner_text("main")
        page.wait_for_selector("#mission-2.PASS")
        seen = page.inner_text("#missions"), page.inner_text("#exchanges"), page.inner_text("#now")
        page.reload()
        again = page.inner_text("#missions"), page.inner_text("#exchanges"), page.inner_text("#now")
        assert again == seen

        bed.go(MISSIONS[2])
        page.wait_for_selector(".deed:has-text('on purpose')")
        assert page.wrong == []


def test_what_fails_is_shown_with_its_rule_and_place(page, tmp_path):
    with running(tmp_path, *FEW, mutant="SignsBeforeEditing") as bed:
        page.goto(bed.url)
        bed.go(MISSIONS[0])
        page.wait_for_selector("#mission-1.FAIL")

        broken = page.locator("li.arrival.FAIL")
        assert broken.count() == 1
        assert "VN-CSYN-003" in broken.inner_text()
        assert "/records/0" in broken.inner_text()
        assert "does not match the canonical record" in broken.inner_text()
        assert "Sign last" in page.inner_text("#mission-1")
        # No secret of the run, in what is shown or in what is folded.
        assert "demo-secret" not in page.content()


def violations_in_both_schemes(pages):
    found = {}
    for language, page in pages.items():
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            found[language, scheme] = violations(page)
    return {look: broken for look, broken in found.items() if broken}


def unfold(page):
    for summary in page.locator("summary").all():
        if summary.is_visible() and not summary.evaluate("s => s.parentElement.open"):
            summary.click()


def test_axe_finds_nothing_and_a_phone_needs_no_scrolling_to_the_side(page, tmp_path):
    with running(tmp_path, *FEW, mutant="SignsBeforeEditing") as bed:
        page.goto(bed.url)
        assert violations(page) == []
        for mission in MISSIONS[:3]:
            bed.go(mission)
        page.wait_for_selector("#mission-4.acting")
        page.wait_for_selector("#mission-3.PASS, #mission-3.FAIL")
        for language in ("vi", "id", "en"):
            page.goto(f"{bed.url}/?lang={language}")
            assert page.evaluate("document.documentElement.lang") == language
            assert violations(page) == []
            unfold(page)
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme)
                assert violations(page) == [], (language, scheme)
            page.set_viewport_size({"width": 360, "height": 740})
            assert page.evaluate("document.documentElement.scrollWidth") <= 360, language
            page.set_viewport_size({"width": 1280, "height": 900})
        assert page.wrong == []
        assert only_its_own(page, bed)


def test_axe_finds_nothing_from_the_start_to_the_end_in_any_language(page, tmp_path):
    with running(tmp_path, *FEW, "--port", "0", wait=False) as bed:
        pages = {language: page.context.new_page() for language in ("vi", "id", "en")}
        for language, each in pages.items():
            each.goto(f"{bed.url}/?lang={language}")
            each.wait_for_selector("#do-wait")
        pages["vi"].click("#do-wait")
        assert violations_in_both_schemes(pages) == {}

        asked = {"grant_type": "client_credentials", **DEMO}
        token = httpx.post(f"{bed.base}/oauth2/token", data=asked).json()["access_token"]
        for authorization in ("Bearer wrong", f"Bearer {token}"):
            headers = {"Authorization": authorization}
            httpx.post(f"{bed.base}/v1/trial-sync", json=UNSIGNED, headers=headers)
        for each in pages.values():
            each.wait_for_selector("#exchange-3 .hint")
            unfold(each)
        assert violations_in_both_schemes(pages) == {}

        pages["en"].click("#do-finish")
        for each in pages.values():
            each.wait_for_selector("#mission-1.FAIL")
            each.check("#all")
            assert each.locator("li.waits").last.is_visible()
        assert violations_in_both_schemes(pages) == {}

        for number in range(2, len(MISSIONS) + 1):
            pages["en"].wait_for_selector(f"#mission-{number}.acting")
            pages["en"].click("#do-finish")
        for each in pages.values():
            each.wait_for_selector("#now:not(:has(#do-finish)):has(code)")
        assert bed.ended() == 1
        assert violations_in_both_schemes(pages) == {}


def test_without_a_stream_a_reload_shows_the_same_and_the_buttons_work(page, tmp_path):
    with running(tmp_path, *FEW, "--port", "0", wait=False) as bed:
        page.route("**/events*", lambda route: route.abort())
        page.goto(bed.url)
        wait_until(
            lambda: page.reload() and page.locator("#do-wait").count(),
            because="the first mission begins",
        )
        httpx.post(f"{bed.base}/v1/trial-sync", json=UNSIGNED)

        def shown(selector):
            page.reload()
            return page.locator(selector).count()

        refused = "#exchange-1:has-text('access token')"
        wait_until(lambda: shown(refused), because="a reload shows the exchange")
        with page.expect_navigation():
            page.click("#do-wait")
        page.wait_for_selector("#do-wait:has-text('No longer')")
        with page.expect_navigation():
            page.click("#do-finish")
        judged = "#mission-1.FAIL, #mission-1.INCONCLUSIVE"
        wait_until(lambda: shown(judged), because="a reload shows the verdict")


def test_the_clock_is_the_readers_and_runs_down(browser, tmp_path):
    context = browser.new_context(timezone_id="Asia/Ho_Chi_Minh")
    page = context.new_page()
    with running(tmp_path, *FEW, "--port", "0", wait=False) as bed:
        page.goto(bed.url)
        wait_until(
            lambda: page.reload() and page.locator("#do-wait").count(),
            because="the first mission begins",
        )
        httpx.post(f"{bed.base}/v1/trial-sync", json=UNSIGNED)
        page.wait_for_selector("time.left")
        stated = page.get_attribute("#exchange-1 time", "datetime")
        here = datetime.fromisoformat(stated).astimezone(ZoneInfo("Asia/Ho_Chi_Minh"))
        assert page.inner_text("#exchange-1 time") == f"{here:%H:%M:%S}"
        seen = page.inner_text("time.left")
        page.wait_for_function(
            "seen => document.querySelector('time.left').innerText != seen", arg=seen
        )
        seconds = [
            int(re.search(r"\((\d+) s\)", text)[1]) for text in (seen, page.inner_text("time.left"))
        ]
        assert 60 >= seconds[0] > seconds[1] > 0
    context.close()


def test_a_person_ends_his_turn_by_keyboard_alone(page, tmp_path):
    with running(tmp_path, *FEW, "--port", "0", wait=False) as bed:
        page.goto(bed.url)
        page.wait_for_selector("#do-finish")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
        for _ in range(20):
            if page.evaluate("document.activeElement.id") == "do-finish":
                break
            page.keyboard.press("Tab")
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.wait_for_selector("#do-wait:has-text('No longer')")

        page.keyboard.press("Shift+Tab")
        page.keyboard.press("Enter")
        page.wait_for_selector("#mission-1.INCONCLUSIVE")
        # A reader who cannot see hears it.
        page.wait_for_selector("#said:has-text('Mission')", state="attached")
        assert page.wrong == []


def test_the_page_comes_back_by_itself_when_the_line_was_cut(page, tmp_path):
    with running(tmp_path, *FEW) as bed:
        page.goto(bed.url)
        page.wait_for_selector("#line:has-text('Live')")
        page.context.set_offline(True)
        bed.go(MISSIONS[0])
        page.context.set_offline(False)
        page.wait_for_selector("#mission-1.PASS", timeout=20_000)
