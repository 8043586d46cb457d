from pathlib import Path

from local import findings

PYPROJECT = '[tool.ruff.lint.per-file-ignores]\n"ours/**" = ["S307"]\n'


def test_a_finding_counts_until_it_is_explained_where_it_stands(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(PYPROJECT)
    for folder, line in {
        "app": "eval(input())",
        "said": "eval(input())  # noqa: S307 -- why",
        "other": "eval(input())  # noqa: S101 -- another",
        "ours": "eval(input())",
    }.items():
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "code.py").write_text(f"{line}\n")
    report = findings.look(tmp_path, ("app", "said", "other", "ours"))
    assert report["errors"] == []
    found = list(findings.unexplained(tmp_path, report["results"]))
    assert [line.partition(":")[0] for line in found] == ["app/code.py", "other/code.py"]


def test_a_file_that_bandit_cannot_read_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "code.py").write_text("def :\n")
    assert findings.look(tmp_path, ("app",))["errors"]
