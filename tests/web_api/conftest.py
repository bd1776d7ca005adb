"""The routes as the app mounts them, on real services: SQLite, the search index and moto's S3."""

import threading
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from urllib.parse import unquote

import pytest
from moto import mock_aws
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from core.accounts.service import AccountsService
from core.aws.clients import AwsClients
from core.aws.cloudfront_invalidations import Invalidations
from core.aws.edge import Edge
from core.aws.s3 import MediaBucket, ServedAs
from core.costs.service import CostsService
from core.costs.service.actuals import ActualsBook
from core.costs.service.inputs import CostParts, NothingMeasured
from core.costs.service.sheets import PriceSheets
from core.dashboard.advising import recoding_of, right_headers
from core.diagnostics.service import DiagnosticsService
from core.diagnostics.service.audits.service import AuditsService
from core.diagnostics.service.audits.sources import Reach
from core.diagnostics.service.cases.service import CasesService
from core.diagnostics.service.migrations.service import MigrationsService
from core.diagnostics.service.repairs.service import RepairsService
from core.library.service import LibraryService
from core.library.service.advising import AdvisingService
from core.library.service.viewing import ViewingService
from core.model.identity import SESSION_COOKIE, Role
from core.model.media import FileKind, FileState, MediaFile, ObjectRef, RemovedField, Rendition
from core.settings import load_settings
from core.shares.service import SharesService
from core.stores.account_records import AccountRecords
from core.stores.audit_log import AuditLog
from core.stores.file_names import FileNames
from core.stores.files import file_records
from core.stores.jobs import JobQueue
from core.stores.search_index import SearchIndex
from core.stores.sqlite import SqliteRecordStore
from core.upload.service import UploadService
from core.upload.service.avatars import AvatarService
from core.upload.service.progress import ProgressService
from core.usage.service.opening import open_logs
from core.usage.service.opening_storage import open_storage
from core.web.api.app import build_api

PASSWORD = "granite-lantern-meadow-73"
HOME = "http://testserver"


def _costs(folder, store, clock):
    """No bill and no usage, as an account has them on its first day."""
    book = ActualsBook(folder, None, clock, timedelta(hours=12))
    parts = CostParts(store, book, NothingMeasured(), None, None, clock)
    return CostsService(PriceSheets(folder / "prices"), clock, parts)


def _traffic(store, jobs, clients, settings, clock):
    return open_logs(
        store, jobs, clients, settings, clock, distribution_id="E1", deliver=lambda: None
    )


class Viewer(BaseHTTPRequestHandler):
    """What a CDN in front of the bucket answers to a HEAD; `bucket` is set on a subclass."""

    def do_HEAD(self):
        _, _, _, _, key = unquote(self.path).split("/", 4)  # below /emulator/cdn/DISTRIBUTION/
        found = self.bucket.find(key)
        self.send_response(200 if found else 404)
        if found:
            self.send_header("Content-Type", found.content_type)
            self.send_header("Content-Length", str(found.ref.size))
            self.send_header("Cache-Control", found.cache_control)
            self.send_header("Content-Disposition", found.content_disposition)
        self.end_headers()

    def log_message(self, *_):
        pass


@contextmanager
def cdn(bucket):
    handler = type("BucketViewer", (Viewer,), {"bucket": bucket})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def _distribution(cloudfront):
    """Moto's, to invalidate paths of."""
    access = {"OriginAccessIdentity": ""}
    origin = {"Id": "o", "DomainName": "media.s3.amazonaws.com", "S3OriginConfig": access}
    forwarded = {"QueryString": False, "Cookies": {"Forward": "none"}}
    config = {
        "CallerReference": "r",
        "Comment": "",
        "Enabled": True,
        "Origins": {"Quantity": 1, "Items": [origin]},
        "DefaultCacheBehavior": {
            "TargetOriginId": "o",
            "ViewerProtocolPolicy": "allow-all",
            "MinTTL": 0,
            "ForwardedValues": forwarded,
        },
    }
    return cloudfront.create_distribution(DistributionConfig=config)["Distribution"]["Id"]


def utc_now():
    return datetime.now(UTC)


