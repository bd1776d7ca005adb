"""Every page on the real services: SQLite records, a bucket of moto, real sessions of each role."""

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import pytest
from argon2 import PasswordHasher
from moto import mock_aws
from streamlit.testing.v1 import AppTest

from core import dashboard, hashing
from core.accounts.service import AccountsService
from core.aws.clients import AwsClients
from core.aws.cloudfront import CloudFrontReader
from core.aws.edge import Edge
from core.aws.s3 import MediaBucket, ServedAs
from core.costs.service import CostsService, PriceSheets
from core.costs.service.actuals import ActualsBook
from core.costs.service.inputs import CostParts, NothingMeasured
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
from core.model.identity import Role
from core.model.media import DeliveryStep, FileKind, FileState, MediaFile, RemovedField, Rendition
from core.model.traffic import LogPlace
from core.settings import load_settings
from core.shares.service import SharesService
from core.stores.account_records import AccountRecords
from core.stores.audit_log import AuditLog
from core.stores.files import file_records
from core.stores.jobs import JobQueue
from core.stores.log_store import LogStore
from core.stores.search_index import SearchIndex
from core.stores.sqlite import SqliteRecordStore
from core.ui import session
from core.upload.service import UploadService
from core.upload.service.avatars import AvatarService
from core.upload.service.progress import ProgressService
from core.usage.access_logs import columns_of, shape_of
from core.usage.service.storage import StorageService
from core.usage.service.storage_reading import Reader
from core.usage.service.traffic import TrafficService

MAIN = Path(__file__).parents[2] / "core" / "main.py"
PASSWORD = "violet-anchor-tractor-moon"
NASTY = "<script>alert(1)</script> **b** [x](y).jpg"


def utc_now():
    return datetime.now(UTC)


@pytest.fixture
def desk(tmp_path, monkeypatch):
    monkeypatch.setattr(hashing, "_hasher", PasswordHasher(1, 8, 1))
    with open_desk(tmp_path) as built:
        yield built


@contextmanager
def open_desk(folder):
    """The services on a folder and a bucket of moto, as the process's dashboard."""
    with mock_aws():
        clients = AwsClients("us-east-1", None, "AKIATEST", "secret")
        clients.s3.create_bucket(Bucket="media")
        settings = load_settings(data_dir=folder)
        index = SearchIndex(folder / "db.sqlite3")
        store = SqliteRecordStore(folder / "db.sqlite3", [index])
        audit, jobs = AuditLog(store, utc_now), JobQueue(store, utc_now)
        bucket, edge = MediaBucket(clients.s3, "media"), Edge("https://cdn.example")
        library = LibraryService(store, index, bucket, edge, audit, settings, utc_now)
        doctor = DiagnosticsService(clients, clock=utc_now, store=store)
        repairs = RepairsService(
            clients, store, audit, utc_now, doctor, edge, signer_of=bucket.beside,
            account_of=AccountRecords(store).accounts.get,
        )  # fmt: skip
        reach = Reach(clients, index, edge.url)
        uploads = UploadService(store, bucket, edge, jobs, audit, settings, utc_now)
        built = SimpleNamespace(
            settings=settings,
            accounts=AccountsService(store, audit, settings, utc_now, "k" * 40),
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
            avatars=AvatarService(store, bucket, edge, jobs, audit, settings, utc_now),
            progress=ProgressService(store, bucket, audit, settings, utc_now),
            uploads=uploads,
            diagnostics=doctor,
            cases=CasesService(store, doctor, audit, utc_now),
            migrations=MigrationsService(store, clients, doctor, jobs, audit, utc_now, edge=edge),
            repairs=repairs,
            clients=clients,
            audits=AuditsService(
                store,
                jobs,
                audit,
                reach,
                utc_now,
                folder / "audits",
                propose=repairs.propose_records,
            ),
            traffic=open_traffic(clients, store, jobs, folder),
            storage=open_storage(clients, store, jobs, folder),
            costs=open_costs(store, folder),
            jobs=jobs,
            cloud=SimpleNamespace(cdn_prefix="", bucket=bucket),
            emulator=object(),
            store=store,
            index=index,
            bucket=bucket,
            files=file_records(store),
        )
        dashboard.install(built)
        yield built
        dashboard.install(None)
        built.traffic.close()
        edge.close()
        index.close()
        store.close()


