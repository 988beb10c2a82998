# SPDX-License-Identifier: MIT
"""The cards' page in Chromium, as a reader with a telephone or a keyboard meets it. Nothing here depends on how fast it is."""
import os
import re
import shutil
import subprocess
import tempfile
import unittest

PROGRAM = os.environ["CALANDO"]
MODULE = os.environ["CALANDO_MODULE"]
WIDTHS = (390, 1440)


def what_is_missing():
    if not shutil.which("chromium"):
        return "chromium is not installed"
    try:
        import websocket    # noqa: F401
    except ImportError:
        return "python3-websocket is not installed"
    if not os.path.exists(MODULE):
        return "the module is not built: make site"
    if os.path.getmtime(MODULE) < os.path.getmtime(PROGRAM):
        return "the module is older than the program: make site"
    return ""


MISSING = what_is_missing()


class PageCase(unittest.TestCase):
    """One browser and one page for all tests of a class."""

    @classmethod
    def setUpClass(cls):
        if MISSING:
            raise unittest.SkipTest(MISSING)
        import browser
        cls.folder = tempfile.mkdtemp(prefix="calando-site-")
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        cls.browser = cls.enterClassContext(browser.Browser())
        cls.page = cls.make_page("site", MODULE)

    @classmethod
    def make_page(cls, name, module=None):
        folder = os.path.join(cls.folder, name)
        subprocess.run([PROGRAM, "explain", "--site", folder, "--quiet", *(["--module", module] if module else [])], check=True)
        return "file://" + folder + "/index.html"

    def show(self, place="", width=1440, page=None, library="ready"):
        self.browser.look(width, touch=width < 500)
        self.browser.open((page or self.page) + place)
        self.browser.until(f"document.documentElement.dataset.library === '{library}'")

    def tearDown(self):
        self.assertEqual(self.browser.complaints(), [])
        self.assertEqual(self.browser.requests(), [])

    def read(self, selector):
        return self.browser.run(f"document.querySelector('{selector}').textContent")

    def card(self):
        return self.browser.run("[location.hash, document.querySelector('#card h1').textContent]")

    def assert_fits(self, width):
        """Nothing is wider than the window."""
        self.assertLessEqual(self.browser.run("document.documentElement.scrollWidth"), width)


