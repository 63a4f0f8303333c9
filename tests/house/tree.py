"""The checkout as the house's rules see it: files, and modules as their CMakeLists.txt describe them."""

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePosixPath
from posixpath import normpath

CPP = (".h", ".cc")

# Folders that git ignores; looked at only where there is no git to ask.
NOT_OURS = {".git", "build", "freshet-data", "__pycache__", ".pytest_cache", ".cache", "node_modules"}

KEYWORDS = {
    "freshet_module": (
        "CONCURRENT", "HEADERS", "SOURCES", "LINKS", "PRIVATE_LINKS", "TESTS", "TEST_LINKS", "BENCHES", "FUZZERS"
    ),
    "target_link_libraries": ("PUBLIC", "PRIVATE", "INTERFACE"),
}  # fmt: skip


@dataclass
class Module:
    """A library or program and what CMake knows of it."""

    folder: str  # relative to src/
    target: str  # freshet_module(x) makes freshet_x
    concurrent: bool = False
    headers: list[str] = field(default_factory=list)  # these and the next four: paths relative to src/
    sources: list[str] = field(default_factory=list)
    tests: list[str] = field(default_factory=list)
    benches: list[str] = field(default_factory=list)
    fuzzers: list[str] = field(default_factory=list)
    links: set[str] = field(default_factory=set)  # targets
    private_links: set[str] = field(default_factory=set)
    test_links: set[str] = field(default_factory=set)

    @property
    def files(self) -> list[str]:
        return self.headers + self.sources + self.tests + self.benches + self.fuzzers


class Tree:
    def __init__(self, root: Path):
        self.root = root

    @cached_property
    def files(self) -> list[str]:
        """Every file that is in git or would be with `git add .`, relative to the root."""
        try:
            listed = subprocess.run(
                ["git", "-c", "safe.directory=*", "ls-files", "-z", "-co", "--exclude-standard"],
                cwd=self.root, capture_output=True, text=True, check=True,
            ).stdout.split("\0")  # fmt: skip
        except (OSError, subprocess.CalledProcessError):
            listed = [path.relative_to(self.root).as_posix() for path in self.root.rglob("*")]
            listed = [name for name in listed if not NOT_OURS.intersection(PurePosixPath(name).parts)]
        return sorted({name for name in listed if name and (self.root / name).is_file()})

    def text(self, name: str) -> str:
        return (self.root / name).read_text(encoding="utf-8")

    def named(self, *suffixes: str, under: str = "") -> list[str]:
        return [name for name in self.files if name.startswith(under) and name.endswith(suffixes)]

    @cached_property
    def cpp(self) -> list[str]:
        return self.named(*CPP)

    @cached_property
    def modules(self) -> list[Module]:
        found = []
        for name in self.named("/CMakeLists.txt", under="src/"):
            folder = PurePosixPath(name).parent.relative_to("src").as_posix()
            found += read_modules(folder, self.text(name))
        return found

    @cached_property
    def by_target(self) -> dict[str, Module]:
        return {module.target: module for module in self.modules}

    @cached_property
    def owners(self) -> dict[str, Module]:
        """The module that each listed file belongs to."""
        return {name: module for module in self.modules for name in module.files}

    def reach(self, targets: set[str]) -> set[str]:
        """The targets whose headers may be named by one that links `targets`: those and what they link publicly."""
        seen: set[str] = set()
        waiting = list(targets)
        while waiting:
            target = waiting.pop()
            if target not in seen and target in self.by_target:
                seen.add(target)
                waiting += self.by_target[target].links
        return seen

    def includes(self, path: str) -> Iterator[tuple[int, str]]:
        """The line numbers and names of `#include "name"` in a file relative to src/."""
        for number, line in enumerate(self.text(f"src/{path}").splitlines(), 1):
            if match := re.match(r'\s*#\s*include\s+"([^"]+)"', line):
                yield number, match[1]

    @cached_property
    def source_files(self) -> list[str]:
        """The C++ files under src/, relative to it."""
        return [name.removeprefix("src/") for name in self.named(*CPP, under="src/")]


def commands(text: str) -> Iterator[tuple[str, list[str]]]:
    """The commands of a CMake file and their arguments."""
    text = re.sub(r'"(?:\\.|[^"\\])*"|#[^\n]*', lambda match: "" if match[0].startswith("#") else match[0], text)
    for match in re.finditer(r"([A-Za-z_]\w*)\s*\(((?:\"(?:\\.|[^\"\\])*\"|[^()\"]|\([^()]*\))*)\)", text):
        yield match[1].lower(), [word.strip('"') for word in re.findall(r'"(?:\\.|[^"\\])*"|[^\s"]+', match[2])]


def by_keyword(command: str, arguments: list[str]) -> dict[str, list[str]]:
    """Splits arguments at their keywords; those before the first are under ""."""
    parts: dict[str, list[str]] = {"": []}
    current = ""
    for word in arguments:
        if word in KEYWORDS[command]:
            current = word
            parts.setdefault(current, [])
        else:
            parts[current].append(word)
    return parts


def is_test(name: str) -> bool:
    """Tests, benchmarks, fuzz targets and what is made for them."""
    path = PurePosixPath(name)
    return path.stem.endswith(("_test", "_bench", "_fuzz")) or "testing" in path.parts


def read_modules(folder: str, text: str) -> list[Module]:
    """The modules that one CMakeLists.txt makes."""
    made: dict[str, Module] = {}

    def placed(names: list[str]) -> list[str]:
        return [normpath(f"{folder}/{name}") for name in names if "$" not in name and ":" not in name]

    for command, arguments in commands(text):
        if command == "freshet_module":
            parts = by_keyword(command, arguments)
            target = f"freshet_{parts[''][0]}"
            made[target] = Module(
                folder,
                target,
                concurrent="CONCURRENT" in parts,
                headers=placed(parts.get("HEADERS", [])),
                sources=placed(parts.get("SOURCES", [])),
                tests=placed(parts.get("TESTS", [])),
                benches=placed(parts.get("BENCHES", [])),
                fuzzers=placed(parts.get("FUZZERS", [])),
                links=set(parts.get("LINKS", [])),
                private_links=set(parts.get("PRIVATE_LINKS", [])),
                test_links=set(parts.get("TEST_LINKS", [])),
            )
        elif command in ("add_library", "add_executable", "target_sources"):
            module = made.setdefault(arguments[0], Module(folder, arguments[0]))
            named = placed([word for word in arguments[1:] if word.endswith(CPP)])
            module.headers += [name for name in named if name.endswith(".h")]
            module.sources += [name for name in named if name.endswith(".cc")]
        elif command == "target_link_libraries":
            parts = by_keyword(command, arguments[1:])
            public = set(parts.get("PUBLIC", []) + parts.get("INTERFACE", []))
            private = set(parts.get("PRIVATE", []) + parts[""])
            if module := made.get(arguments[0]):
                module.links |= public
                module.private_links |= private
            elif module := made.get("freshet_" + re.sub("_(test|bench)$", "", arguments[0])):
                module.test_links |= public | private
    return list(made.values())
