"""An earlier version put back at the address that the file has now, over what is served there.

The copies cover what is served before the record can say so. A job does it: what a crash breaks
off goes on after it, and what is refused on the way puts the covered bytes back.
"""

from __future__ import annotations

import secrets

from core.errors import AwsUnavailable, Conflict, DashboardError
from core.library import covering as rules
from core.library.covering import Covered
from core.library.leftovers import LeftObjects
from core.library.service.leftovers import Leftovers
from core.library.service.shelf import Shelf, named
from core.model.identity import Actor
from core.model.media import FileVersion, Job, JobState, MediaFile
from core.model.object_names import held_at, spot
from core.model.versions import served_keys, shown_again, trimmed, version_of, viewer_paths
from core.model.visibility import changeable
from core.stores.account_records import AccountRecords
from core.stores.collection import Collection, Stored
from core.stores.each import each
from core.stores.invalidations import InvalidationBook

JOB = "restore_over"
_ATTEMPTS = 5


class Covering:
    def __init__(self, shelf: Shelf, leftovers: Leftovers) -> None:
        self._shelf, self._leftovers = shelf, leftovers
        self._people = AccountRecords(shelf.store)
        self._begun = Collection(shelf.store, "restored_over", Covered, key=lambda one: one.id)
        self._book = InvalidationBook(shelf.store, shelf.jobs, shelf.clock)

    def start(self, actor: Actor, file: MediaFile, wanted: FileVersion) -> None:
        """Raises `Conflict` where it can't be done, `AwsUnavailable` where it goes on later."""
        rules.check_fits(file, wanted, self._shelf.bucket.name)
        self._check_alone(file)
        one = Covered(
            id=secrets.token_hex(16),
            file_id=file.id,
            by=actor,
            base_revision=file.revision,
            wanted=wanted,
            previous=self._pinned(file),
        )
        job, put_job = self._shelf.jobs.put(JOB, one.id, actor.account_id, started=True)
        self._shelf.store.transact([self._begun.put(one), put_job])
        done = self._shelf.jobs.attempt(job, self.run)
        self._shelf.jobs.announce()  # the CDN is to be told
        if done.problem and done.state is JobState.FAILED:
            raise Conflict(done.problem.detail, hint=done.problem.hint)
        if done.problem and done.state is JobState.QUEUED:
            raise AwsUnavailable(done.problem.detail, hint="It is tried again by itself.")

    def run(self, job: Job) -> None:
        """The handler of `JOB`; safe to repeat."""
        stored = self._begun.find(job.subject_id)
        if stored is None:
            return
        one = stored.value
        try:
            with self._leftovers.begun(rules.planned(one), again=True) as intent:
                self._cover(one, intent)
        except AwsUnavailable:
            raise  # it goes on when it is tried again
        except DashboardError:
            self._give_up(one)
            raise

    def finish(self) -> int:
        """Give up what was tried in vain for long. Returns how many there were."""
        return each([job for job in self._shelf.jobs.failed() if job.kind == JOB], self._given_up)

    def _given_up(self, job: Job) -> bool:
        stored = self._begun.find(job.subject_id)
        if stored is not None:
            self._give_up(stored.value)
        return stored is not None

    def _give_up(self, one: Covered) -> None:
        self._put_back(one)
        self._begun.remove(one.id)

    def _cover(self, one: Covered, intent: Stored[LeftObjects]) -> None:
        fresh = None
        for _ in range(_ATTEMPTS):
            target = self._shelf.stored(one.file_id)
            rules.check_still(changeable(self._people.as_now(one.by), target.value), one)
            self._check_alone(target.value)
            fresh = fresh or self._carried(one)
            try:
                return self._write(one, target, fresh, intent)
            except Conflict:
                continue  # renamed or tagged at the same moment
        raise Conflict("The file is being changed by others.", hint="Try again.")

    def _write(
        self,
        one: Covered,
        target: Stored[MediaFile],
        fresh: FileVersion,
        intent: Stored[LeftObjects],
    ) -> None:
        by, shelf = one.by.account_id, self._shelf
        after = rules.restored(target.value, one, fresh, shelf.clock())
        after, refs = trimmed(after, shelf.settings.kept_versions, by)
        gone = shelf.released.note(after.id, refs)
        subject, number = f"file/{after.id}", str(one.wanted.number)
        event = shelf.audit.event(
            "file.version_restored",
            actor=one.by,
            subject=subject,
            details=named(after) | {"version": number, "address": "the same"},
        )
        paths = viewer_paths(served_keys(after))
        _, told = self._book.order(after.id, after.owner_id, paths, by)
        done = (
            self._begun.drop(one.id),
            self._leftovers.settled(intent),
            *shelf.released.put(gone),
        )
        shelf.store.transact(
            [shelf.files.put(after, target.version), shelf.audit.put(event), *done, *told]
        )
        shelf.released.settle(gone)

    def _carried(self, one: Covered) -> FileVersion:
        places, carry = rules.places(one), self._shelf.bucket.carry
        made = {spot(ref): carry(ref, key) for ref, key in places}
        return held_at(one.wanted, made)

    def _put_back(self, one: Covered) -> None:
        """Where served bytes may be covered by ones that are not taken: show them again."""
        stored = self._shelf.files.find(one.file_id)
        for ref in shown_again(one.previous, stored.value) if stored else ():
            found = self._shelf.bucket.find(ref.key)
            if found is None or found.ref.version_id != ref.version_id:
                self._shelf.bucket.carry(ref, ref.key)

    def _check_alone(self, file: MediaFile) -> None:
        """Bytes at the same address would be another record's as well."""
        if self._shelf.uses.spared(file.bucket, served_keys(file), f"file/{file.id}"):
            raise Conflict(
                f"The object of {file.name} is used elsewhere, too, and would change there.",
                hint="Restore it under a new address.",
            )

    def _pinned(self, file: MediaFile) -> FileVersion:
        """What is served now, by S3's version ids, written down before it is covered."""
        small = tuple(
            one.model_copy(update={"version_id": self._version_id(one.key, one.version_id)})
            for one in file.renditions
        )
        served = self._version_id(file.key, file.version_id)
        return version_of(file.model_copy(update={"version_id": served, "renditions": small}))

    def _version_id(self, key: str, known: str | None) -> str:
        version = self._shelf.bucket.head(key, known).ref.version_id
        if version is None:
            raise Conflict(
                "The bucket keeps no versions: what is served now would be lost.",
                hint="Restore it under a new address, or have an admin turn versioning on.",
            )
        return version