class DeckCase(PageCase):
    def test_every_card_shows_its_picture_and_fits(self):
        for width in WIDTHS:
            self.show(width=width)
            for name in self.browser.run("site.cards.map((c) => c.id)"):
                self.browser.run(f"location.hash = '{name}'; route()")
                self.assertEqual(self.browser.run("document.querySelectorAll('#pictures svg').length > 0"), True, name)
                self.assert_fits(width)

    def test_the_page_with_its_module_is_under_5_megabytes(self):
        self.assertLess(os.path.getsize(self.page.removeprefix("file://")), 5_000_000)

    def test_arrow_keys(self):
        for width in WIDTHS:
            self.show(width=width)
            first = self.browser.run("site.cards.findIndex((c) => c.id === 'cosine-annealing')")
            names = self.browser.run("site.cards.map((c) => c.name)")
            self.assertEqual(self.card(), ["", "Cosine annealing"])
            self.browser.key("ArrowRight")
            self.assertEqual(self.card()[1], names[first + 1])
            self.browser.key("ArrowRight")
            self.browser.key("ArrowLeft")
            self.browser.key("ArrowLeft")
            self.assertEqual(self.card(), ["#cosine-annealing", "Cosine annealing"])

    def test_swipe(self):
        for width in WIDTHS:
            self.browser.look(width, touch=True)
            self.browser.open(self.page + "#adam")
            following = self.browser.run("'#' + site.cards[site.cards.findIndex((c) => c.id === 'adam') + 1].id")
            self.browser.swipe((width * 0.8, 500), (width * 0.2, 510))
            self.assertEqual(self.card()[0], following)
            self.browser.swipe((width * 0.2, 500), (width * 0.8, 510))
            self.assertEqual(self.card()[0], "#adam")
            self.browser.swipe((width * 0.5, 600), (width * 0.45, 300))    # reading on is no swipe
            self.assertEqual(self.card()[0], "#adam")

    def test_search(self):
        for width in WIDTHS:
            self.show(width=width)
            self.browser.key("/")
            self.browser.type("adagr")
            self.assertEqual(self.browser.run("document.querySelector('#found a').textContent"), "AdaGrad")
            self.browser.key("Enter")
            self.assertEqual(self.card(), ["#adagrad", "AdaGrad"])
            self.assertTrue(self.browser.run("document.getElementById('found').hidden"))
            self.browser.click("#search")
            self.browser.type("xyzzy")
            self.assertEqual(self.read("#found"), "No card has these words.")
            self.browser.key("Escape")
            self.assertTrue(self.browser.run("document.getElementById('found').hidden"))

    def test_deep_link_and_the_way_back(self):
        for width in WIDTHS:
            self.show("#bellman-equation", width)
            self.assertEqual(self.card()[1], "Bellman equation")
            self.browser.click("#card .related a")
            self.assertNotEqual(self.card()[1], "Bellman equation")
            self.browser.run("history.back()")
            self.browser.until("location.hash === '#bellman-equation'")
            self.browser.frame()
            self.assertEqual(self.card()[1], "Bellman equation")

    def test_the_list_leads_to_every_card(self):
        self.show("#list")
        self.assertEqual(self.browser.run("[...document.querySelectorAll('#all a')].map((a) => a.hash.slice(1)).sort()"),
                         self.browser.run("site.cards.map((c) => c.id).sort()"))

    def test_light_and_dark(self):
        def paper():
            return self.browser.run("getComputedStyle(document.body).backgroundColor")

        self.show()
        light = paper()
        self.browser.look(1440, scheme="dark")
        dark = paper()
        self.assertNotEqual(light, dark)
        self.browser.click("#scheme")
        self.assertEqual(paper(), light)


