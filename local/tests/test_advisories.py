"""What was not looked up is not checked, whatever pip-audit says."""

import pytest

from local.advisories import FOUND, NOT_CHECKED, verdict

SOUND = {"name": "django", "version": "5.2", "vulns": []}
BAD = {"name": "django", "version": "5.2", "vulns": [{"id": "CVE-1"}]}
SKIPPED = {"name": "celery", "skip_reason": "Dependency not found"}


@pytest.mark.parametrize(
    ("rows", "code", "said"),
    [
        ([SOUND, {"name": "celery", "version": "5", "vulns": []}], 0, "0 known vulnerabilities in the 2"),
        ([SOUND, SKIPPED], NOT_CHECKED, "NOT CHECKED: of 2 packages 1"),
        ([SOUND], NOT_CHECKED, "NOT CHECKED: of 2 packages 1"),
        ([BAD, SKIPPED], FOUND, "django 5.2: CVE-1"),
        (None, NOT_CHECKED, "NOT CHECKED: of 2 packages 2"),
    ],
)
def test_a_package_that_was_not_looked_up_is_no_success(rows: object, code: int, said: str) -> None:
    report = None if rows is None else {"dependencies": rows}
    found, lines = verdict(report, names={"django", "celery"})
    assert found == code
    assert said in "\n".join(lines)
