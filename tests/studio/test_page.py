"""The page in a real browser: the steps that a newcomer takes, with the real network on a small picture."""

import json
import os
import shutil
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import PIL.Image
import pytest

from tests.studio.conftest import SAMPLES, Server, free_port
from tests.studio.test_guard import recipe_text

webdriver = pytest.importorskip("selenium.webdriver", reason="the extra test-studio is not installed")
Keys = webdriver.Keys
CHROMIUM, DRIVER = shutil.which("chromium") or shutil.which("google-chrome"), shutil.which("chromedriver")
pytestmark = [pytest.mark.slow,
              pytest.mark.skipif(not (CHROMIUM and DRIVER), reason="there is no Chromium with its chromedriver here")]

SECONDS = 240.0


class Page:
    """The page of a studio in a browser that can resolve no other host."""

    def __init__(self, *, javascript: bool = True) -> None:
        options = webdriver.ChromeOptions()
        for word in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu",
                     "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", "--window-size=1280,720",
                     "--autoplay-policy=no-user-gesture-required"):
            options.add_argument(word)
        if not javascript:
            options.add_experimental_option("prefs", {"profile.managed_default_content_settings.javascript": 2})
        options.binary_location = str(CHROMIUM)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        self.driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(str(DRIVER)))
        self.driver.set_page_load_timeout(SECONDS)
        self.driver.set_script_timeout(SECONDS)

    def open(self, address: str) -> None:
        """Opens an address, and waits until the page is ready."""
        self.driver.get(address)
        self.until("return document.body?.dataset.ready")

    def run(self, script: str, *values: object) -> Any:
        """What a script returns."""
        return self.driver.execute_script(script, *values)

    def until(self, script: str, *values: object) -> Any:
        """Waits until a script returns something that is true."""
        end = time.monotonic() + SECONDS
        while not (found := self.run(script, *values)):
            said = ("return ['.note', '#toasts', '#command', '#jobs']"
                    ".map((one) => document.querySelector(one)?.textContent)")
            assert time.monotonic() < end, f"this did not come: {script}; the page says {self.run(said)}"
            time.sleep(0.1)
        return found

    def click(self, selector: str) -> None:
        """Clicks the first element of a selector, once it is there."""
        self.until("return document.querySelector(arguments[0])", selector)
        self.run("document.querySelector(arguments[0]).click()", selector)

    def give(self, path: Path) -> None:
        """Gives a file to the page."""
        self.driver.find_element("id", "file").send_keys(str(path))

    def press(self, *keys: str | tuple[str, str]) -> None:
        """Presses keys one after the other; of a pair, the first is held."""
        pressed = webdriver.ActionChains(self.driver)
        for key in keys:
            held, last = ("", key) if isinstance(key, str) else key
            pressed = pressed.key_down(held).send_keys(last).key_up(held) if held else pressed.send_keys(last)
        pressed.perform()

    def type(self, key: str, value: str) -> None:
        """Writes a setting's value, as a person does who then leaves the field."""
        self.run("const one = document.getElementById('set-' + arguments[0]); one.focus(); one.value = arguments[1];"
                 "one.dispatchEvent(new Event('change')); one.blur()", key, value)
        self.until("const line = document.getElementById('command').textContent.replaceAll(\"'\", '');"
                   "return line.includes(arguments[0])", f"--{key.replace('_', '-')} {value}")

    def job(self, state: str) -> None:
        """Waits until the job that was added last has a state."""
        self.click("[data-view=queue]")
        self.until("return [...document.querySelectorAll('.job')].at(-1)?.dataset.state === arguments[0]", state)

    def cancel(self) -> None:
        """Cancels the job that was added last, as often as the page offers it."""
        self.click("[data-view=queue]")
        self.until("document.querySelector('[data-act=cancel]')?.click();"
                   "return [...document.querySelectorAll('.job')].at(-1)?.dataset.state === 'cancelled'")

    def errors(self) -> list[str]:
        """What the console says that is wrong, since it was asked last."""
        return [one["message"] for one in self.driver.get_log("browser") if one["level"] == "SEVERE"]

    def hosts(self) -> set[str | None]:
        """The hosts of all requests, since it was asked last."""
        told = (json.loads(one["message"])["message"] for one in self.driver.get_log("performance"))
        asked = [one["params"]["request"]["url"] for one in told if one["method"] == "Network.requestWillBeSent"]
        return {urlsplit(address).hostname for address in asked if address.startswith(("http", "ws"))}