class SliderCase(PageCase):
    TEN = range(0, 100, 10)

    def slide(self, name, place):
        """Moves the slider of a parameter to a place from 0 to 1000."""
        self.browser.run(f"(() => {{ const r = [...document.querySelectorAll('#sliders label')]"
                         f".find((l) => l.textContent.startsWith('{name}')).querySelector('input[type=range]');"
                         f"r.value = {place}; r.dispatchEvent(new Event('input')); }})()")
        self.browser.frame()

    def rates(self, spec):
        out = subprocess.run([PROGRAM, "schedule", spec], capture_output=True, text=True, check=True).stdout
        return [float(line.split("\t")[1]) for line in out.splitlines()]

    def curve(self):
        """The picture's curve as a function of the step, by the numbers at its axes, and how finely it is drawn."""
        svg = self.browser.run("document.getElementById('pictures').innerHTML")
        ticks = re.findall(r'<text class="muted" x="([\d.]+)" y="([\d.]+)" text-anchor="(end|middle)">([\d.e-]+)</text>', svg)
        across = [(float(x), float(t)) for x, _, anchor, t in ticks if anchor == "middle"]
        up = [(float(y) - 4, float(t)) for _, y, anchor, t in ticks if anchor == "end"]
        left, top = (float(v) + 4 for v in re.search(r'<svg x="([\d.]+)" y="([\d.]+)"', svg).groups())

        def scale(marks):
            (p0, v0), (p1, v1) = marks[0], marks[-1]
            return lambda p: v0 + (p - p0) * (v1 - v0) / (p1 - p0)

        points = [tuple(map(float, p.split(","))) for p in re.search(r'class="line s0" d="M([^"]*)"', svg).group(1).split()]
        return {round(scale(across)(x + left)): scale(up)(y + top) for x, y in points}, abs(up[-1][1] - up[0][1]) / abs(up[-1][0] - up[0][0])

    def test_the_number_is_what_calando_schedule_prints(self):
        expected = self.rates("cosine(0.1, 0, 100)")
        for width in WIDTHS:
            self.show("#cosine-annealing", width)
            for t in self.TEN:
                self.slide("t", 1000 * t / 100)
                self.assertEqual(self.browser.run("Number(document.getElementById('steps').dataset.result)"), expected[t])
                self.assertEqual(self.read("#steps .result").lstrip("= "), f"{expected[t]:.6g}")

    def test_the_curve_is_what_calando_schedule_prints(self):
        for width in WIDTHS:
            self.show("#cosine-annealing", width)
            before = self.curve()[0]
            self.slide("lr0", 600)
            spec = re.fullmatch(r'calando schedule "(cosine\(.*, 0, 100\))"', self.read("#command")).group(1)
            self.assertNotEqual(spec, "cosine(0.1, 0, 100)")
            expected = self.rates(spec)
            curve, unit = self.curve()
            self.assertNotEqual(curve, before)
            for t in self.TEN:
                self.assertAlmostEqual(curve[t], expected[t], delta=0.1 * unit)    # points are set to tenths

    def test_by_keyboard_and_by_typing(self):
        self.show("#cosine-annealing")
        self.browser.run("document.querySelectorAll('#sliders input[type=range]')[0].focus()")
        self.browser.key("ArrowRight")
        self.assertEqual(self.card()[0], "#cosine-annealing")    # the arrow moves the slider, not the deck
        self.assertNotIn("cosine(0.1,", self.read("#command"))
        self.show("#cosine-annealing")
        self.browser.run("document.querySelectorAll('#sliders input[type=number]')[0].select()")
        self.browser.type("0.3")
        self.assertEqual(self.read("#command"), 'calando schedule "cosine(0.3, 0, 100)"')

    def test_a_value_out_of_range_is_named(self):
        self.show("#cosine-annealing")
        self.browser.run("document.querySelectorAll('#sliders input[type=number]')[0].select()")
        self.browser.type("700")
        self.assertIn("lr0 = 700, expected a number from", self.read("#card-message"))

    def test_every_card_answers_with_the_page_s_own_result(self):
        self.show()
        different = self.browser.run("""site.cards.filter((c) => {
            const values = Object.fromEntries(c.parameters.map((p) => [p.name, p.value]));
            const answer = ask({ask: 'card', id: c.id, values});
            return answer.result !== c.result || answer.command !== c.command;
        }).map((c) => c.id)""")
        self.assertEqual(different, [])


class PlaygroundCase(PageCase):
    def picture(self, tool):
        return self.browser.run(f"document.getElementById('{tool}-picture').innerHTML")

    def replace(self, selector, text):
        self.browser.run(f"document.querySelector('{selector}').select()")
        self.browser.type(text)

    def test_opened_first_it_is_all_there(self):
        for width in WIDTHS:
            self.show("#playground", width)
            for tool in ("specs", "race", "grid", "vector"):
                self.assertIn("<svg", self.picture(tool))
            self.assertEqual(self.read("#play-message"), "")
            self.assert_fits(width)

    def test_schedules_follow_what_is_typed(self):
        self.show("#playground")
        before = self.picture("specs")
        self.replace("#specs", "cosine(0.1, 0, 100)")
        drawn = self.picture("specs")
        self.assertNotEqual(drawn, before)
        self.replace("#specs", "cosin(0.1, 0, 100)")
        self.assertIn('did you mean "cosine"?', self.read("#specs-message"))
        self.assertEqual(self.picture("specs"), drawn)    # the last that was right stays
        self.replace("#specs", "cosine(0.1, 0, 100)")
        self.assertEqual(self.read("#specs-message"), "")

    def test_a_race(self):
        self.show("#playground")
        before = self.picture("race")
        self.replace("#racers", "sgd(lr=0.001)")
        self.assertRegex(self.read("#race-message"), r"^sgd\(lr=0\.001\): [\d.e+-]+$")
        self.assertNotEqual(self.picture("race"), before)
        out = subprocess.run([PROGRAM, "descend", "beale", "--optimizer", "sgd(lr=0.001)", "--steps", "120"], capture_output=True,
                             text=True, check=True).stdout
        self.assertEqual(self.browser.run("ask({ask: 'descend', surface: 'beale', from: [], optimizers: lines('racers'), steps: 120})"
                                          ".ends[0].value"), float(out.splitlines()[-1].split("\t")[3]))

    def test_walls(self):
        for width in WIDTHS:
            self.show("#playground", width)
            open_way = self.read("#grid-message")
            before = self.picture("grid")
            self.browser.click("#grid-cells button:nth-child(2)")
            self.browser.click("#grid-cells button:nth-child(9)")    # the corner is walled in
            self.assertEqual(self.browser.run("[...document.querySelectorAll('#grid-cells button')].slice(0, 10)"
                                              ".map((b) => b.getAttribute('aria-pressed')).join()"),
                             "false,true,false,false,false,false,false,false,true,false")
            self.assertNotEqual(self.picture("grid"), before)
            self.assertNotEqual(self.read("#grid-message"), open_way)
            self.browser.click("#grid-clear")
            self.assertEqual(self.browser.run("document.querySelectorAll('#grid-cells [aria-pressed=true]').length"), 0)

    def test_vectors(self):
        self.show("#playground")
        self.assertEqual(self.read("#vector-message"), "similarity 0.707107, angle 45.00°")
        self.browser.run("(() => { for (const [i, v] of [[0, 0], [1, 0]]) { const r = document.querySelectorAll('#vector-fields input')[i];"
                         "r.value = v; r.dispatchEvent(new Event('input')); } })()")
        self.assertIn("undefined", self.read("#vector-message"))


