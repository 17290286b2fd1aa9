"""What people do behind the sign-in, in Debian's Chromium: run by `lab.pages` with the Python that has Playwright.

road.py ADDRESS KEYS [FOLDER]      KEYS: lines of AGENCY=KEY; prints a line for each fault; FOLDER keeps pictures

First a case goes the legal road through the forms of five agencies, without JavaScript. Then every page that links
lead to is looked at, for each key and language.
"""

import datetime
import pathlib
import re
import sys
from urllib.parse import urldefrag, urljoin, urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDTHS = (390, 1280, 1600)
# Pages of one kind that are looked at for one key and language: they have one template.
PAGES_OF_A_KIND = 1


class Fault(Exception):
    pass


class Person:
    """Somebody with a key and a browser of their own."""

    def __init__(self, browser, start, key, language, **options):
        self.start, self.context = start, browser.new_context(**options)
        self.page = self.context.new_page()
        self.page.goto(f"{start}app/sign-in?lang={language}")
        self.page.fill("#key", key)
        self.page.click("main button")
        if "/app/sign-in" in self.page.url:
            raise Fault(f"does not sign in: {self.page.inner_text('main')}")

    def go(self, path):
        return self.page.goto(urljoin(self.start, path))

    def fill(self, values):
        for name, value in values.items():
            field = self.page.locator(f'main [name="{name}"]:not([type="hidden"])')
            if field.evaluate("one => one.tagName") == "SELECT":
                field.select_option(value)
            else:
                field.fill(value)

    def send(self, path, values):
        """Fills a form in, looks at the preview, and sends it."""
        self.go(path)
        self.fill(values)
        self.page.click('button[value="preview"]')
        if not self.page.locator("#preview").count():
            raise Fault(f"{path} has no preview: {self.page.inner_text('main')[:600]}")
        self.page.click('button[value="send"]')
        if not self.page.locator("main > .said[role=status]").count():
            raise Fault(f"{path} was not taken: {self.page.inner_text('main')[:600]}")


def require(condition, what):
    if not condition:
        raise Fault(what)


def walk(browser, start, keys):
    """The legal road of a case, by five agencies, without JavaScript."""
    today = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=7)).date().isoformat()
    people = {who: Person(browser, start, key, "id", java_script_enabled=False) for who, key in keys.items()}
    reporter = people["BAWASLU"]
    report = {
        "election": "pilkada-2024", "region": "33.09", "institution": "33.09", "violation": "DS-06",
        "subject.name": "Pegawai Contoh Halaman", "subject.nip": "198001012005011001",
        "subject.position_level": "pelaksana", "act.occurred_on": today, "act.channel": "social_media",
        "act.narrative": "Uraian contoh.\nBaris kedua.", "source.kind": "laporan", "source.agency_ref": "HALAMAN-1",
        "source.received_on": today, "reporter.mode": "anonymous",
    }  # fmt: skip
    reporter.send("/app/cases/new", report)
    case = urlsplit(reporter.page.url).path
    day = {"occurred_on": today}
    bkn, kemendagri, panrb = people["BKN"], people["KEMENDAGRI"], people["PANRB"]
    bkn.send(f"{case}/forms/verifications", day | {"outcome": "accepted"})
    reporter.send(f"{case}/forms/studies", day | {"outcome": "violation", "summary": "Kajian contoh."})
    panrb.send(f"{case}/forms/correction-requests", {"patch.motives": "family", "reason": "Sesuai berkas contoh."})
    bkn.send(
        f"{case}/forms/recommendations",
        day | {"outcome": "recommended", "letter_number": "R-CONTOH", "proposed_sanction": "BER-1"},
    )
    reporter.send(f"{case}/forms/acceptance?item=1", {"reason": "Benar."})
    kemendagri.send(
        f"{case}/forms/decisions", day | {"outcome": "sanctioned", "decree_number": "SK-CONTOH", "sanction": "BER-1"}
    )
    bkn.send(f"{case}/forms/appeals", day | {"route": "bpasn"})
    bkn.send(f"{case}/forms/rulings", day | {"outcome": "upheld"})
    bkn.send(f"{case}/forms/closures", day | {"idis_reference": "IDIS-CONTOH"})
    bkn.go(case)
    text = bkn.page.inner_text("main")
    for word in ("Selesai", "R-CONTOH", "SK-CONTOH", "IDIS-CONTOH", "BPASN"):
        require(word in text, f"{word} does not stand in the case")
    # An agency that has ended sees what it saw, and does nothing.
    kasn = people["KASN"]
    kasn.go("/app/cases")
    kasn.go(kasn.page.locator("main tbody th a").first.get_attribute("href"))
    require(not kasn.page.locator(".actions a").count(), "KASN has ended and is offered something to do")
    two_tabs(reporter)
    ended(browser, start, keys["BAWASLU"])
    for person in people.values():
        person.page.click("header .out button")
        require(person.go("/app/cases").url.endswith("/app/sign-in?next=%2Fapp%2Fcases"), "signing out does not end it")


def two_tabs(person):
    """Two forms for one version: the second is told what has changed, and loses nothing."""
    person.go("/app/cases?stage=received&reported_by=BAWASLU")
    case = person.page.locator("main tbody th a").first.get_attribute("href")
    person.go(f"{case}/forms/correction")
    other = person.context.new_page()
    other.goto(urljoin(person.start, f"{case}/forms/correction"))
    person.send(f"{case}/forms/correction", {"act.place": "Tempat Pertama", "reason": "Pertama."})
    other.fill('main [name="reason"]', "Alasan yang panjang.")
    other.fill('main [name="subject.position_title"]', "Jabatan Kedua")
    other.click('button[value="preview"]')
    require(
        "Yang berubah sejak formulir ini dibuka" in other.inner_text("main"), "the second tab is not told what changed"
    )
    require(other.input_value('main [name="reason"]') == "Alasan yang panjang.", "the second tab has lost its text")
    require(
        other.input_value('main [name="act.place"]:not([type="hidden"])') == "Tempat Pertama", "the second tab is stale"
    )
    other.close()


