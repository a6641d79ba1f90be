"""What holds for every test: its own state folder, and the same examples every time."""

from __future__ import annotations

import os
from collections.abc import Iterator

import hypothesis
import pytest

# Tests decide the same on every machine; HYPOTHESIS_PROFILE=explore looks for new examples.
hypothesis.settings.register_profile(
    "same", derandomize=True, deadline=None, database=None, print_blob=True
)
hypothesis.settings.register_profile("explore", deadline=None, max_examples=1000)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))


@pytest.fixture(scope="session", autouse=True)
def state_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keys and test authorities of this session only; the developer's own stay untouched."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CONFORMANCE_HOME", str(tmp_path_factory.mktemp("home")))
        yield
