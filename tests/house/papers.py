"""What is written down, held against what is there."""

import json
import re
from pathlib import PurePosixPath

from tree import CPP, Tree, commands, is_test

MOST_LINES = {".h": 250, ".cc": 600, "_inl.h": 600}
MOST_TEST_LINES = 900
MOST_COLUMNS = 100
MOST_BYTES = 1 << 20

JUNK = re.compile(r"(\.(o|a|so|pyc|orig|rej|swp|log|pid|tmp|bak|gcda|gcno|profraw)|~|\.DS_Store|/core)$")
JUNK_FOLDERS = {"build", "node_modules", "__pycache__", "freshet-data", "CMakeFiles", ".cache"}

# Folders whose files are data and may be binary.
DATA = ("tests/corpora/", "tests/data/", "tests/golden/", "docs/pictures/", "web/public/")

MACHINE_PATH = re.compile(r"""(?<![\w./:}-])/(root|work|(home|Users)/[a-z]\w*|tmp/bash_jobs)(/|(?=["'`\s]))""")


def oversized(tree: Tree) -> list[str]:
    found = []
    for name in tree.cpp:
        lines = tree.text(name).splitlines()
        kind = "_inl.h" if name.endswith("_inl.h") else PurePosixPath(name).suffix
        most = MOST_TEST_LINES if is_test(name) else MOST_LINES[kind]
        if len(lines) > most:
            found.append(f"{name}: {len(lines)} lines; at most {most}")
        found += [
            f"{name}:{number}: {len(line)} columns; at most {MOST_COLUMNS}"
            for number, line in enumerate(lines, 1)
            if len(line) > MOST_COLUMNS and not line.startswith("#include")
        ]
    return found


def junk(tree: Tree) -> list[str]:
    found = []
    for name in tree.files:
        parts = PurePosixPath(name).parts
        if not name.startswith(DATA) and (JUNK.search(name) or JUNK_FOLDERS.intersection(parts[:-1])):
            found.append(f"{name}: generated; it does not belong into git")
            continue
        content = (tree.root / name).read_bytes()
        if len(content) > MOST_BYTES:
            found.append(f"{name}: {len(content)} bytes; at most {MOST_BYTES}")
        if b"\0" in content and not name.startswith(DATA):
            found.append(f"{name}: binary; data belongs into one of {', '.join(DATA)}")
    return found


def machine_paths(tree: Tree) -> list[str]:
    found = []
    for name in tree.files:
        if name.startswith(DATA):
            continue
        for number, line in enumerate((tree.root / name).read_text(errors="replace").splitlines(), 1):
            if match := MACHINE_PATH.search(line):
                found.append(f"{name}:{number}: {match[0]} is a path of one machine")
    return found


def unlisted_files(tree: Tree) -> list[str]:
    """C++ files under src/ that no CMakeLists.txt names, or that one names and that are not there."""
    listed = {name for module in tree.modules for name in module.files}
    there = set(tree.source_files)
    return [f"src/{name}: no CMakeLists.txt names it" for name in sorted(there - listed)] + [
        f"src/{name}: named by a CMakeLists.txt, but not there" for name in sorted(listed - there)
    ]


def misplaced_files(tree: Tree) -> list[str]:
    """Files under the wrong keyword of freshet_module."""
    wanted = {"_test": "TESTS", "_bench": "BENCHES", "_fuzz": "FUZZERS"}
    found = []
    for module in tree.modules:
        kinds = {"HEADERS": module.headers, "SOURCES": module.sources, "TESTS": module.tests,
                 "BENCHES": module.benches, "FUZZERS": module.fuzzers}  # fmt: skip
        for kind, names in kinds.items():
            for name in names:
                stem, suffix = PurePosixPath(name).stem, PurePosixPath(name).suffix
                right = "HEADERS" if suffix == ".h" else "SOURCES"
                for ending, keyword in wanted.items():
                    if suffix == ".cc" and stem.endswith(ending):
                        right = keyword
                if kind != right and not (kind == "TESTS" and is_test(name)):
                    found.append(f"src/{name}: under {kind}, belongs under {right}")
    return found


def unbuilt_modules(tree: Tree) -> list[str]:
    """Modules that src/CMakeLists.txt does not build, or builds before what they link (headers alone are not built)."""
    built: list[str] = []
    for command, arguments in commands(tree.text("src/CMakeLists.txt")):
        if command == "set" and arguments[0] == "all_modules":
            built = arguments[1:]
    there = {module.folder for module in tree.modules if module.folder != "."}
    found = [f"src/{folder}: not in all_modules" for folder in sorted(there - set(built))]
    found += [f"all_modules: there is no module in src/{folder}" for folder in built if folder not in there]
    for module in tree.modules:
        if module.folder not in built:
            continue
        earlier = built[: built.index(module.folder) + 1]
        for target in sorted(module.links | module.private_links):
            linked = tree.by_target.get(target)
            if linked and linked.sources and linked.folder not in earlier:
                found.append(f"all_modules: {module.folder} comes before {linked.folder}, which it links")
    return found


THREADS = re.compile(
    r'#\s*include\s+("base/(mutex|blocking_pool)\.h"|<(thread|atomic|mutex|shared_mutex|condition_variable|future)>)'
)


def unmarked_threads(tree: Tree) -> list[str]:
    """Modules with tests that use threads or locks and are not marked CONCURRENT."""
    found = []
    for module in tree.modules:
        if module.concurrent or not module.tests:
            continue
        for name in module.headers + module.sources + module.tests:
            if (tree.root / "src" / name).is_file() and (match := THREADS.search(tree.text(f"src/{name}"))):
                found.append(f"src/{module.folder}/CMakeLists.txt: mark it CONCURRENT; {name} has {match[0]}")
                break
    return found


