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

import pytest

from tests.studio.conftest import SAMPLES, Server, free_port

webdriver = pytest.importorskip("selenium.webdriver", reason="the extra test-studio is not installed")
CHROMIUM, DRIVER = shutil.which("chromium") or shutil.which("google-chrome"), shutil.which("chromedriver")
pytestmark = [pytest.mark.slow,
              pytest.mark.skipif(not (CHROMIUM and DRIVER), reason="there is no Chromium with its chromedriver here")]

SECONDS = 240.0


class Page:
    """The page of a studio in a browser that can resolve no other host."""

    def __init__(self) -> None:
        options = webdriver.ChromeOptions()
        for word in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu",
                     "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", "--window-size=1280,720",
                     "--autoplay-policy=no-user-gesture-required"):
            options.add_argument(word)
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
            said = "return ['.note', '#toasts', '#command'].map((one) => document.querySelector(one)?.textContent)"
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

    def type(self, key: str, value: str) -> None:
        """Writes a setting's value, as a person does who then leaves the field."""
        self.run("const one = document.getElementById('set-' + arguments[0]); one.focus(); one.value = arguments[1];"
                 "one.dispatchEvent(new Event('change')); one.blur()", key, value)
        self.until("return document.getElementById('command').textContent.includes(arguments[0])",
                   f"--{key.replace('_', '-')} {value}")

    def job(self, state: str) -> None:
        """Waits until the job that was added last has a state."""
        self.click("[data-view=queue]")
        self.until("return [...document.querySelectorAll('.job')].at(-1)?.dataset.state === arguments[0]", state)

    def errors(self) -> list[str]:
        """What the console says that is wrong, since it was asked last."""
        return [one["message"] for one in self.driver.get_log("browser") if one["level"] == "SEVERE"]

    def hosts(self) -> set[str | None]:
        """The hosts of all requests, since it was asked last."""
        told = (json.loads(one["message"])["message"] for one in self.driver.get_log("performance"))
        asked = [one["params"]["request"]["url"] for one in told if one["method"] == "Network.requestWillBeSent"]
        return {urlsplit(address).hostname for address in asked if address.startswith(("http", "ws"))}


@pytest.fixture
def page() -> Iterator[Page]:
    from selenium.common.exceptions import WebDriverException

    try:
        opened = Page()
    except WebDriverException as error:
        pytest.skip(f"Chromium does not start here: {error.msg}")
    yield opened
    opened.driver.quit()


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
    page.click("[data-act=cancel]")
    page.job("cancelled")
    page.click("[data-act=run]")
    page.job("running")
    assert page.errors() == []
    assert page.hosts() == {"127.0.0.1"}
    server = _kill(page, server)
    page.click("[data-act=cancel]")
    page.job("cancelled")
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
