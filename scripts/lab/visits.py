"""What a browser sees of every page: run by `lab.pages` with the Python that has Playwright.

visits.py ADDRESS [FOLDER]      prints a line for each fault; FOLDER keeps a picture of each visit
"""

import itertools
import sys
from urllib.parse import urldefrag, urljoin

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDTHS, SCHEMES = (390, 1280, 1600), ("light", "dark")


class Visits:
    def __init__(self, browser, start, pictures):
        self.browser, self.start, self.pictures = browser, start, pictures
        self.faults, self.count = [], 0
        self.anchors, self.places = {}, set()

    def fault(self, where, what):
        self.faults.append(f"{where}: {what}")

    def visit(self, address, look, **options):
        """Opens a page in a browser of its own, and has it looked at."""
        context = self.browser.new_context(**options)
        page = context.new_page()
        page.on("console", lambda message: self.fault(address, f"the browser says: {message.text}"))
        page.goto(address)
        look(page)
        context.close()
        self.count += 1

    def find(self):
        """Every page within the service; what each leads to is looked at as well."""
        seen, left, pages = set(), [self.start], []
        request = self.browser.new_context().request
        while left:
            address = left.pop()
            if address in seen:
                continue
            seen.add(address)
            answer = request.get(address)
            if answer.status != 200:
                self.fault(address, f"answers {answer.status}")
            elif "text/html" in answer.headers.get("content-type", ""):
                if len(answer.body()) > 60_000:
                    self.fault(address, f"has {len(answer.body())} bytes")
                pages.append(address)
                self.visit(address, lambda page, address=address: left.extend(self.links(page, address)))
        for address, fragment in self.places:
            if address in self.anchors and fragment not in self.anchors[address]:
                self.fault(address, f"#{fragment} leads nowhere")
        return sorted(pages)

    def links(self, page, address):
        found = []
        self.anchors[address] = set(page.eval_on_selector_all("[id]", "all => all.map(one => one.id)"))
        for link in page.eval_on_selector_all("a[href]", "all => all.map(one => one.getAttribute('href'))"):
            target, fragment = urldefrag(urljoin(address, link))
            if fragment:
                self.places.add((target, fragment))
            if not target.startswith(self.start):
                self.fault(address, f"{link} leads out of the service")
            found.append(target)
        return found

    def judge(self, page, name):
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wide > 0:
            self.fault(name, f"scrolls sideways by {wide} px")
        found = Axe().run(page, options={"runOnly": {"type": "tag", "values": STANDARDS}})
        for one in found.response["violations"]:
            self.fault(name, f"{one['id']}: {one['nodes'][0]['html'][:200]}")

    def look(self, page, address, number, width, scheme):
        self.judge(page, f"{address} at {width} px, {scheme}")
        if self.pictures:
            page.screenshot(path=f"{self.pictures}/{number}-{width}-{scheme}.png", full_page=True)

    def focus(self, page, address):
        """The first stop of the keyboard leads past the menu, and every stop is seen."""
        for stop in range(6):
            page.keyboard.press("Tab")
            name, outline = page.evaluate(
                "[document.activeElement.className, getComputedStyle(document.activeElement).outlineStyle]"
            )
            if stop == 0 and name != "skip":
                self.fault(address, "the first stop of the keyboard is no way past the menu")
            if outline == "none":
                self.fault(address, f"stop {stop} of the keyboard is not seen")

    def without_scripts(self, page, address):
        if not page.inner_text("main").strip():
            self.fault(address, "is empty without JavaScript")


def unlike(pages):
    """All but those of single problems, which are alike: of these one in each language."""
    seen, chosen = set(), []
    for address in pages:
        path, _, query = address.partition("?")
        kind = (path.rpartition("/")[0], query) if "/docs/problems/" in path else address
        if kind not in seen:
            seen.add(kind)
            chosen.append(address)
    return chosen


def looks(address):
    """Widths and schemes. Pages of the documentation are many and of one build: two looks are enough for each."""
    if "/docs/" in address:
        return ((WIDTHS[0], SCHEMES[0]), (WIDTHS[1], SCHEMES[1]))
    return itertools.product(WIDTHS, SCHEMES)


def main():
    start, pictures = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else ""
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        visits = Visits(browser, start, pictures)
        pages = unlike(visits.find())
        for number, address in enumerate(pages):
            for width, scheme in looks(address):
                # axe is a script, which the policy of the pages forbids.
                visits.visit(
                    address,
                    lambda page, a=address, n=number, w=width, s=scheme: visits.look(page, a, n, w, s),
                    bypass_csp=True,
                    viewport={"width": width, "height": 900},
                    color_scheme=scheme,
                )
            # Half of the width is what twice as large a text leaves.
            visits.visit(
                address,
                lambda page, a=address: visits.judge(page, f"{a} at 200 %"),
                bypass_csp=True,
                viewport={"width": 640, "height": 450},
                device_scale_factor=2,
            )
            visits.visit(address, lambda page, a=address: visits.focus(page, a))
            visits.visit(address, lambda page, a=address: visits.without_scripts(page, a), java_script_enabled=False)
        browser.close()
    for fault in visits.faults:
        print(fault)
    print(f"{visits.count} visits of {len(pages)} pages, {len(visits.faults)} faults")
    sys.exit(1 if visits.faults else 0)


main()
