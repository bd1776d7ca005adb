"""Where people keep files and searches: folders, albums, saved searches; all one's own."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from core.errors import Conflict
from core.model.finding import AlbumCard
from core.web.api.access import Caller, Dashboard
from core.web.api.openapi import OWN, SIGNED_IN, problems
from core.web.api.present_changes import bulk_out
from core.web.api.schemas_finding import (
    AlbumChangesIn,
    AlbumIn,
    AlbumOut,
    AlbumsOut,
    FolderIn,
    FolderOut,
    FolderRenameIn,
    FolderRenameOut,
    FoldersOut,
    SavedSearchesOut,
    SavedSearchIn,
    SavedSearchOut,
    SavedSearchRenameIn,
)

router = APIRouter(tags=["files"])

_Parent = Annotated[str, Query(max_length=4000, description="`a/b`; empty is the top")]
_Path = Annotated[str, Query(min_length=1, max_length=4000)]


@router.get("/folders", responses=problems(*SIGNED_IN))
def list_folders(caller: Caller, dashboard: Dashboard, parent: _Parent = "") -> FoldersOut:
    """The folders in one folder, with counts of live files."""
    found = dashboard.library.folders(caller, parent)
    return FoldersOut(items=[FolderOut.model_validate(folder) for folder in found])


@router.post("/folders", status_code=201, responses=problems(*SIGNED_IN, Conflict))
def create_folder(body: FolderIn, caller: Caller, dashboard: Dashboard) -> FolderOut:
    """An empty folder, which stays until it is deleted."""
    return FolderOut.model_validate(dashboard.library.tree.create(caller, body.path))


@router.patch("/folders", status_code=202, responses=problems(*OWN, Conflict))
def rename_folder(body: FolderRenameIn, caller: Caller, dashboard: Dashboard) -> FolderRenameOut:
    """Rename or move a folder with all in it; its files follow as a bulk change."""
    bulk = dashboard.library.tree.rename(caller, body.path, body.new_path)
    return FolderRenameOut(bulk=bulk_out(bulk) if bulk else None)


@router.delete("/folders", status_code=204, responses=problems(*OWN, Conflict))
def delete_folder(caller: Caller, dashboard: Dashboard, path: _Path) -> None:
    """Only an empty one."""
    dashboard.library.tree.delete(caller, path)


@router.get("/albums", responses=problems(*SIGNED_IN))
def list_albums(caller: Caller, dashboard: Dashboard) -> AlbumsOut:
    return AlbumsOut(items=[_album(card) for card in dashboard.library.albums.listed(caller)])


@router.post("/albums", status_code=201, responses=problems(*SIGNED_IN, Conflict))
def create_album(body: AlbumIn, caller: Caller, dashboard: Dashboard) -> AlbumOut:
    """Put files on it with a bulk change of kind `add_to_album`."""
    album = dashboard.library.albums.create(caller, body.name)
    return _album(AlbumCard(album=album, count=0, cover_id=""))


@router.get("/albums/{id}", responses=problems(*OWN))
def get_album(id: str, caller: Caller, dashboard: Dashboard) -> AlbumOut:
    return _album(dashboard.library.albums.get(caller, id))


@router.patch("/albums/{id}", responses=problems(*OWN, Conflict))
def change_album(id: str, body: AlbumChangesIn, caller: Caller, dashboard: Dashboard) -> AlbumOut:
    albums = dashboard.library.albums
    albums.change(caller, id, name=body.name, cover_id=body.cover_id)
    return _album(albums.get(caller, id))


@router.delete("/albums/{id}", status_code=204, responses=problems(*OWN, Conflict))
def delete_album(id: str, caller: Caller, dashboard: Dashboard) -> None:
    """The files stay."""
    dashboard.library.albums.delete(caller, id)


@router.get("/saved-searches", responses=problems(*SIGNED_IN))
def list_searches(caller: Caller, dashboard: Dashboard) -> SavedSearchesOut:
    found = dashboard.library.searches.listed(caller)
    return SavedSearchesOut(items=[SavedSearchOut.model_validate(one) for one in found])


@router.post("/saved-searches", status_code=201, responses=problems(*SIGNED_IN, Conflict))
def save_search(body: SavedSearchIn, caller: Caller, dashboard: Dashboard) -> SavedSearchOut:
    saved = dashboard.library.searches.create(caller, body.name, body.query)
    return SavedSearchOut.model_validate(saved)


@router.patch("/saved-searches/{id}", responses=problems(*OWN, Conflict))
def rename_search(
    id: str, body: SavedSearchRenameIn, caller: Caller, dashboard: Dashboard
) -> SavedSearchOut:
    renamed = dashboard.library.searches.rename(caller, id, body.name)
    return SavedSearchOut.model_validate(renamed)


@router.delete("/saved-searches/{id}", status_code=204, responses=problems(*OWN, Conflict))
def delete_search(id: str, caller: Caller, dashboard: Dashboard) -> None:
    dashboard.library.searches.delete(caller, id)


def _album(card: AlbumCard) -> AlbumOut:
    return AlbumOut(
        id=card.album.id,
        name=card.album.name,
        created_at=card.album.created_at,
        count=card.count,
        cover_id=card.cover_id,
    )
