"""Who may include whom."""

import re
from pathlib import PurePosixPath

from tree import Module, Tree, is_test

# Each storey and what lies below it.
BELOW = {
    "base": set(),
    "net": {"base"},
    "algorithms": {"base"},
    "stores": {"base", "algorithms"},
    "services": {"base", "net", "algorithms", "stores"},
    "app": {"base", "net", "algorithms", "stores", "services"},
}

# Stores stand side by side and do not know each other, except the log: the outbox is a table that feeds it, and
# counters are restored from it.
NEIGHBOURS = {("stores/database", "stores/log"), ("stores/counters", "stores/log")}

# What a service shows to other services.
SERVICE_DOORS = {"api.h", "types.h", "events.h"}

ADAPTER = re.compile(r"(memory|rocksdb|sqlite)_\w+\.h")


def top(path: str) -> str:
    return PurePosixPath(path).parts[0]


def second(path: str) -> str:
    """`stores/log` of `stores/log/testing/fake.h`."""
    return "/".join(PurePosixPath(path).parts[:2])


def unknown_includes(tree: Tree) -> list[str]:
    """Includes in quotes that are not spelt from src/, or name no file."""
    generated = {name.removeprefix("src/").removesuffix(".in") for name in tree.named(".h.in", under="src/")}
    known = set(tree.source_files) | generated
    return [
        f'src/{path}:{line}: "{name}" is no file in src/; write the path from there, and <> for libraries'
        for path in tree.source_files
        for line, name in tree.includes(path)
        if name not in known
    ]


def upward_includes(tree: Tree) -> list[str]:
    found = []
    for path in tree.source_files:
        storey = top(path)
        if storey not in BELOW:
            found.append(f"src/{path}: src/{storey}/ is no storey; ARCHITECTURE.md names them")
            continue
        for line, name in tree.includes(path):
            if top(name) in BELOW and top(name) != storey and top(name) not in BELOW[storey]:
                found.append(f"src/{path}:{line}: {storey} may not include {name}: {top(name)} is no storey below it")
    return found


def sideways_includes(tree: Tree) -> list[str]:
    """Stores that know each other, and services that look behind each other's doors."""
    found = []
    for path in tree.source_files:
        for line, name in tree.includes(path):
            mine, theirs = second(path), second(name)
            if top(path) != top(name) or mine == theirs or theirs.endswith(".h"):  # x/y.h is the whole storey's
                continue
            if top(path) == "stores" and (mine, theirs) not in NEIGHBOURS and not is_test(path):
                found.append(f"src/{path}:{line}: {mine} may not include {name}: stores do not know each other")
            if top(path) == "services" and PurePosixPath(name).name not in SERVICE_DOORS and not is_test(path):
                found.append(f"src/{path}:{line}: {name} is {theirs}'s own; include its api.h, types.h or events.h")
    return found


def adapter_includes(tree: Tree) -> list[str]:
    """Adapters that are named outside app/, their own folder and tests."""
    return [
        f"src/{path}:{line}: {name} is an adapter; take the port, and let app/ choose"
        for path in tree.source_files
        if top(path) != "app" and not is_test(path)
        for line, name in tree.includes(path)
        if ADAPTER.fullmatch(PurePosixPath(name).name) and second(path) != second(name)
    ]


def reachable(tree: Tree, module: Module, path: str) -> set[str]:
    """The targets that a file of `module` may include from."""
    links = set(module.links)
    if path in module.sources:
        links |= module.private_links
    if path in module.tests + module.benches + module.fuzzers:
        links |= module.test_links
    return tree.reach(links) | {module.target}


def unlinked_includes(tree: Tree) -> list[str]:
    """Includes of headers whose target the file's own target does not link."""
    found = []
    for path, module in tree.owners.items():
        if path not in tree.source_files:
            continue
        targets = reachable(tree, module, path)
        for line, name in tree.includes(path):
            owner = tree.owners.get(name)
            if owner is not None and owner.target not in targets:
                missing = f"{name} belongs to {owner.target}, which {module.target} does not link"
                found.append(f"src/{path}:{line}: {missing}")
    return sorted(found)


def upward_links(tree: Tree) -> list[str]:
    return [
        f"src/{module.folder}/CMakeLists.txt: {top(module.folder)} may not link {target}"
        for module in tree.modules
        for target in sorted(module.links | module.private_links | module.test_links)
        if (linked := tree.by_target.get(target))
        and top(linked.folder) != top(module.folder)
        and top(linked.folder) not in BELOW.get(top(module.folder), set())
    ]