def opened(**options: bool) -> Page:
    from selenium.common.exceptions import WebDriverException

    try:
        return Page(**options)
    except WebDriverException as error:
        pytest.skip(f"Chromium does not start here: {error.msg}")


@pytest.fixture
def page() -> Iterator[Page]:
    found = opened()
    yield found
    found.driver.quit()


LIVE = "const one = document.querySelector('img.live'); return one && one.dataset.frame && one.naturalWidth > 0"
FINAL = "const one = document.getElementById('dream'); return one.dataset.final === 'true' && one.getAttribute('src')"


@pytest.mark.skipif(os.name != "posix", reason="kills a process")
def test_a_newcomer_makes_a_film(page: Page, tmp_path: Path) -> None:
    server = Server(tmp_path / "films", "--port", str(free_port()))
    try:
        server = _walk(page, server)
    finally:
        server.stop()


def _walk(page: Page, server: Server) -> Server:
    page.open(server.address)
    page.click("[data-kind=zoom]")
    page.type("size", "96")
    page.give(SAMPLES / "seed.jpg")  # drop
    first = page.until(FINAL)  # a preview appears
    page.click("[data-look=strokes]")  # look
    second = page.until(FINAL.replace("return", f"if (one.getAttribute('src') === '{first}') return false; return"))
    slider = "const one = document.querySelector('.row:has(#set-octaves) [type=range]'); one.value = 60;" \
             "one.dispatchEvent(new Event('input'))"
    page.run(slider)  # change a slider
    page.until(FINAL.replace("return", f"if (one.getAttribute('src') === '{second}') return false; return"))
    page.type("seconds", "600")
    page.click("#render:not([disabled])")
    page.until(LIVE)  # frames arrive
    page.driver.refresh()  # reload in the middle
    page.until("return document.body?.dataset.ready")
    page.job("running")
    page.cancel()
    page.click("[data-act=run]")
    page.job("running")
    assert page.errors() == []
    assert page.hosts() == {"127.0.0.1"}
    server = _kill(page, server)
    page.cancel()
    _finish(page, server.folder)
    assert page.hosts() == {"127.0.0.1"}
    return server


def _kill(page: Page, server: Server) -> Server:
    """Kills the server and its job in the middle; the page goes on when it is started again."""
    job = next((server.folder / ".studio" / "jobs").glob("*/events.jsonl"))
    server.process.send_signal(signal.SIGKILL)
    server.process.wait()
    started = [json.loads(line)["pid"] for line in job.read_text().splitlines() if '"started"' in line]
    os.kill(started[-1], signal.SIGKILL)
    page.until("return !document.getElementById('lost').hidden")
    again = Server(server.folder, "--port", str(server.port))
    page.until("return document.getElementById('lost').hidden")
    page.job("running")
    page.errors()  # that nobody answered is said there
    return again


def _finish(page: Page, folder: Path) -> None:
    """Makes a short film, plays it, and drops it: the settings are back."""
    page.click("[data-view=create]")
    page.type("seconds", "0.2")
    page.click("#render:not([disabled])")
    page.job("done")
    page.run("[...document.querySelectorAll('.job')].at(-1).querySelector('.picture').click()")
    page.until("const film = document.getElementById('film'); return film && film.readyState > 1 && film.duration > 0")
    page.click("#reset")
    page.until("return !document.getElementById('command').textContent.includes('96')")
    page.give(folder / "seed-zoom-2.mp4")
    page.click("#use-all")
    page.until("const line = document.getElementById('command').textContent;"
               "return line.includes('--size 96') && line.includes('--frames 6') && line.includes('--layers block4')")
    name = "<img src=x onerror=window.harmed=1>.png"
    shutil.copy(SAMPLES / "looks" / "petals.webp", folder / name)
    page.click("[data-view=gallery]")
    page.until("return [...document.querySelectorAll('.result')].some((one) => one.dataset.name === arguments[0])",
               name)
    assert page.run("return window.harmed") is None


