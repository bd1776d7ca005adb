"""The app with signed addresses that end within seconds: `python -m tests.browser.short_lived`.

What takes 20 minutes in real life is seen as it is, by the real edge and the real clock.
"""

import os
import sys
from datetime import timedelta

from streamlit.web.cli import main

from core.aws import cdn_signing
from tests.browser.running import ROOT

if __name__ == "__main__":
    cdn_signing.LIFE, cdn_signing.WINDOW = timedelta(seconds=6), timedelta(seconds=1)
    port = os.environ["DASHBOARD_PORT"]
    sys.argv = ["streamlit", "run", str(ROOT / "streamlit_app.py"), f"--server.port={port}"]
    sys.exit(main())
