"""What a file may hold: parts of AWS's answers as JSON, and text in any shape."""

import json

import pytest
from lint_worlds import FUNCTION_ORIGIN, LIFECYCLE, OAI, B, event
from worlds import origin, policy, statement

from core.diagnostics.lint.document import read_document
from core.diagnostics.lint.engine import lint_snapshot, lint_text, merge
from core.diagnostics.lint.registry import catalogue
from core.diagnostics.lint.text import text_report
from core.errors import InvalidInput

PUBLIC = policy(statement(B, Principal="*", Condition={}, Action="s3:*"))
IDENTITY = policy({"Effect": "Allow", "Action": "*", "Resource": "*"})


def rules(value, name="x.json"):
    return [f.rule for f in lint_text(name, json.dumps(value)).findings]


@pytest.mark.parametrize(
    ("value", "rule"),
    [
        (IDENTITY, "X5"),
        ({"PolicyName": "app", "PolicyDocument": IDENTITY}, "X5"),
        ({"PolicyVersion": {}, "Policy": {"Document": IDENTITY}}, "X5"),
        ({"Statement": IDENTITY["Statement"][0]}, "X5"),
        (IDENTITY["Statement"][0], "X5"),
        ({"Policy": json.dumps(policy(statement(B, Action="s3:*")))}, "X5"),
        ({"Distribution": FUNCTION_ORIGIN[0]}, None),
        ({"DistributionConfig": {"Origins": {"Items": [origin(**OAI)]}}}, "X16"),
        ({"Id": "E1", "Origins": {"Quantity": 1, "Items": [origin(**OAI)]}}, "X16"),
        (event(), "X11"),
        ({"Rules": LIFECYCLE}, None),
        ({"FunctionUrl": "https://a.lambda-url.us-east-1.on.aws/", "AuthType": "NONE"}, "X17"),
        ({"FunctionUrlConfigs": [
            {"FunctionUrl": "https://a.lambda-url.us-east-1.on.aws/", "AuthType": "NONE"}]}, "X17"),
        ({"snapshot": {"iam_policies": [{"PolicyName": "AdministratorAccess"}]}}, "X5"),
    ],
)  # fmt: skip
def test_json_of_aws_is_read_as_configuration(value, rule):
    assert rules(value) == ([rule] if rule else [])


def test_what_such_json_does_not_hold_is_said():
    report = lint_text("x.json", json.dumps({"Rules": LIFECYCLE}))
    assert [n.rule for n in report.not_checked] == ["X12"]


@pytest.mark.parametrize(
    "text", ["[1, 2]", "{broken", "{}", '{"Statement": 7}', "[" * 5000, "", '{"Policy": "no"}']
)
def test_other_json_is_only_text(text):
    assert lint_text("x", text).findings == ()


def test_a_snapshot_that_describes_nothing_is_refused():
    with pytest.raises(InvalidInput):
        lint_snapshot({"something": 1})


def test_a_report_for_the_terminal_has_sentence_place_repair_and_policy():
    wide = lint_text("policy.json", json.dumps(IDENTITY))
    prose = lint_text("a.md", "S3 has unlimited storage.\n\nCosts $0.02 per GB.")
    both = text_report(merge([wide, prose]))
    for words in ("ERROR X5", "ADVICE X13", "a.md:1", "→ ", "Not checked:", "No price sheet",
                  "policy.json, a.md: 1 error, 1 piece of advice"):  # fmt: skip
        assert words in both
    assert text_report(lint_text("a.md", "fine")) == "a.md: nothing found"
    identity = {
        "distributions": [
            {"Id": "E1", "DistributionConfig": {"Origins": {"Items": [origin(**OAI)]}}}
        ]
    }
    assert '"Sid": "UntilTheSwitch"' in text_report(lint_snapshot(identity))


# One sentence each, as people write it: found alone, and silent when it says the opposite.
SAID = {
    "X5": ("The role has AdministratorAccess attached.", "AmazonS3FullAccess is never attached to it."),
    "X7": ("On the CDN gzip shrinks our avatars.", "The CDN does not use gzip for avatars."),
    "X8": ("The service has an uptime of 99.9%.", "Measured uptime of the last 30 days: 99.9%."),
    "X9": ("We persist the full CDN url with each row.", "We never store the full CDN url."),
    "X12": ("All objects use S3 Intelligent-Tiering.", "Intelligent-Tiering only above 128 KB."),
    "X13": ("Unlimited storage for everyone!", "There is no unlimited storage."),
    "X16": ("The bucket is read by an OAI.", "The OAI was replaced by an origin access control."),
    "X23": ("In S3 deletes support both key formats.", "In S3 both formats are counted until no legacy key is left."),
    "X25": ("Objects are stored as `people/{email}/a.jpg`.", "Objects are stored as `people/{id}/a.jpg`."),
    "X28": ("The JWT is kept in localStorage.", "The JWT is not kept in localStorage."),
    "X29": ("Presigned URLs expire after 24 hours.", "Presigned URLs expire after 15 minutes."),
    "X31": ("Files are private; viewers get signed URLs.", "Viewers get CloudFront signed URLs."),
}  # fmt: skip