class ModuleCase(PageCase):
    """What the page says where the module is late, broken, or not there."""

    def with_module(self, name, script):
        path = os.path.join(self.folder, name + ".js")
        with open(path, "w") as file:
            file.write(script)
        return self.make_page(name, path)

    def test_while_it_loads(self):
        page = self.with_module("late", "// says nothing")
        self.show("#playground", page=page, library="loading")
        self.assertEqual(self.read("#play-message"), "The library is loading …")

    def test_where_it_cannot_start(self):
        page = self.with_module("broken", "libraryFailed(new Error('no WebAssembly'))")
        self.show("#playground", page=page, library="failed")
        self.assertIn("could not start in this browser: Error: no WebAssembly", self.read("#play-message"))

    def test_without_it_the_pictures_show(self):
        page = self.make_page("plain")
        self.show("#adam", page=page, library="none")
        self.assertIn("<svg", self.browser.run("document.getElementById('pictures').innerHTML"))
        self.assertEqual(self.browser.run("document.querySelectorAll('#sliders input').length"), 0)
        self.browser.run("location.hash = 'playground'")
        self.browser.frame()
        self.assertIn("made without the WebAssembly module", self.read("#play-message"))


class AccessCase(PageCase):
    CONTROLS = ("button", "link", "slider", "spinbutton", "textbox", "searchbox", "combobox", "image")

    def tree(self):
        return self.browser.call("Accessibility.getFullAXTree")["nodes"]

    def test_every_control_has_a_name(self):
        for place in ("#cosine-annealing", "#list", "#playground"):
            self.show(place)
            nodes = [n for n in self.tree() if n.get("role", {}).get("value") in self.CONTROLS and not n.get("ignored")]
            self.assertGreater(len(nodes), 5)
            for node in nodes:
                self.assertTrue(node.get("name", {}).get("value"), f"{place}: {node['role']['value']} without a name")

    def test_the_keyboard_reaches_what_the_mouse_does(self):
        self.show("#cosine-annealing")
        reached = set()
        for _ in range(60):
            self.browser.key("Tab")
            reached.add(self.browser.run("document.activeElement.id || document.activeElement.className || document.activeElement.type"))
        self.assertLessEqual({"search", "scheme", "next", "previous", "go-list", "go-play", "range", "number"}, reached)

    def test_focus_is_seen(self):
        self.show()
        self.browser.key("Tab")
        self.assertNotEqual(self.browser.run("getComputedStyle(document.activeElement).outlineStyle"), "none")


if __name__ == "__main__":
    unittest.main()
