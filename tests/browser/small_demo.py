"""The demo with few pictures: its planted faults are there within seconds.

`python -m tests.browser.small_demo`, with what `core serve` would set in the environment.
"""

import os
import sys

from streamlit.web.cli import main

from core.demo import load
from tests.browser.running import ROOT

if __name__ == "__main__":
    load.PICTURES, load.LOGOS, load._PHOTOS = 32, 1, ROOT / "tests" / "photos" / "none"
    load.KITS, load.measure = (), lambda *_: None
    os.environ["DASHBOARD_DEMO"] = "true"
    port = os.environ["DASHBOARD_PORT"]
    sys.argv = ["streamlit", "run", str(ROOT / "streamlit_app.py"), f"--server.port={port}"]
    sys.exit(main())
