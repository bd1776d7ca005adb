"""What a library can tell about the files of a query: counts by facet, folders, days; status."""

from __future__ import annotations

from core.model.base import Noun, UtcTime


class FacetValue(Noun):
    """`value` as the filter of that name takes it; a month is `2026-11`."""

    value: str
    count: int


class Facet(Noun):
    """The values with the most files; how many others there are is `more`."""

    values: tuple[FacetValue, ...]
    more: int = 0


class Facets(Noun):
    """Counts within a query. Each facet lifts its own filter, so that it shows what else there is.

    `folders` are the children of the query's folder, each with all below it. `about`: the counts
    are estimates.
    """

    total: int
    kinds: Facet
    states: Facet
    folders: Facet
    tags: Facet
    cameras: Facet
    extensions: Facet
    months: Facet  # of `taken_at`
    undated: int  # files that don't say when they were taken
    owners: Facet | None = None  # for those who may read everybody's files
    private: int
    shared: int
    about: bool = False


class Moment(Noun):
    """Files of one UTC month (`2026-11`) or day (`2026-11-20`)."""

    period: str
    count: int


class Timeline(Noun):
    """When the files of a query were taken (or uploaded), newest first."""

    periods: tuple[Moment, ...]
    undated: int


class Folder(Noun):
    """`path` is `a/b`; `count` is of files in it alone, `below` also of all that lies deeper."""

    path: str
    name: str
    count: int
    below: int


class IndexStatus(Noun):
    """Whether searches see all files yet; `total` is unknown where the store can't tell."""

    building: bool
    done: int
    total: int | None = None

    @property
    def message(self) -> str:
        if not self.building:
            return f"answers, {self.done:,} files"
        of = "" if self.total is None else f" of {self.total:,}"
        return f"index is being built, {self.done:,}{of} files; searches see those"


class Album(Noun):
    """A list that its owner's files may be on, as `MediaFile.albums`."""

    id: str
    owner_id: str
    name: str
    created_at: UtcTime
    cover_id: str = ""  # a file; '' means: the newest


class AlbumCard(Noun):
    """An album as it is listed."""

    album: Album
    count: int
    cover_id: str  # of a file that is on it; '' where it is empty


class SavedSearch(Noun):
    id: str
    owner_id: str
    name: str
    query: str  # as typed into the search box
    created_at: UtcTime


class FolderRecord(Noun):
    """A folder that somebody made, so that it is there before its first file."""

    owner_id: str
    path: str
    created_at: UtcTime
