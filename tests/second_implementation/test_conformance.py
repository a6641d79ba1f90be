"""The toolkit against the server: everything that it serves is PASS, over a socket."""

import pytest

from tests.second_implementation.judged import judged


@pytest.mark.long
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_toolkit_accuses_it_of_nothing(seed, tmp_path):
    code, report, said = judged(tmp_path, seed=seed)
    assert code == 0, said
    verdicts = {each["id"]: each["verdict"] for each in report["requirements"] if each["findings"]}
    assert len(verdicts) > 150
    assert set(verdicts.values()) == {"PASS"}
