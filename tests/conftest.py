"""What holds for every test: its own state folder, and the same examples every time."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import hypothesis
import pytest

# Tests decide the same on every machine; HYPOTHESIS_PROFILE=explore looks for new examples.
hypothesis.settings.register_profile(
    "same", derandomize=True, deadline=None, database=None, print_blob=True
)
hypothesis.settings.register_profile("explore", deadline=None, max_examples=1000)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))

# Who starts us in the background of a shell has us ignore interrupts, and our children with us.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session", autouse=True)
def state_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keys and test authorities of this session only; the developer's own stay untouched."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CONFORMANCE_HOME", str(tmp_path_factory.mktemp("home")))
        yield
