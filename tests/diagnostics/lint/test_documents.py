"""Documents with the mistakes of real ones, in their words and in others, and the same ones mended."""

from pathlib import Path

import pytest

from core.costs.check import check_text
from core.costs.service.sheets import bundled_sheet
from core.diagnostics.lint.engine import lint_text
from core.model.lint import Severity

SEEDS = Path(__file__).parent / "seeds"
# By document: each mistake, with words of a line that has to be in its evidence.
WRONG = {
    "avatars": {
        "X1": "Origin Path: /avatars", "X2": "$0.0004", "X3": "$0.0075", "X4": "< $5",
        "X5": "AmazonS3FullAccess", "X6": "arn:aws:s3:::acme-social-media/*", "X7": "gzip",
        "X8": "99.9%", "X9": "https://d111111abcdef8", "X32": "max-age=31536000",
    },
    "avatars_other_words": {
        "X1": "/profiles", "X2": "$0.0004", "X3": "$0.0075", "X4": "about $4",
        "X5": "AdministratorAccess", "X6": "arn:aws:s3:::pix-store/*", "X7": "Brotli", "X8": "99.95 %",
        "X9": "https://cdn.pix.example.org", "X32": "max-age=604800",
    },
    "photos": {
        "X10": "Pre-signed", "X11": "S3 Events", "X12": "Intelligent", "X13": "infinite",
    },
    "photos_other_words": {
        "X10": "through the CDN", "X11": "ObjectCreated", "X12": "INTELLIGENT_TIERING",
        "X13": "unlimited",
    },
    "coach": {
        "X14": "404", "X15": "Invalidate", "X16": "OAI", "X17": "Function URLs", "X18": "base64",
        "X19": "PUBLIC READ", "X20": "https://bucket.s3.region", "X21": "progress-photos/{id}",
        "X22": "Flat", "X23": "both formats", "X24": "All issues",
    },
    "coach_other_words": {
        "X14": "404", "X15": "invalidation", "X16": "Origin Access Identity", "X17": "lambda-url",
        "X18": "base64", "X19": "publicly readable", "X20": "https://your-bucket",
        "X21": "shots/first.jpg", "X22": "flat layout", "X23": "fall back", "X24": "no open issues",
    },
    "cloud": {
        "X25": "{email}", "X26": "Multer", "X27": "uuid-1234-5678-document.pdf", "X28": "localStorage",
        "X29": "valid 1 hour", "X30": "100-1000",
    },
    "cloud_other_words": {
        "X25": "<user-email>", "X26": "busboy", "X27": "inv-77-2024-final.pdf", "X28": "sessionStorage",
        "X29": "14 days", "X30": "500 users",
    },
    "share": {"X13": "unlimited", "X31": "signed URLs"},
    "share_other_words": {"X13": "imitless", "X31": "signed links"},
}  # fmt: skip
RIGHT = ["avatars_right", "photos_right", "coach_right", "cloud_right", "share_right"]
TWINS = [(name, rule) for name, rules in WRONG.items() for rule in rules]


def linted(name, change=lambda text: text):
    text = change((SEEDS / f"{name}.md").read_text(encoding="utf-8"))
    prices = lambda said: check_text(said, bundled_sheet(), bundled_sheet().fetched_on)  # noqa: E731
    return lint_text(f"{name}.md", text, prices)


REPORTS = {name: linted(name) for name in WRONG}


@pytest.mark.parametrize(("name", "rule"), TWINS)
def test_each_mistake_of_a_document_is_found_on_its_line(name, rule):
    lines = (SEEDS / f"{name}.md").read_text(encoding="utf-8").splitlines()
    found = [f for f in REPORTS[name].findings if f.rule == rule]
    assert found, sorted({f.rule for f in REPORTS[name].findings})
    cited = {
        int(e.where.rpartition(":")[2]) for f in found for e in f.evidence if ".md:" in e.where
    }
    assert any(WRONG[name][rule].lower() in lines[number - 1].lower() for number in cited), cited
    assert all(f.sentence.endswith((".", "…", "”")) and f.repair for f in found)


@pytest.mark.parametrize("name", WRONG)
def test_nothing_else_is_found_in_it(name):
    beside = {"cloud": {"X4"}, "coach_other_words": set()}
    found = {f.rule for f in REPORTS[name].findings}
    assert found <= set(WRONG[name]) | beside.get(name, set())


@pytest.mark.parametrize("name", RIGHT)
def test_the_mended_document_is_silent(name):
    assert [(f.rule, f.sentence) for f in linted(name).findings] == []


@pytest.mark.parametrize("name", [n for n in WRONG if n != "coach"])
def test_the_order_of_sections_does_not_matter(name):
    """Sections are claims of their own: turned round, the same mistakes are found."""

    def turned(text):
        head, *sections = text.split("\n## ")
        return head + "".join(f"\n\n## {one}" for one in reversed(sections))

    assert {f.rule for f in linted(name, turned).findings} >= set(WRONG[name]) - {"X24"}


def test_without_a_price_sheet_prices_are_not_judged():
    report = lint_text("a.md", "S3 Requests: $0.0004 per 1,000 PUT requests")
    assert report.findings == ()
    assert {n.rule for n in report.not_checked} == {"X2", "X3"}


def test_a_price_sentence_names_the_price_that_was_taken_for_it():
    said = next(f.sentence for f in REPORTS["avatars"].findings if f.rule == "X2")
    assert "$0.005" in said
    assert "12.5" in said
    assert "GET" in said


def test_that_everything_is_fixed_is_believed_where_nothing_else_is_found():
    assert lint_text("a.md", "All issues are now fixed!").findings == ()


def test_the_doubled_key_is_spelled_out():
    said = next(f.sentence for f in REPORTS["avatars"].findings if f.rule == "X1")
    assert "asks S3 for avatars/avatars/filename.jpg" in said


def test_errors_come_first():
    order = [list(Severity).index(f.severity) for f in REPORTS["coach"].findings]
    assert order == sorted(order)


def test_everything_for_everybody_is_an_error_also_in_a_fenced_policy():
    text = """# Design

```json
{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:*",
 "Resource": "arn:aws:s3:::photos/*"}]}
```
"""
    (worst,) = [one for one in lint_text("design.md", text).findings if one.rule == "X5"]
    assert worst.severity.value == "error"
    assert "s3:* to everybody" in worst.sentence