def corpora_without_fuzzer(tree: Tree) -> list[str]:
    corpora = {PurePosixPath(name).parts[2] for name in tree.files if name.startswith("tests/corpora/")}
    fuzzers = {
        PurePosixPath(name).stem.removesuffix("_fuzz") for module in tree.modules for name in module.fuzzers
    }
    return [f"tests/corpora/{name}: no module has {name}_fuzz.cc" for name in sorted(corpora - fuzzers)] + [
        f"{name}_fuzz.cc: tests/corpora/{name} has no input" for name in sorted(fuzzers - corpora)
    ]


# Folders that are explained once, not in every folder that has one.
ALIKE = {"testing", "schema"}


def folders(tree: Tree) -> set[str]:
    """The folders that ARCHITECTURE.md has to name: the top ones, and those in src/ with code of their own."""
    found = {f"{PurePosixPath(name).parts[0]}/" for name in tree.files if "/" in name}
    for name in tree.named(*CPP, "CMakeLists.txt", under="src/"):
        parts = PurePosixPath(name).parent.parts
        while ALIKE.intersection(parts):
            parts = parts[:-1]
        found.add("/".join(parts) + "/")
    return found


def folder_table(tree: Tree) -> list[str]:
    named = re.findall(r"^\|\s*`([^`|]+/)`\s*\|", tree.text("ARCHITECTURE.md"), re.MULTILINE)
    there = folders(tree)
    found = [f"ARCHITECTURE.md names {name} twice" for name in sorted(set(named)) if named.count(name) > 1]
    found += [f"ARCHITECTURE.md does not name {name}" for name in sorted(there - set(named))]
    return found + [f"ARCHITECTURE.md names {name}, which is not there" for name in sorted(set(named) - there)]


def without_code(markdown: str) -> str:
    markdown = re.sub(r"^(```|~~~).*?^\1", "", markdown, flags=re.MULTILINE | re.DOTALL)
    return re.sub(r"`[^`\n]*`", "", markdown)


def anchors(markdown: str) -> set[str]:
    titles = re.findall(r"^#+\s+(.*?)\s*#*$", re.sub(r"^(```|~~~).*?^\1", "", markdown, flags=re.M | re.S), re.M)
    return {re.sub(r"\s", "-", re.sub(r"[^\w\s-]", "", title.lower())) for title in titles}


def broken_links(tree: Tree) -> list[str]:
    found = []
    for name in tree.named(".md"):
        here = (tree.root / name).parent
        for target in re.findall(r"\]\(<?([^)\s>]+)", without_code(tree.text(name))):
            if re.match(r"[a-z][a-z0-9+.-]*:", target):
                continue
            path, _, anchor = target.partition("#")
            file = here / path if path else tree.root / name
            if not file.exists():
                found.append(f"{name}: {target} leads nowhere")
            elif anchor and file.suffix == ".md" and anchor not in anchors(file.read_text()):
                found.append(f"{name}: {target} names no heading there")
    return found


def packages(tree: Tree) -> list[str]:
    """Packages that ./dev setup installs and docs/dependencies.md does not explain, or the other way round."""
    lines = [line.partition("#") for line in tree.text("tools/packages.txt").splitlines()]
    installed = {name.strip() for name, _, _ in lines if name.strip()}
    found = [
        f"tools/packages.txt: say what {name.strip()} is for"
        for name, _, reason in lines
        if name.strip() and not reason.strip()
    ]
    cells = re.findall(r"^\|([^|]+)\|", tree.text("docs/dependencies.md"), re.MULTILINE)
    explained = {name for cell in cells for name in re.findall(r"`([^`]+)`", cell)}
    found += [f"docs/dependencies.md does not explain {name}" for name in sorted(installed - explained)]
    return found + [f"tools/packages.txt does not install {name}" for name in sorted(explained - installed)]


def npm_packages(tree: Tree) -> list[str]:
    """The same for what the package.json files bring from npm."""
    described = [json.loads(tree.text(name)) for name in tree.named("package.json")]
    own = {package["name"] for package in described}
    kinds = ("dependencies", "devDependencies")
    installed = {name for package in described for kind in kinds for name in package.get(kind, {})} - own
    _, _, page = tree.text("docs/dependencies.md").partition("\n## The page\n")
    rows = re.findall(r"^\| *(@?[a-z][^|]*?) *\|", page.partition("\n## ")[0], re.MULTILINE)
    explained = {name for row in rows for name in row.split(", ")} - {"what"}
    found = [f"docs/dependencies.md does not explain {name}" for name in sorted(installed - explained)]
    return found + [f"no package.json brings {name}" for name in sorted(explained - installed)]


def decisions(tree: Tree) -> list[str]:
    """Decision records without a number of their own, or that the index does not name."""
    index = tree.text("docs/decisions/README.md")
    found, numbers = [], []
    for name in tree.named(".md", under="docs/decisions/"):
        file = PurePosixPath(name).name
        if file == "README.md":
            continue
        if match := re.match(r"(\d{4})-[a-z0-9-]+\.md$", file):
            numbers.append(match[1])
        else:
            found.append(f"{name}: call it NNNN-what-was-decided.md")
        if f"({file})" not in index:
            found.append(f"docs/decisions/README.md does not name {file}")
    twice = sorted({number for number in numbers if numbers.count(number) > 1})
    return found + [f"docs/decisions: {number} is taken twice" for number in twice]
