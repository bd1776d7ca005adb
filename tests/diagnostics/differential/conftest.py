"""One laboratory for the whole session, in the embedded cloud that all tests share."""

import pytest

from tests.diagnostics.differential.laboratory import Laboratory


@pytest.fixture(scope="session")
def laboratory(emulator):
    made = Laboratory(emulator)
    yield made
    made.close()