def test_results_are_compared_and_made_again_by_their_recipe(page: Page, tmp_path: Path) -> None:
    for name in ("strokes.jpg", "dream.jpg", "seed.jpg"):
        shutil.copy(SAMPLES / name, tmp_path / ("moved.jpg" if name == "seed.jpg" else name))
    server = Server(tmp_path, "--port", str(free_port()))
    server.ask("POST", "/api/queue", {"held": True})
    try:
        page.open(server.address)
        page.click("[data-view=gallery]")
        card = "return document.querySelector('[data-name=\"strokes.jpg\"] .text')?.textContent"
        page.until(f"{card}?.includes('layers block4')")
        assert "{}×{}".format(*PIL.Image.open(SAMPLES / "strokes.jpg").size) in page.run(card)
        page.click("[data-name='strokes.jpg'] .dots")
        page.click("[data-act=compare]")
        page.click("[data-name='dream.jpg'] .picture")
        page.until("return document.querySelector('.two')?.textContent.includes('block4')")
        page.press(Keys.ESCAPE)
        page.click("[data-name='strokes.jpg'] .dots")
        page.click("[data-act=again]")
        page.until("return document.getElementById('again')")
        page.run("document.querySelector('.over-row input').value = '3; 4'")
        page.click("#again")
        page.until("return document.getElementById('toasts').textContent.includes('2 are in the queue')")
        jobs = [server.ask("GET", f"/api/jobs/{one['id']}").json for one in server.ask("GET", "/api/jobs").json["jobs"]]
        made = [job["draft"]["settings"] for job in jobs]
        assert [(one["layers"], one["seed"]) for one in made] == [("block4", "3"), ("block4", "4")]
        assert page.errors() == []
    finally:
        server.stop()


def test_keyframes_are_changed_by_keyboard_alone(page: Page, tmp_path: Path) -> None:
    server = Server(tmp_path / "films", "--port", str(free_port()))
    try:
        page.open(server.address)
        page.click("[data-kind=zoom]")
        page.give(SAMPLES / "seed.jpg")
        page.run("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        page.type("rotate", "0s: 0; 3s: 20; 6s: -5")
        page.until("return document.querySelector('[data-lane=rotate]')")
        page.run("document.querySelector('#timeline canvas').focus()")
        page.press(Keys.ARROW_RIGHT)
        _spoken(page, "rotate, key 1 of 3, at 0 s: 0")
        page.press(Keys.ARROW_RIGHT)
        _spoken(page, "rotate, key 2 of 3, at 3 s: 20")
        page.press((Keys.SHIFT, Keys.ARROW_RIGHT), (Keys.SHIFT, Keys.ARROW_UP))
        _curve(page, "0s: 0; 3.033s: 20.77; 6s: -5")
        page.press(Keys.ENTER)
        _curve(page, "0s: 0; 3.033s: 20.77; 4.516s: 7.885; 6s: -5")
        page.press(Keys.DELETE, Keys.DELETE)
        _curve(page, "0s: 0; 6s: -5")
        assert page.errors() == []
    finally:
        server.stop()


def _spoken(page: Page, text: str) -> None:
    page.until("return document.getElementById('keyframe').textContent === arguments[0]", text)


def _curve(page: Page, text: str) -> None:
    """Waits until the text of the curve, and the command, have a value."""
    page.until("return document.querySelector('[data-lane=rotate]').value === arguments[0]", text)
    page.until("return document.getElementById('command').textContent.includes(arguments[0])", text)


def test_a_hostile_recipe_is_shown_as_text(page: Page, tmp_path: Path) -> None:
    server = Server(tmp_path / "films", "--port", str(free_port()))
    (tmp_path / "a.toml").write_bytes(recipe_text())
    try:
        page.open(server.address)
        page.give(tmp_path / "a.toml")
        page.until("return document.querySelector('[role=dialog]')?.textContent.includes('<img src=x onerror')")
        page.click("#use-all")
        page.until("return document.getElementById('set-layers').value.startsWith('<img')")
        assert page.run("return window.harmed") is None
        assert page.errors() == []
    finally:
        server.stop()


def test_a_browser_without_javascript_is_told_so(tmp_path: Path) -> None:
    server, page = Server(tmp_path / "films", "--port", str(free_port())), opened(javascript=False)
    try:
        page.driver.get(server.address)
        assert "needs JavaScript" in page.driver.find_element("class name", "alone").text
    finally:
        page.driver.quit()
        server.stop()
