# SPDX-License-Identifier: MIT
import email
import email.policy
import json

from program import ProgramCase

FEED = """<?xml version="1.0"?><rss version="2.0"><channel><title>Feed</title>
<item><title>Adam and AdaGrad compared</title><link>https://example.org/adam</link><description>&lt;script&gt;x&lt;/script&gt;optimizers</description></item>
<item><title>A cake</title><link>javascript:x</link><description>sugar</description></item></channel></rss>"""


class ExplainCase(ProgramCase):
    def test_the_worked_example_of_the_issue(self):
        out = self.succeed("explain", "cosine-annealing", "lr0=0.1", "T=100", "t=50")
        steps = [line.strip() for line in out.splitlines() if line.startswith("  = ")]
        self.assertEqual(steps[-1], "= 0.05")
        self.assertIn("= 0 + (0.1 − 0) · 0.5 · (1 + cos(π · 50 / 100))", steps)
        self.assertIn('calando schedule "cosine(0.1, 0, 100)"', out)

    def test_numbers_of_the_reader(self):
        one = json.loads(self.succeed("explain", "cosine-annealing", "t=25", "--json"))
        rate = self.succeed("schedule", "cosine(0.1, 0, 100)").splitlines()[25].split("\t")[1]
        self.assertEqual(one["result"], float(rate))

    def test_the_list_has_a_hundred_cards_in_five_areas(self):
        cards = json.loads(self.succeed("explain", "--json"))
        self.assertGreaterEqual(len(cards), 100)
        self.assertEqual({card["area"] for card in cards}, {"schedules", "optimizers", "similarity", "bellman", "training"})

    def test_site_is_one_file_that_asks_nobody(self):
        self.succeed("explain", "--site", "cards")
        page = self.read("cards/index.html")
        self.assertNotIn('src="http', page)
        self.assertIn("cosine-annealing", page)
        self.assertLess(len(page), 5_000_000)

    def test_daily_mail_is_parsed_back(self):
        self.write("feed.xml", FEED)
        text = self.succeed("explain", "--daily", "2026-11-25", "--stories", "feed.xml", "--interests", "adam adagrad optimizers",
                            "--from", "cards@example.org", "--to", "anna@example.org")
        mail = email.message_from_string(text, policy=email.policy.default)
        self.assertEqual(mail["To"], "anna@example.org")
        self.assertTrue(mail["Subject"].startswith("Five concepts: "))
        kinds = [part.get_content_type() for part in mail.walk() if not part.is_multipart()]
        self.assertEqual(sorted(kinds), ["image/png"] * 5 + ["text/html", "text/plain"])
        html = mail.get_body(("html",)).get_content()
        self.assertLess(html.index("Adam and AdaGrad compared"), html.index("A cake"))
        for never in ("<script", "javascript:"):
            self.assertNotIn(never, html)


class ExplainWrongCase(ProgramCase):
    def test_words(self):
        self.fail_with(2, "explain", "cosine-aneling", says='did you mean "cosine-annealing"?')
        self.fail_with(2, "explain", "cosine-annealing", "lr=1", says='did you mean "lr0"?')
        self.fail_with(2, "explain", "cosine-annealing", "t=500", says="t = 500, expected a whole number from 0 to T")
        self.fail_with(2, "explain", "--daily", says="--daily needs --from ADDRESS and --to ADDRESS")
        self.fail_with(2, "explain", "--daily", "2026-02-30", "--from", "a@b.c", "--to", "a@b.c", says='date "2026-02-30"')
        self.fail_with(2, "explain", "--daily", "--from", "a", "--to", "a@b.c", says='--from "a", expected one address')
        self.fail_with(2, "explain", "--stories", "x.xml", says="go with --daily")

    def test_feeds(self):
        self.write("bad.xml", "<rss><channel>")
        self.fail_with(4, "explain", "--daily", "--stories", "bad.xml", "--from", "a@b.c", "--to", "a@b.c", says="bad.xml at byte")
        self.write("page.xml", "<html></html>")
        self.fail_with(4, "explain", "--daily", "--stories", "page.xml", "--from", "a@b.c", "--to", "a@b.c", says="expected RSS or Atom")