@pytest.mark.parametrize("rule", SAID)
def test_a_single_sentence_is_found_and_its_opposite_is_not(rule):
    said, opposite = SAID[rule]
    assert rule in {f.rule for f in lint_text("a.md", said).findings}
    assert [f.sentence for f in lint_text("a.md", opposite).findings] == []


SAME = ["- Origin Path: /media", "| Origin path | `/media` |", 'origin_path = "/media"',
        '  "OriginPath": "/media",', "The origin path is set to /media.", "│ Origin Path → /media   │",
        "originPath: '/media'"]  # fmt: skip


@pytest.mark.parametrize("line", SAME)
def test_a_setting_is_read_in_every_notation(line):
    url = "https://d111111abcdef8.cloudfront.net/media/a.jpg"
    head = "| Setting | Value |\n| --- | --- |\n" if line.startswith("|") else ""
    report = lint_text("a.md", f"{head}{line}\n\nPages load {url}\n")
    assert [f.rule for f in report.findings] == ["X1"]
    assert report.findings[0].severity == "warning"  # where the objects are was not said


def test_lines_are_numbered_as_editors_do_and_sections_by_either_heading():
    document = read_document("a", "Title\n=====\n\x0ctext\r\n# Next\n```\n# no heading\n```\n")
    assert [(line.number, line.heading) for line in document.lines][2:4] == [
        (3, "Title"),
        (4, "Next"),
    ]
    assert document.lines[5].heading == "Next"
    assert document.lines[2].text == "text"


@pytest.mark.parametrize(
    "line", ["1" * 900 + " users", "{a" * 450, "access key " * 90, "no " * 330 + "OAI"]
)
def test_odd_lines_cost_no_time(line):
    assert lint_text("a.md", f"{line}\n" * 20).inputs == ("a.md",)


def test_every_mistake_of_the_catalogue_has_words_and_an_address():
    assert list(catalogue()) == [f"X{n}" for n in range(1, 33)]
    for mistake in catalogue().values():
        assert mistake.repair.endswith(".")
        assert mistake.doc.startswith("https://") or mistake.id in {"X24", "X30"}


OTHER_SUBJECTS = """
The [OAI](https://github.com/OAI/OpenAPI-Specification) publishes the format; GZip middleware for images.
Release 0.11.3 users should upgrade; see https://yaml.org to save time. Handle both entry formats.
Buffers take 'base64' and 'hex'. Plans start at $35+/mo; press <kbd>Ctrl</kbd>+<kbd>6</kbd> for the key.
"""


def test_words_that_mean_other_things_elsewhere_are_left_alone():
    assert [f.sentence for f in lint_text("README.md", OTHER_SUBJECTS).findings] == []


QUIET = """
# Site

Access keys are in AWS_ACCESS_KEY; the SPA is served via CloudFront after a presigned form, frontend first.
Function URLs are called with AWS_IAM. Lambda authorizers guard API Gateway.
Signed URLs are presigned by S3. A 404 is a 404.
The JWT expires in 2 hours. In S3 objects are cached with max-age=60 and overwritten.
Action: read the manual
Resource: arn:aws:s3:::a
Upload through the server with multer, up to 1 MB.
Principal: nobody
"""


def test_near_misses_stay_silent():
    assert [f.sentence for f in lint_text("a.md", QUIET).findings] == []


def test_a_day_long_token_that_can_be_revoked_is_fine_and_one_that_can_not_is_a_warning():
    said = "Bearer tokens are signed.\nThey expire after 14 days."
    (found,) = lint_text("a.md", said).findings
    assert (found.rule, found.severity) == ("X28", "warning")
    assert lint_text("a.md", said + "\nEach can be revoked.").findings == ()


def test_a_limit_behind_nginx_is_the_smaller_one():
    said = (
        "Nginx proxies to Express.\nFiles come in as multipart form data (multer), 20 MB at most."
    )
    (found,) = lint_text("a.md", said).findings
    assert "nginx takes 1 MB" in found.sentence
    assert lint_text("a.md", said + "\nclient_max_body_size 25m;").findings == ()


def test_a_public_folder_and_a_blocked_bucket_of_one_name_are_an_error():
    said = "s3://site-media-prod is publicly readable.\nFor s3://site-media-prod Block Public Access is on."
    (found,) = lint_text("a.md", said).findings
    assert (found.rule, found.severity) == ("X19", "error")
    assert lint_text("a.md", said.replace(" is on", " is off")).findings == ()


def test_a_public_statement_counts_as_public():
    block = '```json\n{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::m/*"}\n```'
    report = lint_text("a.md", f"{block}\n\nBlockPublicPolicy: true")
    assert "X19" in {f.rule for f in report.findings}
