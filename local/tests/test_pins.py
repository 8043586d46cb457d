from pathlib import Path

from local import pins

HASH = "sha256:" + "0" * 64


def _lock(folder: Path, **texts: str) -> None:
    for name in pins.SETS:
        (folder / f"{name}.in").write_text("")
        (folder / f"{name}.txt").write_text(texts.get(name.replace("-", "_"), ""))


def _pin(text: str) -> str:
    return f"{text} \\\n    --hash={HASH}\n    # via -r requirements.in\n"


def test_what_is_not_one_version_with_its_hashes_is_a_fault(tmp_path: Path) -> None:
    sound = _pin("django==5.2.19") + _pin("celery[redis]==5.7.0 ; python_version < '4'")
    loose = "urllib3>=2\nrequests==2.34.0\nsix @ https://example.org/six.whl\n"
    _lock(tmp_path, requirements=sound + loose, requirements_local=sound, requirements_dev=sound)
    found = [line for line in pins.faults(tmp_path) if line.startswith("requirements.txt")]
    assert [line.rpartition(": ")[2] for line in found] == loose.splitlines()


def test_what_is_asked_for_and_not_locked_or_locked_otherwise_is_a_fault(tmp_path: Path) -> None:
    both = _pin("django==5.2.19")
    _lock(tmp_path, requirements=both, requirements_local=both, requirements_dev=_pin("django==5.1"))
    (tmp_path / "requirements.in").write_text("django>=5.3  # the newest\nnumpy>=2\n")
    assert list(pins.faults(tmp_path)) == [
        "requirements.in: asks for django>=5.3, locked is 5.2.19",
        "requirements.in: asks for numpy>=2, locked is None",
        "requirements-dev.txt: lacks django 5.2.19",
    ]


def test_a_package_that_nobody_locked_is_a_stranger(tmp_path: Path) -> None:
    _lock(tmp_path, requirements_dev=_pin("pytest==0.1"))
    found = list(pins.strangers(tmp_path))
    assert any(line.startswith("installed: django ") and line.endswith("locked: None") for line in found)
    assert any(line.startswith("installed: pytest ") and line.endswith("locked: 0.1") for line in found)


def test_the_bill_of_materials_names_exactly_what_is_locked(tmp_path: Path) -> None:
    _lock(tmp_path, requirements=_pin("django==5.2.19") + _pin("celery[redis]==5.7.0"))
    assert list(pins.missing(tmp_path)) == []
    (tmp_path / "requirements.txt").write_text(_pin("django==5.2.19") + "celery\n")
    assert list(pins.missing(tmp_path)) == ["bill of materials: celery None is in one only"]
