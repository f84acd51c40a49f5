"""Chromium for the end-to-end tests, and what every page has to be."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, expect, sync_playwright

from benchmarks.servers import ROOT

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update",
    "--autoplay-policy=no-user-gesture-required",
]  # fmt: skip
SIZES = [360, 1280]
PATIENCE = 20_000  # milliseconds: a busy machine draws a page late
WORKERS_PATIENCE = 120_000  # for what the worker makes
HEARD = "() => document.querySelector('#audio').currentTime > 0.1"
AXE = ROOT / "tests" / "end_to_end" / "vendor" / "axe-core" / "axe.min.js"


@contextmanager
def chromium(*more: str) -> Iterator[Browser]:
    """Debian's Chromium, with `more` flags."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright's loop runs in this thread
    expect.set_options(timeout=PATIENCE)
    try:
        with sync_playwright() as playwright:
            launched = playwright.chromium.launch(
                executable_path="/usr/bin/chromium", args=[*FLAGS, *more]
            )
            yield launched
            launched.close()
    finally:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


def hear_complaints(page: Page) -> list[str]:
    """The list that errors of the page and of its console go into."""
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    return complaints


def assert_sound(page: Page) -> None:
    """Nothing sticks out of the page, no label holds a button, and axe-core finds nothing serious."""
    width = page.viewport_size["width"]
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("label :is(button, a)").count() == 0
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    # without preload: it copies the style of the waveform, which the page's policy forbids
    found = page.evaluate("axe.run({preload: false}).then((result) => result.violations)")
    serious = [
        (one["id"], [node["html"] for node in one["nodes"]])
        for one in found
        if one["impact"] in {"serious", "critical"}
    ]
    assert serious == [], serious


def open_speak(page: Page, address: str = "/") -> None:
    """The Speak page with its voices there."""
    page.goto(address)
    page.locator("#voice-listen:enabled").wait_for()


def speak(page, text):
    """Say a text on the Speak page and wait for the end."""
    open_speak(page)
    page.locator("#text").fill(text)
    page.locator("#speak").click()
    page.locator("#download").wait_for()


class Visitors:
    """New visitors, each in a browser of their own; what the consoles say is kept."""

    def __init__(self, browser, address):
        self.browser = browser
        self.address = address
        self.complaints = []
        self.contexts = []

    def page(self, width=1280, scheme="light"):
        context = self.browser.new_context(
            locale="ru-RU",
            color_scheme=scheme,
            viewport={"width": width, "height": 800},
            base_url=self.address,
        )
        self.contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(WORKERS_PATIENCE)
        self.complaints.append(hear_complaints(page))
        return page

    def forgive(self, words):
        """Complaints that a test has caused itself."""
        for heard in self.complaints:
            heard[:] = [text for text in heard if words not in text]
