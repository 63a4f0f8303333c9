"""Builds the page of web/ into build/web/, when something that it is made of has changed.

usage: build.py ROOT [--packages-only] [--depfile FILE --target FILE]

Installs the npm packages of package-lock.json first (npm ci), unless those are there. All presets share the result, so
one build works at a time and the others find it done. --depfile names for ninja what the page is made of.
"""

import argparse
import fcntl
import hashlib
import os
import subprocess
import sys
from pathlib import Path

WORKSPACES = ("sdk", "web")  # the page takes the sources of the client library
SHARED = ("package.json", "package-lock.json", ".npmrc", "tsconfig.base.json", "tools/node.txt", "tools/page/build.py")
NOT_SOURCES = {"node_modules", "dist", "coverage"}


def sources(root: Path) -> tuple[list[Path], list[Path]]:
    """The files that the page is made of, and the folders that hold them."""
    files = [root / name for name in SHARED if (root / name).is_file()]
    folders = []
    for workspace in WORKSPACES:
        for folder, below, names in os.walk(root / workspace):
            below[:] = sorted(set(below) - NOT_SOURCES)
            folders.append(Path(folder))
            files += [Path(folder) / name for name in sorted(names)]
    return files, folders


def digest(root: Path, files: list[Path]) -> str:
    whole = hashlib.sha256()
    for file in files:
        content = file.read_bytes()
        whole.update(f"{file.relative_to(root)} {len(content)}\n".encode())
        whole.update(content)
    return whole.hexdigest()


def is_stamped(stamp: Path, value: str) -> bool:
    return stamp.is_file() and stamp.read_text() == value


def run(root: Path, *command: str) -> None:
    node = root / "build/tools/node/bin"
    if not (node / "npm").exists():
        sys.exit("Node is missing; run ./dev setup first.")
    environment = os.environ | {"PATH": f"{node}:{os.environ['PATH']}", "CI": "true", "NO_COLOR": "1"}
    finished = subprocess.run(command, cwd=root, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if finished.returncode != 0:
        sys.stderr.buffer.write(finished.stdout)
        sys.exit(f"`{' '.join(command)}` failed (see above).")


def install(root: Path) -> None:
    value = digest(root, [root / name for name in ("package-lock.json", ".npmrc", "tools/node.txt")])
    stamp = root / "node_modules/.installed"
    if is_stamped(stamp, value):
        return
    print("installing the page's npm packages", flush=True)
    run(root, "npm", "ci", "--no-audit", "--no-fund")
    stamp.write_text(value)


def build(root: Path, files: list[Path]) -> None:
    value = digest(root, files)
    stamp = root / "build/web.built"
    if is_stamped(stamp, value) and (root / "build/web/index.html").is_file():
        return
    print("building the page", flush=True)
    stamp.unlink(missing_ok=True)
    run(root, "npm", "run", "build", "--workspace", "web")
    stamp.write_text(value)


def escaped(path: Path) -> str:
    return str(path).replace(" ", "\\ ").replace("#", "\\#")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("root", type=lambda name: Path(name).resolve())
    parser.add_argument("--packages-only", action="store_true")
    parser.add_argument("--depfile", type=Path)
    parser.add_argument("--target")
    arguments = parser.parse_args()
    root = arguments.root
    (root / "build").mkdir(exist_ok=True)
    with open(root / "build/web.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        install(root)
        if arguments.packages_only:
            return
        files, folders = sources(root)
        build(root, files)
    if arguments.depfile:
        arguments.depfile.write_text(f"{arguments.target}: {' '.join(map(escaped, files + folders))}\n")


if __name__ == "__main__":
    main()
