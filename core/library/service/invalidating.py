"""The CDN is told to forget exactly the paths of a file; reached as `library.invalidations`."""

from __future__ import annotations

from datetime import timedelta

from core.aws.cloudfront_invalidations import Invalidations as Cdn
from core.errors import AwsDenied, AwsUnavailable, Configuration, Conflict, NotFound
from core.library.service.outside import Outside
from core.library.service.shelf import Shelf, named
from core.model.changes import FreePaths, Invalidation, InvalidationState
from core.model.identity import Actor, Permission
from core.model.media import Job, JobState, MediaFile
from core.model.versions import served_keys, viewer_paths
from core.model.visibility import changeable, visible
from core.stores.invalidations import JOB, InvalidationBook

__all__ = ["JOB", "Invalidating"]

_ATTEMPTS = 5
_SETTLING = timedelta(seconds=2)  # edges may answer from before for a moment after "Completed"


class Invalidating:
    def __init__(self, shelf: Shelf, cdn: Cdn | None, outside: Outside) -> None:
        self._shelf, self._cdn, self._outside = shelf, cdn, outside
        self._book = InvalidationBook(shelf.store, shelf.jobs, shelf.clock)

    def start(self, actor: Actor, file_id: str) -> Invalidation:
        """Have the CDN fetch the file and its smaller pictures anew.

        Where CloudFront can't be reached, it is kept and tried again. Raises `Conflict` for a file
        that is not served yet.
        """
        actor.require(Permission.MEDIA_READ)
        file = changeable(actor, self._shelf.stored(file_id).value)
        if not file.etag:
            raise Conflict(f"{file.name} is not served yet.", hint="Wait until it is processed.")
        return self.forget(file, served_keys(file), actor)

    def forget(self, file: MediaFile, keys: tuple[str, ...], actor: Actor) -> Invalidation:
        """The same for any keys, on behalf of somebody who was allowed to change what they hold."""
        self._control()
        paths = viewer_paths(keys)
        audit = self._shelf.audit
        details = named(file) | {"paths": str(len(paths))}
        for _ in range(_ATTEMPTS):
            one, operations = self._book.order(
                file.id, file.owner_id, paths, actor.account_id, started=True
            )
            event = audit.event(
                "file.invalidated", actor=actor, subject=f"file/{file.id}", details=details
            )
            try:
                self._shelf.store.transact([*operations, audit.put(event)])
            except Conflict:
                continue  # another one was counted at the same moment
            self._shelf.jobs.attempt(self._shelf.jobs.get(one.job_id), self.run)
            self._shelf.jobs.announce()
            return self._as_now(self._book.records.get(one.id))
        raise Conflict("Many are asking the CDN at once.", hint="Try again.")

    def get(self, actor: Actor, id: str) -> Invalidation:
        """How far it is, asked of CloudFront. Raises `NotFound` for another person's file."""
        actor.require(Permission.MEDIA_READ)
        stored = self._book.records.find(id)
        unknown = NotFound(f"There is no invalidation {id[:80]!r}.", hint="Look at the file's.")
        if stored is None:
            raise unknown
        try:
            visible(actor, self._shelf.stored(stored.value.file_id).value)
        except NotFound:  # which would tell the file's id
            raise unknown from None
        return self._as_now(self._asked(stored.value))

    def of_file(self, actor: Actor, file_id: str, *, limit: int = 20) -> tuple[Invalidation, ...]:
        """Newest first, as they were when somebody last asked."""
        actor.require(Permission.MEDIA_READ)
        visible(actor, self._shelf.stored(file_id).value)
        found = self._book.records.page(file_id, limit=limit, descending=True).items
        return tuple(self._as_now(one) for one in found)

    def free_paths(self, actor: Actor) -> FreePaths:
        """What is used of the month's free paths, in the account as far as it can be read."""
        actor.require(Permission.MEDIA_READ)
        now = self._shelf.clock()
        month = f"{now:%Y-%m}"
        used = self._book.used(month)
        try:
            more, complete = self._control().others_paths(
                now.replace(day=1, hour=0, minute=0, second=0, microsecond=0),
                self._book.cloudfront_ids(month),
            )
        except (AwsDenied, AwsUnavailable, Configuration):
            return FreePaths(month=month, used=used, at_least=True)
        return FreePaths(month=month, used=used + more, at_least=not complete)

    def run(self, job: Job) -> None:
        """The handler of `JOB`: ask, then wait until CloudFront is done; safe to repeat."""
        stored = self._book.records.find(job.subject_id)
        if stored is None:
            return
        one = self._asked(self._created(stored.value))
        if one.state is not InvalidationState.COMPLETED:
            raise AwsUnavailable(
                "CloudFront is still at it.", hint="It takes a few seconds to minutes."
            )

    def _created(self, one: Invalidation) -> Invalidation:
        if one.state is not InvalidationState.REQUESTED:
            return one
        id_ = self._control().create(one.paths, one.id)
        return self._save(one, state=InvalidationState.IN_PROGRESS, cloudfront_id=id_)

    def _asked(self, one: Invalidation) -> Invalidation:
        if one.state is not InvalidationState.IN_PROGRESS:
            return one
        if self._shelf.clock() < one.created_at + _SETTLING:
            return one
        try:
            completed = self._control().completed(one.cloudfront_id)
        except (AwsUnavailable, AwsDenied):
            return one  # it goes on without us; what is known is still true
        if not completed:
            return one
        ended = self._save(one, state=InvalidationState.COMPLETED, ended_at=self._shelf.clock())
        if self._outside.check_delivery and self._shelf.files.find(one.file_id):
            self._outside.check_delivery(one.file_id)
        return ended

    def _save(self, one: Invalidation, **update: object) -> Invalidation:
        return self._book.records.update(one.id, lambda now: now.model_copy(update=update))

    def _as_now(self, one: Invalidation) -> Invalidation:
        """With what its job knows of failures."""
        if one.state is not InvalidationState.REQUESTED:
            return one
        stored = self._shelf.jobs.find(one.job_id)
        if stored is None:
            return one
        failed = stored.value.state is JobState.FAILED
        state = InvalidationState.FAILED if failed else one.state
        return one.model_copy(update={"state": state, "problem": stored.value.problem})

    def _control(self) -> Cdn:
        if self._cdn is None:
            raise Configuration(
                "No distribution is set.", hint="Set DASHBOARD_DISTRIBUTION_ID to the CDN's."
            )
        return self._cdn
