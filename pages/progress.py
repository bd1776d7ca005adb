"""Progress: one's own photos over time, two dates side by side."""

from core.model.identity import Permission
from core.ui import progress_view
from core.ui.frame import open_page

open_page(Permission.MEDIA_UPLOAD)
progress_view.photos()
