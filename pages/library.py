"""Library: find files, look at them, download, move to the trash and back."""

from core.model.identity import Permission
from core.ui import library_view
from core.ui.frame import open_page

open_page(Permission.MEDIA_READ)
library_view.browse()
