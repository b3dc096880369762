"""How quick the studio is, in Chromium: python -m tests.benchmarks.bench_studio

Prints the time from the command to the first paint; from a change of a setting to the first picture of its preview
(p50 and p95 of 20, of a picture of 640x427); how late an event of a job reaches the page, with ten jobs in the list; of
a gallery of 1,000 results the server's memory and the frames a second while it scrolls; how long the timeline takes to
draw an edit at 2,000 frames; and the speed of a render with the page open, by that of the command line.
"""

import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import PIL.Image
import psutil

from dreamvid.studio.folder import open_studio
from dreamvid.studio.jobs import Job, add
from tests.studio.conftest import SAMPLES, Server, free_port
from tests.studio.test_page import LIVE, Page

FRAMES = 120


def first_paint(folder: Path) -> tuple[Server, Page]:
    """Opens the page, and prints when it was painted."""
    page = Page()
    begun = time.time()
    server = Server(folder, "--port", str(free_port()))
    page.driver.get(server.address)
    paint = page.until("const one = performance.getEntriesByName('first-contentful-paint')[0];"
                       "return one && performance.timeOrigin + one.startTime")
    print(f"first paint: {paint / 1000 - begun:.2f} s after the command")
    page.until("return document.body.dataset.ready")
    return server, page


def previews(page: Page, picture: Path) -> None:
    """Prints how long the first picture of a preview takes."""
    page.give(picture)
    shown = "return document.getElementById('dream').getAttribute('src')?.split('/')[3]"
    page.until("return document.getElementById('dream').dataset.final === 'true'")
    taken = []
    for n in range(20):
        before = page.run(shown)
        begun = time.perf_counter()
        page.run("const one = document.getElementById('set-seed'); one.value = arguments[0];"
                 "one.dispatchEvent(new Event('change'))", str(n + 1))
        page.until(f"{shown} !== arguments[0]", before)
        taken.append(time.perf_counter() - begun)
    print(f"change to first preview: p50 {statistics.median(taken):.2f} s, p95 {sorted(taken)[18]:.2f} s")


def events(server: Server, page: Page) -> None:
    """Prints how late an event reaches the page."""
    studio = open_studio(server.folder)
    server.ask("POST", "/api/queue", {"held": True})
    jobs = [add(studio, "zoom", f"job{n}", ".mp4", {"plan": {"frames": 100}, "call": {}}) for n in range(10)]
    page.click("[data-view=queue]")
    page.until("return document.querySelectorAll('.job').length === 10")
    taken = []
    for n in range(1, 21):
        begun = time.perf_counter()
        _tell(jobs[n % 10], n)
        page.until("return [...document.querySelectorAll('.job .facts')].some((one) => one.textContent.startsWith("
                   f"'{n} of'))")
        taken.append(time.perf_counter() - begun)
    print(f"event latency with 10 jobs: p50 {statistics.median(taken):.2f} s, p95 {sorted(taken)[18]:.2f} s")
    for job in jobs:
        shutil.rmtree(job.folder)
    server.ask("POST", "/api/queue", {"held": False})


def _tell(job: Job, n: int) -> None:
    with (job.folder / "events.jsonl").open("a") as file:
        file.write(json.dumps({"at": time.time(), "event": "frame", "done": n, "total": 100}) + "\n")


def gallery(server: Server, page: Page) -> None:
    """Prints what 1,000 results cost."""
    image = PIL.Image.open(SAMPLES / "seed.jpg").resize((320, 240))
    for n in range(1000):
        image.save(server.folder / f"result-{n:04d}.jpg", quality=60)
    page.click("[data-view=gallery]")
    page.until("return document.querySelectorAll('.result').length >= 1000")
    frames = page.driver.execute_async_script("""
        const done = arguments[0], view = document.getElementById('gallery'), begun = performance.now(); let frames = 0;
        const next = () => { frames++; view.scrollTop += 12;
          performance.now() - begun < 4000 ? requestAnimationFrame(next) : done(frames / 4); };
        requestAnimationFrame(next);""")
    memory = psutil.Process(server.process.pid).memory_info().rss / 1e6
    print(f"1,000 results: scrolls at {frames:.0f} frames/s; the server takes {memory:.0f} MB")
    for path in server.folder.glob("result-*.jpg"):
        path.unlink()


def timeline(page: Page, picture: Path) -> None:
    """Prints how long an edit of a curve takes to be drawn."""
    page.click("[data-view=create]")
    page.click("[data-kind=zoom]")
    page.give(picture)
    for key, value in (("frames", "2000"), ("rotate", "0s: 0; 30s: 20; 60s: -5")):
        page.run("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        page.until("return document.getElementById('set-' + arguments[0])", key)
        page.run("const one = document.getElementById('set-' + arguments[0]); one.value = arguments[1];"
                 "one.dispatchEvent(new Event('change'))", key, value)
    page.until("return document.querySelector('[data-lane=rotate]')")
    taken = []
    for n in range(10):
        page.run("""const one = document.querySelector('#timeline canvas'), box = one.getBoundingClientRect();
            const at = (kind, x, y) => one.dispatchEvent(new PointerEvent(kind, { clientX: box.left + x,
              clientY: box.top + y, pointerId: 1, bubbles: true }));
            one.setPointerCapture = () => {}; const middle = 12 + (box.width - 24) * 30 / (2000 / 30);
            at('pointerdown', middle, 40); at('pointermove', middle + 1, 30 + arguments[0]);
            at('pointerup', middle, 40);
        """, n)
        taken.append(float(page.run("return document.querySelector('#timeline canvas').dataset.took || 0")))
        page.run("return document.body.offsetHeight")
    print(f"an edit of the timeline at 2,000 frames is drawn in {max(taken):.1f} ms at most")
    page.click("#reset")


def speed(server: Server, page: Page, picture: Path, folder: Path) -> None:
    """Prints the speed of a render with the page open, by that of the command line."""
    words = ["zoom", str(picture), "--size", "320", "--frames", str(FRAMES), "-o", str(folder / "alone.mp4"), "--json"]
    alone = json.loads(subprocess.run([sys.executable, "-m", "dreamvid", *words], capture_output=True, text=True,
                                      check=True).stdout)["seconds"]
    source = server.send(picture.read_bytes(), "seed.jpg").json["id"]
    asked = {"command": "zoom", "settings": {"size": 320, "frames": FRAMES}, "source": source, "preset": ""}
    job = server.ask("POST", "/api/jobs", asked).json["job"]["id"]
    page.click("[data-view=queue]")
    page.until("return document.querySelector('.job')?.dataset.state === 'running'")
    page.run("document.querySelector('.job .picture').click()")
    page.until(LIVE)
    while server.ask("GET", f"/api/jobs/{job}").json["state"] == "running":
        time.sleep(0.5)
    lines = (server.folder / ".studio" / "jobs" / job / "events.jsonl").read_text().splitlines()
    told = [json.loads(line) for line in lines]
    first = next(one for one in told if one["event"] == "step")
    watched = told[-1]["at"] - first["at"]
    print(f"a render of {FRAMES} frames: {alone:.1f} s on the command line, {watched:.1f} s with the page open")


def main() -> None:
    """Measures all."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        picture = folder / "seed.png"
        PIL.Image.open(SAMPLES / "seed.jpg").resize((640, 427)).save(picture)
        server, page = first_paint(folder / "films")
        try:
            previews(page, picture)
            events(server, page)
            gallery(server, page)
            timeline(page, picture)
            speed(server, page, picture, folder)
        finally:
            page.driver.quit()
            server.stop()


if __name__ == "__main__":
    main()
