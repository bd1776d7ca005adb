from core.model.identity import Role
from core.stores.job_runner import JobRunner
from tests.pages.conftest import shown

CONFIG = b"""{"snapshot": {"account_id": "111122223333", "now": "2026-11-20T09:00:00Z",
 "request": {"Url": ""}, "buckets": [{"Name": "media", "Region": "us-east-1", "Policy": {
   "Version": "2012-10-17", "Statement": [{"Sid": "Cdn", "Effect": "Allow", "Action": "s3:GetObject",
   "Principal": {"Service": "cloudfront.amazonaws.com"}, "Resource": "arn:aws:s3:::media/*"}]}}],
 "origin_access_controls": [{"Id": "OAC1", "OriginAccessControlConfig": {"Name": "o",
   "SigningProtocol": "sigv4", "SigningBehavior": "always",
   "OriginAccessControlOriginType": "s3"}}],
 "distributions": [{"Id": "E1", "ARN": "arn:aws:cloudfront::111122223333:distribution/E1",
   "Status": "Deployed", "DomainName": "d1.cloudfront.net", "DistributionConfig": {
   "Enabled": true, "Origins": {"Quantity": 1, "Items": [{"Id": "s3", "OriginPath": "/avatars",
     "DomainName": "media.s3.us-east-1.amazonaws.com", "OriginAccessControlId": "OAC1",
     "S3OriginConfig": {"OriginAccessIdentity": ""}}]},
   "DefaultCacheBehavior": {"TargetOriginId": "s3", "ViewerProtocolPolicy": "allow-all",
     "CachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6",
     "AllowedMethods": {"Quantity": 2, "Items": ["GET", "HEAD"]}}}}]}}"""
LISTING = b"""bucket,key,size,last_modified,storage_class
media,avatars/avatar_1001.jpg,10,2026-11-01T00:00:00Z,STANDARD
media,avatars/avatar_1002.jpg,10,2026-11-01T00:00:00Z,STANDARD
"""
URLS = b"""id,url
1,https://d1.cloudfront.net/avatars/avatar_1001.jpg
2,https://d1.cloudfront.net/avatars/avatar_1002.jpg
3,https://d1.cloudfront.net/avatar_1002.jpg
"""


def started(visit, desk):
    """An audit of three uploaded files, as a person without an AWS account starts it."""
    page = visit("audit", source="Saved configuration")
    for at, (name, content) in enumerate(
        (("case.json", CONFIG), ("objects.csv", LISTING), ("urls.csv", URLS))
    ):
        page.file_uploader[at].upload(name, content, "text/plain")
    page.run()
    next(button for button in page.button if button.label == "Audit").click().run()
    assert not page.exception
    handlers = {"url_audit": desk.audits.work}
    JobRunner(desk.jobs, handlers, 1).run_until_idle()
    return visit("audit", audit=page.query_params["audit"])


def test_three_uploaded_files_become_a_report_grouped_by_cause(enter, visit, desk):
    enter(Role.SUPPORT)
    html = shown(started(visit, desk))
    assert "2 of 3 URLs do not work; they share one cause" in html
    assert "origin-path-double-prefix" in html
    assert "/avatars/" in html


def test_the_repair_of_a_group_is_tried_on_every_url(enter, visit, desk):
    enter(Role.SUPPORT)
    page = started(visit, desk)
    button = next(b for b in page.button if b.label == "Try the repair on all URLs")
    button.click().run()
    assert not page.exception
    assert "dry run over every URL of this audit" in shown(page)
    assert "2 fixed" in shown(page)


def test_an_audit_is_listed_and_opened_again(enter, visit, desk):
    enter(Role.SUPPORT)
    started(visit, desk)
    page = visit("audit")
    assert "2 of 3 URLs" in shown(page)
    next(b for b in page.button if b.label == "Open").click().run()
    assert "they share one cause" in shown(page)


def test_an_audit_that_does_not_exist_is_said_so(enter, visit):
    enter(Role.SUPPORT)
    assert "There is no such audit." in shown(visit("audit", audit="nope"))


def test_a_csv_asks_for_its_columns_before_it_starts(enter, visit):
    enter(Role.SUPPORT)
    page = visit("audit", source="CSV file")
    assert next(b for b in page.button if b.label == "Audit").disabled
    page.file_uploader[0].upload("links.csv", b"photo_id,photo_url\n1,x\n", "text/csv").run()
    assert page.selectbox[0].value == "photo_url"
    assert page.selectbox[1].value == "photo_id"
    assert not next(b for b in page.button if b.label == "Audit").disabled
