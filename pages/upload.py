"""Upload: from the browser straight to S3; what was refused says why and what to do."""

from core.model.identity import Actor, Permission
from core.ui import parts, upload_view
from core.ui.frame import open_page, show
from core.ui.session import services
from core.ui.uploader import uploader


def main(actor: Actor) -> None:
    settings = services().settings
    show(parts.headline("Upload files", upload_view.limits(settings)))
    uploader(
        "uploader",
        account_id=actor.account_id,
        max_bytes=settings.max_upload_bytes,
        private=upload_view.private_wanted(),
    )
    upload_view.recent()


main(open_page(Permission.MEDIA_UPLOAD))
