"""Runs clang-tidy over the project's source files, several at once.

usage: tidy.py [--jobs N] [--build FOLDER] [FILE...]

Compiles without the precompiled header, so that a file which lacks an include is found too. A file that was clean is
not looked at again until its text, its flags, a project file it includes, .clang-tidy or clang-tidy itself changes.
"""

import argparse
import concurrent.futures
import hashlib
import json
import re
import shlex
import subprocess
import sys
import time
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
REMEMBERED = ROOT / "build/tidy"
TIDY = "clang-tidy-19"

# Flags that only make sense with an output file or a precompiled header, and how many arguments follow each.
DROPPED = {"-c": 0, "-MD": 0, "-MMD": 0, "-o": 1, "-MF": 1, "-MT": 1, "-MQ": 1, "-Winvalid-pch": 0}


def flags_of(command: str) -> list[str]:
    words = shlex.split(command)
    while "clang++" not in words[0]:  # the launcher: ccache, cmake -E env
        words.pop(0)
    words.pop(0)
    flags: list[str] = []
    while words:
        word = words.pop(0)
        if word == "-Xclang":
            argument = words.pop(0)
            if argument == "-fno-pch-timestamp":
                continue
            if argument in ("-include", "-include-pch"):
                words.pop(0), words.pop(0)  # -Xclang FILE
                continue
            flags += [word, argument]
        elif word in DROPPED:
            del words[: DROPPED[word]]
        else:
            flags.append(word)
    return flags[:-1]  # the last word is the source file


@cache
def text_of(path: Path) -> bytes:
    return path.read_bytes()


@cache
def included_by(path: Path) -> frozenset[Path]:
    """The project's files that `path` names in an #include."""
    names = re.findall(rb'^\s*#\s*include\s+"([^"]+)"', text_of(path), re.MULTILINE)
    found = (folder / name.decode() for name in names for folder in (ROOT / "src", path.parent))
    return frozenset(file.resolve() for file in found if file.is_file())


def closure(path: Path) -> list[Path]:
    seen, waiting = {path}, [path]
    while waiting:
        new = included_by(waiting.pop()) - seen
        seen |= new
        waiting += new
    return sorted(seen)


def fingerprint(path: Path, flags: list[str], version: str) -> str:
    digest = hashlib.sha256("\0".join([version, *flags]).encode())
    for file in [ROOT / ".clang-tidy", *closure(path)]:
        digest.update(b"\0" + str(file).encode() + b"\0" + hashlib.sha256(text_of(file)).digest())
    return digest.hexdigest()


def tidy(path: Path, flags: list[str]) -> str:
    """What clang-tidy says; empty when it found nothing."""
    run = subprocess.run(
        [TIDY, "--quiet", "--use-color=false", str(path), "--", *flags], capture_output=True, text=True, cwd=ROOT
    )
    if run.returncode == 0:
        return ""
    return run.stdout or run.stderr


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--build", type=Path, default=ROOT / "build/dev", help="where compile_commands.json is")
    parser.add_argument("files", nargs="*", type=lambda name: Path(name).resolve())
    arguments = parser.parse_args()

    version = subprocess.run([TIDY, "--version"], capture_output=True, text=True, check=True).stdout
    commands = json.loads((arguments.build / "compile_commands.json").read_text())
    sources = {Path(entry["file"]): flags_of(entry["command"]) for entry in commands}
    sources = {path: flags for path, flags in sources.items() if (ROOT / "build") not in path.parents}
    if arguments.files:
        unknown = [str(path) for path in arguments.files if path not in sources]
        if unknown:
            print(f"not built by that preset: {' '.join(unknown)}", file=sys.stderr)
            return 2
        sources = {path: sources[path] for path in arguments.files}

    REMEMBERED.mkdir(parents=True, exist_ok=True)
    waiting = {}
    for path, flags in sorted(sources.items()):
        clean = REMEMBERED / fingerprint(path, flags, version)
        if clean.exists():
            clean.touch()
        else:
            waiting[path] = (flags, clean)

    print(f"{len(waiting)} of {len(sources)} files to look at", flush=True)
    said: set[str] = set()
    unclean = 0
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        running = {pool.submit(tidy, path, flags): (path, clean) for path, (flags, clean) in waiting.items()}
        for done, future in enumerate(concurrent.futures.as_completed(running), 1):
            path, clean = running[future]
            findings = future.result()
            if findings:
                unclean += 1
                # Headers are seen once for each source file that includes them.
                for finding in re.split(r"^(?=/)", findings, flags=re.MULTILINE):
                    if finding.strip() and finding not in said:
                        said.add(finding)
                        print(finding.replace(f"{ROOT}/", ""), end="")
            else:
                clean.touch()
            print(f"[{done}/{len(waiting)}] {path.relative_to(ROOT)}{' has findings' if findings else ''}", flush=True)
    month_ago = time.time() - 30 * 24 * 3600
    for stamp in REMEMBERED.iterdir():
        if stamp.stat().st_mtime < month_ago:
            stamp.unlink()
    return 1 if unclean else 0


if __name__ == "__main__":
    sys.exit(main())
