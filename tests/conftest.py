"""Fixtures that tests of several rooms share."""

from __future__ import annotations

import hypothesis
import pytest

# A busy machine is no failure; the limit for a whole test is pytest's.
hypothesis.settings.register_profile("shared", deadline=None)
hypothesis.settings.load_profile("shared")


@pytest.fixture(scope="session")
def emulator(tmp_path_factory):
    """A real embedded cloud in a folder of its own, stack deployed; one for the whole session."""
    from core.emulator.service import start_emulator  # noqa: PLC0415  # boto3 only where needed
    from core.settings import load_settings  # noqa: PLC0415

    running = start_emulator(load_settings(data_dir=tmp_path_factory.mktemp("cloud"), port=8501))
    yield running
    running.stop()
