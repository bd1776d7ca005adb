"""The app whose bulk changes wait after their first step while a file `hold` lies in its data.

So that a test can look at what is on its way. `python -m tests.browser.held_bulk`.
"""

import os
import sys
import time
from pathlib import Path

from streamlit.web.cli import main

from core.library.service.bulk.run import BulkRun
from tests.browser.running import ROOT

HOLD = Path(os.environ["DASHBOARD_DATA_DIR"]) / "hold"
_do_some = BulkRun._do_some


def held(self, task, stored, ids):
    while stored.value.done and HOLD.exists():
        time.sleep(0.05)
    return _do_some(self, task, stored, ids)


if __name__ == "__main__":
    BulkRun._do_some = held
    port = os.environ["DASHBOARD_PORT"]
    sys.argv = ["streamlit", "run", str(ROOT / "streamlit_app.py"), f"--server.port={port}"]
    sys.exit(main())