@pytest.fixture(scope="module")
def dashboard(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    settings = load_settings(data_dir=folder, failed_sign_ins_per_address=10_000)
    with mock_aws(), ExitStack() as parts:
        clients = AwsClients("us-east-1", None, "AKIATEST", "secret")
        clients.s3.create_bucket(Bucket="media")
        clients.s3.put_bucket_versioning(
            Bucket="media", VersioningConfiguration={"Status": "Enabled"}
        )
        index = SearchIndex(folder / "db.sqlite3")
        store = SqliteRecordStore(folder / "db.sqlite3", [index])
        audit, jobs = AuditLog(store, utc_now), JobQueue(store, utc_now)
        bucket = MediaBucket(
            clients.s3,
            "media",
            signing_endpoint="https://media.s3.amazonaws.com",
            public_prefix="/emulator/s3/media",
        )
        edge = parts.enter_context(
            closing(Edge("/emulator/cdn/media", connect_base=parts.enter_context(cdn(bucket))))
        )
        distribution = Invalidations(clients.cloudfront, _distribution(clients.cloudfront))
        library = LibraryService(
            store, index, bucket, edge, audit, settings, utc_now, jobs, cdn=distribution
        )
        doctor = DiagnosticsService(
            clients, clock=utc_now, cdn_prefix="/emulator/cdn/", store=store, edge=edge
        )
        uploads = UploadService(
            *(store, bucket, edge, jobs, audit, settings, utc_now, FileNames(store, index))
        )
        yield SimpleNamespace(
            settings=settings,
            store=store,
            bucket=bucket,
            accounts=AccountsService(store, audit, settings, utc_now, "k" * 40),
            avatars=AvatarService(store, bucket, edge, jobs, audit, settings, utc_now),
            progress=ProgressService(store, bucket, audit, settings, utc_now),
            uploads=uploads,
            library=library,
            viewing=ViewingService(library, bucket, edge, utc_now),
            advising=AdvisingService(
                library,
                store,
                bucket,
                edge,
                audit,
                utc_now,
                right_headers=right_headers,
                forget=lambda *_: None,
                recoding=recoding_of(uploads, bucket, settings),
            ),
            shares=SharesService(store, index, bucket, audit, settings, utc_now, "k" * 40),
            diagnostics=doctor,
            costs=_costs(folder, store, utc_now),
            storage=open_storage(
                store, jobs, clients, settings, utc_now, lambda region: (None, region)
            ),
            traffic=_traffic(store, jobs, clients, settings, utc_now),
            cases=CasesService(store, doctor, audit, utc_now),
            audits=AuditsService(
                store, jobs, audit, Reach(clients, index, edge.url), utc_now, folder / "audits"
            ),
            migrations=MigrationsService(
                store, clients, doctor, jobs, audit, utc_now, edge=edge, cdn_prefix="/emulator/cdn/"
            ),
            repairs=RepairsService(
                clients,
                store,
                audit,
                utc_now,
                doctor,
                edge,
                signer_of=bucket.beside,
                account_of=AccountRecords(store).accounts.get,
                cdn_prefix="/emulator/cdn/",
            ),
            jobs=jobs,
        )
        index.close()
        store.close()


@pytest.fixture(scope="module")
def people(dashboard):
    """A fresh session for each role on each use of `sign_in`; accounts are made once."""
    accounts = {
        name: dashboard.accounts.register(f"{name}@example.com", PASSWORD, name)
        for name in ("owner", "other")
    }
    accounts["admin"] = dashboard.accounts.create_admin("admin@example.com", PASSWORD)
    admin = actor(dashboard, "admin@example.com")
    helper = dashboard.accounts.register("support@example.com", PASSWORD, "support")
    accounts["support"] = dashboard.accounts.change_role(admin, helper.id, Role.SUPPORT)
    return accounts


def actor(dashboard, email):
    signed_in = dashboard.accounts.sign_in(email, PASSWORD)
    return dashboard.accounts.actor_for_cookie(signed_in.token)


@pytest.fixture(scope="module")
def app(dashboard):
    return Starlette(routes=[Mount("/api", build_api(lambda: dashboard))])


@pytest.fixture
def visitor(app):
    """Nobody in particular."""
    with TestClient(app, base_url=HOME, follow_redirects=False) as client:
        yield client


@pytest.fixture
def bearer(app, dashboard, people):
    """role → a client that sends a bearer token of a new session."""
    clients = []

    def sign_in(role):
        client = TestClient(app, base_url=HOME, follow_redirects=False)
        signed_in = dashboard.accounts.sign_in(f"{role}@example.com", PASSWORD)
        token = dashboard.accounts.access_token(signed_in.session)
        client.headers["Authorization"] = f"Bearer {token}"
        clients.append(client)
        return client

    yield sign_in
    for client in clients:
        client.close()


@pytest.fixture
def browser(app, dashboard, people):
    """A client of the owner that sends the session cookie, as a browser does."""
    with TestClient(app, base_url=HOME, follow_redirects=False) as client:
        signed_in = dashboard.accounts.sign_in("owner@example.com", PASSWORD)
        client.cookies.set(SESSION_COOKIE, signed_in.token)
        yield client


@pytest.fixture
def add_file(dashboard, people):
    files = file_records(dashboard.store)

    def add(id, *, owner="owner", name="beach.jpg", state=FileState.DELIVERED, stored=True, **more):
        key, pristine = f"media/{id}/beach.jpg", f"originals/{id}/beach.jpg"
        if stored:
            dashboard.bucket.put(key, b"bytes", ServedAs("image/jpeg"))
        file = MediaFile(
            id=id,
            owner_id=people[owner].id,
            name=name,
            size=5,
            content_type="image/jpeg",
            kind=FileKind.IMAGE,
            state=state,
            uploaded_at=utc_now(),
            bucket="media",
            key=key,
            pristine=ObjectRef(bucket="media", key=pristine),
            renditions=(
                Rendition(
                    name="thumbnail", key=f"media/{id}/thumbnail.webp", width=4, height=3, size=2
                ),
            ),
            removed=(RemovedField(group="GPS", name="GPSLatitude", value="52.5"),),
            **more,
        )
        return files.add(file)

    return add
