"""`make ships`: do the files that bring the site to others keep the rules of those who read them?

Each tool must be there and must find its files: what was not looked at is a failure too.
"""

import subprocess
import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
TOOLS = {
    "Dockerfile": ["hadolint"],
    "docker-compose*.yml": ["check-jsonschema", "--builtin-schema", "vendor.compose-spec"],
    "deploy/kubernetes/*.yaml": ["kubernetes-validate", "--strict", "--quiet"],
}
SHELL = ("scripts/*.sh", "scripts/drivers/*.sh", "deploy/compose/*.sh")
# kustomize's own file is of no kind that Kubernetes knows; deploy/tests reads it.
ELSEWHERE = {"kustomization.yaml"}


def main(root: Path) -> int:
    """The exit code; what is wrong has been printed."""
    programs = Path(sys.executable).parent
    failed = [
        pattern
        for pattern, (tool, *options) in TOOLS.items()
        if not passes([str(programs / tool), *options], found(root, pattern))
    ]
    failed += [
        str(path)
        for pattern in SHELL
        for path in found(root, pattern) or [Path(pattern)]
        if not passes(["sh", "-n"], [path])
    ]
    print(
        "\n".join(f"not in order: {name}" for name in failed) or "Dockerfile, compose and manifests: in order"
    )
    return 1 if failed else 0


def found(root: Path, pattern: str) -> list[Path]:
    return sorted(path for path in root.glob(pattern) if path.name not in ELSEWHERE)


def passes(command: list[str], files: list[Path]) -> bool:
    if not files:
        print(f"{command[0]} finds no file to read.", file=sys.stderr)
        return False
    return subprocess.run([*command, *files], check=False).returncode == 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if sys.argv[1:] else CHECKOUT))
