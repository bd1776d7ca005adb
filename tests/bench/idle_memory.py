"""Start time, and memory of the app and of the emulator once both are idle and nobody has come."""

import time

from tests.bench._app import children, memory_mib, report, running_app


def main():
    with running_app() as app:
        time.sleep(10)
        emulator = children(app.process.pid)
        report(
            "idle_memory",
            ready_s=round(app.ready_seconds, 2),
            ready_bar_s=5,
            app_mib=round(memory_mib(app.process.pid), 1),
            app_bar_mib=200,
            emulator_mib=round(sum(memory_mib(pid) for pid in emulator), 1),
            emulator_bar_mib=100,
        )


if __name__ == "__main__":
    main()