def open_traffic(clients, store, jobs, folder):
    """Traffic of logs that are delivered into the media bucket, under `cdn-logs/`."""
    return TrafficService(
        store, jobs, LogStore(folder / "traffic", shape_of, columns_of, utc_now),
        CloudFrontReader(clients.cloudfront), lambda name: MediaBucket(clients.s3, name), utc_now,
        distribution_id="E1", configured=LogPlace(bucket="media", prefix="cdn-logs/"),
    )  # fmt: skip


def open_storage(clients, store, jobs, folder):
    def price_of(region):
        return Decimal("0.000005"), f"{region}: 0.005 per 1000"

    def owners():
        return {file.id: file.owner_id for file in file_records(store).all()}

    reader = Reader(clients, utc_now, owners, price_of)
    return StorageService(store, jobs, reader, folder / "storage", utc_now)


def keep_bill(folder, actuals):
    """As a bill lies in the data folder once it was read and paid for."""
    path = folder / "actuals" / f"{actuals.period}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(actuals.model_dump_json())


def open_costs(store, folder, measures=None, months=()):
    """Costs without Cost Explorer: what AWS billed is what `months` keep."""
    book = ActualsBook(folder, None, utc_now, timedelta(hours=12))
    for actuals in months:
        keep_bill(folder, actuals)
    unsent = SimpleNamespace(mail=lambda *_: None, topic=lambda *_: None)
    parts = CostParts(store, book, measures or NothingMeasured(), unsent, None, utc_now)
    return CostsService(PriceSheets(folder / "prices"), utc_now, parts)


@pytest.fixture
def enter(desk, monkeypatch):
    """Sign a new person of this role in; what the browser would send is the real token."""

    def sign_in(role, name="Ada"):
        email = f"{name.lower()}@example.com"
        if role is Role.ADMIN:
            account = desk.accounts.create_admin(email, PASSWORD)
        else:
            account = desk.accounts.register(email, PASSWORD, name)
        if role is Role.SUPPORT:
            desk.store.put(promoted(desk.store.get("account", account.id), role))
        signed_in = desk.accounts.sign_in(email, PASSWORD, device="Firefox")
        monkeypatch.setattr(session, "token", lambda: signed_in.token)
        return desk.accounts.actor_for_cookie(signed_in.token)

    return sign_in


def promoted(record, role):
    return record.model_copy(update={"data": record.data | {"role": role.value}})


@pytest.fixture
def add(desk):
    return partial(add_file, desk)


def add_file(desk, id, owner, *, name="beach.jpg", state=FileState.DELIVERED, age=1, **more):
    """Store a file as the upload would leave it."""
    key = f"media/{id}/beach.jpg"
    ref = desk.bucket.put(key, b"bytes of " + id.encode(), ServedAs("image/jpeg"))
    ok = state is FileState.DELIVERED
    fields = {
        "size": 2048,
        "upload_size": 4096,
        "content_type": "image/jpeg",
        "kind": FileKind.IMAGE,
        "uploaded_at": utc_now() - timedelta(hours=age),
        "bucket": "media",
        "key": key,
        "version_id": ref.version_id,
        "width": 4032,
        "height": 3024,
        "renditions": (
            Rendition(name="thumbnail", key=f"media/{id}/t.webp", width=4, height=3, size=5),
        ),
        "removed": (RemovedField(group="GPS", name="GPSLatitude", value="52.5163"),),
        "delivery": (
            DeliveryStep(
                name="original: status", ok=ok, expected="200", actual="200" if ok else "403"
            ),
        ),
    }
    file = MediaFile(id=id, owner_id=owner.account_id, name=name, state=state, **(fields | more))
    return desk.files.add(file)


@pytest.fixture
def visit(desk):
    return open_page


def open_page(name="home", **query):
    """Open a page as a browser does: through core/main.py and its navigation."""
    app = AppTest.from_file(MAIN, default_timeout=20)
    for key, value in query.items():
        app.query_params[key] = value
    if name != "home":
        app.run()
        app.switch_page(f"../pages/{name}.py")
    app.run()
    assert not app.exception, app.exception
    return app


def shown(app):
    """All HTML of our own parts on the page, in order."""
    parts = (node.proto.body for node in app.get("html"))
    return "\n".join(part for part in parts if "<style>" not in part)
