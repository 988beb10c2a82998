# SPDX-License-Identifier: MIT
"""How fast the cards are, beside what was aimed at: calando's own times and those of the page in Chromium. Tests nothing.

    python3 tests/site/timings.py build/release/calando build/site/calando_cards.js
"""
import os
import statistics
import subprocess
import sys
import tempfile
import time

from browser import Browser

RUNS = 20
CARDS = ("cosine-annealing", "adam", "cosine-similarity", "bellman-equation", "early-stopping")


def seconds(*words):
    start = time.perf_counter()
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - start


def told(what, figures, target, unit="ms"):
    print(f"{what:<44} {statistics.median(figures):8.1f} {unit:<4} median, {min(figures):.1f} to {max(figures):.1f}   (aim: {target})")


def feed(stories):
    """Stories of as many words as a feed's summary has."""
    words = ["".join(chr(97 + (i * k) % 26) for k in (1, 3, 5, 7, 11)) for i in range(1, 5000)]
    items = []
    for i in range(stories):
        text = " ".join(words[(i * 31 + j * (7 + i % 13)) % len(words)] for j in range(60))
        items.append(f"<item><title>{text[:60]}</title><link>https://example.org/{i}</link><description>{text}</description></item>")
    return "<rss><channel>" + "".join(items) + "</channel></rss>"


def of_the_program(program, module, folder):
    told("calando explain, five cards", [1000 * seconds(program, "explain", card) for card in CARDS for _ in range(RUNS)], "20 ms")
    told("calando explain --site", [1000 * seconds(program, "explain", "--site", folder, "--module", module) for _ in range(5)], "2000 ms")
    print(f"{'its page':<44} {os.path.getsize(os.path.join(folder, 'index.html')) / 1e6:8.2f} MB   (aim: 5 MB)")
    path = os.path.join(folder, "feed.xml")
    with open(path, "w") as file:
        file.write(feed(10_000))
    mail = [program, "explain", "--daily", "2026-11-25", "--from", "a@example.org", "--to", "b@example.org"]
    plain = min(seconds(*mail) for _ in range(5))
    told("10,000 stories read and ranked", [1000 * (seconds(*mail, "--stories", path, "--interests", "abc") - plain) for _ in range(5)], "1000 ms")


def of_the_page(folder):
    address = "file://" + os.path.join(folder, "index.html")
    with Browser() as browser:
        browser.look(1440)
        painted, shown, ready = [], [], []
        for _ in range(RUNS):
            browser.open(address)
            browser.until("document.documentElement.dataset.library === 'ready'")
            painted.append(browser.run("performance.getEntriesByName('first-contentful-paint')[0].startTime"))
            shown.append(browser.run("Number(document.documentElement.dataset.shown)"))
            ready.append(browser.run("performance.now()"))
        told("first card in the page", shown, "200 ms")
        told("first paint of the browser", painted, "200 ms")
        told("sliders ready", ready, "none")
        slow = browser.run("""(() => { const all = [];
            for (const c of site.cards) {
              const values = Object.fromEntries(c.parameters.map((p) => [p.name, p.value]));
              const times = [];
              for (let i = 0; i < 5; ++i) {
                const start = performance.now();
                const answer = ask({ask: 'card', id: c.id, values, width: 480});
                times.push(performance.now() - start);
              }
              all.push([times.sort((a, b) => a - b)[2], c.id]);
            }
            return all.sort((a, b) => b[0] - a[0]); })()""")
        told("a slider's answer, median of each card", [t for t, _ in slow], "16.7 ms")
        late = [f"{name} {t:.0f}" for t, name in slow if t > 16.7]
        print(f"{'cards slower than a frame':<44} {len(late)} of {len(slow)}: {', '.join(late)}")
        frames = browser.run("""new Promise((done) => { location.hash = 'cosine-annealing'; route();
            const range = document.querySelectorAll('#sliders input[type=range]')[0]; const times = []; let i = 0;
            const move = (now) => { times.push(now); range.value = 100 + 7 * i; range.dispatchEvent(new Event('input'));
              if (++i < 120) requestAnimationFrame(move); else done(times); };
            requestAnimationFrame(move); })""")
        gaps = [b - a for a, b in zip(frames, frames[1:])]
        print(f"{'frames while a slider moves':<44} {1000 / statistics.mean(gaps):8.1f} /s   (aim: 60 /s)")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        of_the_program(os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2]), place)
        of_the_page(place)