def ended(browser, start, key):
    """A session that ends while somebody writes: after signing in again, what was written is still there."""
    person = Person(browser, start, key, "id", java_script_enabled=False, locale="id-ID")
    person.go("/app/cases?stage=received&reported_by=BAWASLU")
    case = person.page.locator("main tbody th a").first.get_attribute("href")
    person.go(f"{case}/forms/notes")
    person.fill({"text": "Catatan yang panjang."})
    person.context.clear_cookies()
    person.page.click('button[value="preview"]')
    require("Sesi Anda telah berakhir" in person.page.inner_text("main"), "nobody is told that the session has ended")
    other = person.context.new_page()
    other.goto(urljoin(start, "/app/sign-in"))
    other.fill("#key", key)
    other.click("main button")
    person.page.reload()
    require("sesi atau situs lain" in person.page.inner_text("main"), "a form of another session is taken")
    require(person.page.input_value('main [name="text"]') == "Catatan yang panjang.", "its text is lost")


class Crawl:
    """Every page that links lead to, for one key and language."""

    def __init__(self, browser, start, name, key, language, pictures):
        self.browser, self.start, self.key, self.language = browser, start, key, language
        self.name, self.pictures = f"{name}, {language}", pictures and pathlib.Path(pictures) / f"{name}-{language}"
        self.faults, self.count, self.kinds = [], 0, {}

    def kind(self, address):
        """Pages of one kind differ in identifiers and values alone."""
        parts = urlsplit(address)
        path = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|fig_\w+|[0-9a-f]{64}|/\d+(?=/|$)", "*", parts.path)
        return path + "?" + ",".join(sorted(re.findall(r"(?:^|&)([^=&]+)=", parts.query)))

    def run(self):
        people = [
            Person(
                self.browser,
                self.start,
                self.key,
                self.language,
                viewport={"width": width, "height": 900},
                bypass_csp=True,
            )
            for width in WIDTHS
        ]
        people[0].page.on("console", lambda message: message.type == "error" and self.fault("?", message.text))
        left, seen = [urljoin(self.start, "/app")], set()
        while left:
            address = urldefrag(left.pop(0))[0]
            if address in seen or "lang=" in address:
                continue
            seen.add(address)
            kind = self.kind(address)
            self.kinds[kind] = self.kinds.get(kind, 0) + 1
            if self.kinds[kind] > PAGES_OF_A_KIND:
                continue
            if "/app/data/" in address:
                answer = people[0].context.request.get(address)
                if answer.status != 200:
                    self.fault(address, f"answers {answer.status}")
                continue
            for width, person in zip(WIDTHS, people, strict=True):
                left += self.look(person.page, address, width)
        return self.count

    def look(self, page, address, width):
        answer = page.goto(address)
        self.count += 1
        if answer.status != 200:
            self.fault(address, f"answers {answer.status}")
            return []
        if "{{" in page.content() or not page.inner_text("main").strip():
            self.fault(address, "is not a whole page")
        if page.get_attribute("html", "lang") != self.language:
            self.fault(address, "is in the other language")
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wide > 0:
            self.fault(address, f"scrolls sideways by {wide} px at {width} px")
        # A page has one structure at every width; the narrowest shows it as cards.
        judged = width == WIDTHS[0]
        options = {"runOnly": {"type": "tag", "values": STANDARDS}}
        for one in Axe().run(page, options=options).response["violations"] if judged else []:
            self.fault(address, f"{one['id']} at {width} px: {one['nodes'][0]['html'][:200]}")
        if self.pictures:
            self.pictures.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=f"{self.pictures}/{self.count}-{width}.png", full_page=True)
        links = page.eval_on_selector_all(
            "main a[href], header a[href]", "all => all.map(one => one.getAttribute('href'))"
        )
        targets = [urljoin(address, link) for link in links]
        for link, target in zip(links, targets, strict=True):
            if link.startswith("#") and not page.query_selector(f"[id='{link[1:]}']"):
                self.fault(address, f"{link} leads nowhere")
            if not target.startswith(self.start):
                self.fault(address, f"{link} leads out of the service")
        return [target for target in targets if urlsplit(target).path.startswith("/app")]

    def fault(self, address, what):
        self.faults.append(f"{self.name}: {address}: {what}")


def main():
    start, keys_file, pictures = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3] if len(sys.argv) > 3 else ""
    keys = dict(line.split("=", 1) for line in keys_file.read_text().split() if "=" in line)
    operator = keys.pop("OPERATOR")
    faults, count = [], 0
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        try:
            walk(browser, start, keys)
            print("the legal road was gone to its end", flush=True)
        except Fault as fault:
            faults.append(f"the legal road: {fault}")
        for name, key in [("BKN", keys["BKN"]), ("KEMENDAGRI", keys["KEMENDAGRI"]), ("OPERATOR", operator)]:
            for language in ("id", "en"):
                crawl = Crawl(browser, start, name, key, language, pictures)
                count += crawl.run()
                print(f"{count} visits, up to {crawl.name}", flush=True)
                faults += crawl.faults
        browser.close()
    for fault in faults:
        print(fault)
    print(f"the legal road, and {count} visits behind the sign-in, {len(faults)} faults")
    sys.exit(1 if faults else 0)


main()
