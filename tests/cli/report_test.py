# SPDX-License-Identifier: MIT
"""The report of a run in a browser: it draws its charts, asks no network and complains of nothing."""
import os
import re
import shutil
import subprocess
import unittest

import data
from program import ProgramCase

CHROMIUM = shutil.which("chromium")
BROWSERS_OWN = ("google.com", "googleapis.com", "gvt1.com")    # updates and clocks, whatever page is shown


@unittest.skipUnless(CHROMIUM, "chromium is not installed")
class ReportPageCase(ProgramCase):
    def open_page(self, file):
        """The page's elements once its script has run, what its console says, and the addresses it asked for."""
        done = subprocess.run(
            [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
             "--user-data-dir=" + self.path("profile"), "--enable-logging=stderr", "--virtual-time-budget=4000",
             "--log-net-log=" + self.path("net.json"), "--dump-dom", "file://" + self.path(file)],
            capture_output=True, text=True, timeout=240, check=True, env={**os.environ, "HOME": self.folder})
        console = [line for line in done.stderr.splitlines() if "CONSOLE" in line]
        urls = set(re.findall(r'"url":"([^"]*)"', self.read("net.json")))
        hosts = {url.split("/")[2] for url in urls if url.startswith(("http:", "https:", "ws:", "wss:"))}
        return done.stdout, console, {host for host in hosts if not host.endswith(BROWSERS_OWN)}

    def assert_good(self, file, charts):
        page, console, hosts = self.open_page(file)
        self.assertEqual(page.count("<canvas"), charts)
        self.assertEqual(console, [])
        self.assertEqual(hosts, set())

    def test_a_classification_and_a_regression(self):
        self.write("c.csv", data.table())
        self.succeed("train", "c.csv", "--target", "class", "--out", "c", "--quiet")
        self.assert_good("c/report.html", 6)    # loss, accuracy, rate, gradient, speed, calibration
        self.write("r.csv", data.regression())
        self.succeed("train", "r.csv", "--target", "y", "--out", "r", "--quiet")
        self.assert_good("r/report.html", 7)    # loss, rmse, rate, gradient, speed, predicted against true, residuals

    def test_a_page_that_asks_the_network_is_noticed(self):
        self.write("bad.html", "<script src='https://cdn.example.org/chart.js'></script><script>draw()</script>")
        _, console, _ = self.open_page("bad.html")
        self.assertNotEqual(console, [])
