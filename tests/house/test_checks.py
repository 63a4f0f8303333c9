"""Every check finds what it is there for, and nothing in a tree that keeps the rule."""

import json

import papers
import pytest
import storeys

BASE = {"src/base/CMakeLists.txt": "freshet_module(base HEADERS clock.h)", "src/base/clock.h": "#pragma once\n"}
LOG = {
    "src/stores/log/CMakeLists.txt": "freshet_module(stores_log HEADERS log.h memory_log.h LINKS freshet_base)",
    "src/stores/log/log.h": '#include "base/clock.h"\n',
    "src/stores/log/memory_log.h": '#include "stores/log/log.h"\n',
}
SOCIAL = {
    "src/services/social/CMakeLists.txt": """
        freshet_module(social HEADERS api.h  # what others call
          SOURCES service.cc LINKS freshet_base PRIVATE_LINKS freshet_stores_log)""",
    "src/services/social/api.h": '#include "base/clock.h"\n',
    "src/services/social/service.cc": '#include "services/social/api.h"\n#include "stores/log/log.h"\n',
}
HOUSE = BASE | LOG | SOCIAL

TWO_TARGETS = """
    freshet_module(social HEADERS api.h SOURCES service.cc TESTS service_test.cc LINKS freshet_base freshet_stores_log)
    freshet_module(social_testing HEADERS fake.h LINKS freshet_social)"""
TESTING = {
    "src/services/social/CMakeLists.txt": TWO_TARGETS,
    "src/services/social/fake.h": '#include "services/social/api.h"\n',
    "src/services/social/service_test.cc": '#include "services/social/fake.h"\n',
}

LINKED = {
    "src/services/social/CMakeLists.txt": f"{TWO_TARGETS} target_link_libraries(social_test freshet_social_testing)"
}


def home(include: str, links="freshet_social", file="service.cc", keyword="SOURCES") -> dict[str, str]:
    """A second service, with one include."""
    return {
        "src/services/home/CMakeLists.txt": f"freshet_module(home {keyword} {file} LINKS {links})",
        f"src/services/home/{file}": f'#include "{include}"\n',
    }


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        ({}, None),
        ({"src/base/clock.h": '#include "clock_inl.h"\n'}, 'src/base/clock.h:1: "clock_inl.h" is no file in src/'),
        ({"src/base/clock.h": '#include "base/version.h"\n', "src/base/version.h.in": ""}, None),
        ({"src/base/clock.h": '#include <vector>\n// #include "x.h"\n'}, None),
    ],
)
def test_unknown_includes(sketch, change, finding):
    expect(storeys.unknown_includes(sketch(HOUSE | change)), finding)


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        ({}, None),
        ({"src/base/clock.h": '\n#include "stores/log/log.h"\n'}, "src/base/clock.h:2: base may not include stores"),
        ({"src/base/clock_test.cc": '#include "stores/log/log.h"\n'}, "base may not include"),
        ({"src/stores/log/log.h": '#include "net/http/message.h"\n'}, "stores may not include net"),
        ({"src/utils/text.h": ""}, "src/utils/ is no storey"),
    ],
)
def test_upward_includes(sketch, change, finding):
    expect(storeys.upward_includes(sketch(HOUSE | change)), finding)


@pytest.mark.parametrize(
    ("links", "finding"),
    [("fmt::fmt", None), ("fmt::fmt freshet_social", "base may not link freshet_social")],
)
def test_upward_links(sketch, links, finding):
    listing = {"src/base/CMakeLists.txt": f"freshet_module(base HEADERS clock.h PRIVATE_LINKS {links})"}
    expect(storeys.upward_links(sketch(HOUSE | listing)), finding)


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        ({}, None),
        (home("services/social/api.h"), None),
        (home("services/social/service.h"), "services/social/service.h is services/social's own"),
        (home("services/social/service.h", file="home_test.cc", keyword="TESTS"), None),
        ({"src/stores/cache/cache.h": '#include "stores/log/log.h"\n'}, "stores do not know each other"),
        ({"src/stores/database/outbox.h": '#include "stores/log/log.h"\n'}, None),
        ({"src/stores/log/log.h": '#include "stores/database/outbox.h"\n'}, "stores do not know each other"),
    ],
)
def test_sideways_includes(sketch, change, finding):
    expect(storeys.sideways_includes(sketch(HOUSE | change)), finding)


@pytest.mark.parametrize(
    ("file", "finding"),
    [
        ("src/services/social/service.cc", "stores/log/memory_log.h is an adapter"),
        ("src/services/social/service_test.cc", None),
        ("src/services/social/testing/world.h", None),
        ("src/stores/log/memory_log.cc", None),
        ("src/app/wiring.cc", None),
    ],
)
def test_adapter_includes(sketch, file, finding):
    expect(storeys.adapter_includes(sketch(HOUSE | {file: '#include "stores/log/memory_log.h"\n'})), finding)


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        ({}, None),
        ({"src/services/social/api.h": '#include "stores/log/log.h"\n'}, "log.h belongs to freshet_stores_log"),
        (home("base/clock.h"), None),  # social links base publicly
        (home("stores/log/log.h"), "which freshet_home does not link"),  # but the log privately
        (home("stores/log/log.h", "freshet_stores_log"), None),
        ({"src/base/CMakeLists.txt": "add_library(freshet_base clock.h)"}, None),
        (TESTING, "services/social/fake.h belongs to freshet_social_testing, which freshet_social does not link"),
        (TESTING | LINKED, None),
    ],
)
def test_unlinked_includes(sketch, change, finding):
    expect(storeys.unlinked_includes(sketch(HOUSE | change)), finding)


@pytest.mark.parametrize(
    ("files", "finding"),
    [
        ({"src/base/a.cc": "x\n" * 600, "src/base/a.h": "x\n" * 250, "src/base/a_test.cc": "x\n" * 900}, None),
        ({"src/base/a_inl.h": "x\n" * 600}, None),
        ({"src/base/a.cc": "x\n" * 601}, "src/base/a.cc: 601 lines; at most 600"),
        ({"src/base/a.h": "x\n" * 251}, "src/base/a.h: 251 lines; at most 250"),
        ({"src/base/a_test.cc": "x\n" * 901}, "901 lines; at most 900"),
        ({"src/base/a.cc": "\n" + "é" * 100}, None),
        ({"src/base/a.cc": "\n" + "x" * 101}, "src/base/a.cc:2: 101 columns"),
    ],
)
def test_oversized(sketch, files, finding):
    expect(papers.oversized(sketch(files)), finding)


@pytest.mark.parametrize(
    ("files", "finding"),
    [
        ({"src/a.cc": "x", "tests/golden/log/000004.log": b"\0"}, None),
        ({"src/a.o": b"\x7fELF"}, "src/a.o: generated"),
        ({"web/node_modules/x/index.js": ""}, None),  # ignored, as git would
        ({"docs/a.bin": b"\0"}, "docs/a.bin: binary"),
        ({"docs/a.txt": "x" * (1 << 20) + "x"}, "docs/a.txt: 1048577 bytes"),
    ],
)
def test_junk(sketch, files, finding):
    expect(papers.junk(sketch(files)), finding)


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("GET /home/feed\nhttps://example.org/home/ana/\n/usr/bin/env\n", None),
        ("data = '/ho" + "me/ana/data'", "a.md:1: /ho" + "me/ana/ is a path of one machine"),
        ("\ncd /ro" + "ot/x", "a.md:2"),
    ],
)
def test_machine_paths(sketch, text, finding):
    expect(papers.machine_paths(sketch({"a.md": text})), finding)


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        ({}, None),
        ({"src/base/id.h": ""}, "src/base/id.h: no CMakeLists.txt names it"),
        ({"src/base/CMakeLists.txt": "freshet_module(base HEADERS clock.h id.h)"}, "src/base/id.h: named by"),
    ],
)
def test_unlisted_files(sketch, change, finding):
    expect(papers.unlisted_files(sketch(HOUSE | change)), finding)


@pytest.mark.parametrize(
    ("listing", "finding"),
    [
        ("HEADERS a.h SOURCES a.cc TESTS a_test.cc testing/x.h testing/x.cc BENCHES a_bench.cc FUZZERS a_fuzz.cc", None),
        ("SOURCES a_test.cc", "src/base/a_test.cc: under SOURCES, belongs under TESTS"),
        ("TESTS a.cc", "src/base/a.cc: under TESTS, belongs under SOURCES"),
        ("SOURCES a.h", "src/base/a.h: under SOURCES, belongs under HEADERS"),
    ],
)
def test_misplaced_files(sketch, listing, finding):
    expect(papers.misplaced_files(sketch({"src/base/CMakeLists.txt": f"freshet_module(base {listing})"})), finding)


@pytest.mark.parametrize(
    ("modules", "finding"),
    [
        ("base stores/log services/social", None),
        ("base stores/log", "src/services/social: not in all_modules"),
        ("base services/social stores/log", "services/social comes before stores/log"),
        ("base stores/log services/social net", "there is no module in src/net"),
    ],
)
def test_unbuilt_modules(sketch, modules, finding):
    listing = {"src/CMakeLists.txt": f"set(all_modules {modules})"}
    built = {"src/stores/log/CMakeLists.txt": "freshet_module(stores_log HEADERS log.h SOURCES log.cc LINKS freshet_base)"}
    expect(papers.unbuilt_modules(sketch(HOUSE | listing | built)), finding)


def test_headers_alone_are_not_built(sketch):
    listing = {"src/CMakeLists.txt": "set(all_modules base services/social stores/log)"}
    assert papers.unbuilt_modules(sketch(HOUSE | listing)) == []


@pytest.mark.parametrize(
    ("listing", "code", "finding"),
    [
        ("base HEADERS a.h TESTS a_test.cc", "#include <vector>", None),
        ("base HEADERS a.h TESTS a_test.cc", "#include <atomic>", "mark it CONCURRENT; base/a.h has"),
        ("base HEADERS a.h TESTS a_test.cc", '#include "base/mutex.h"', "mark it CONCURRENT"),
        ("base CONCURRENT HEADERS a.h TESTS a_test.cc", "#include <atomic>", None),
        ("base HEADERS a.h", "#include <atomic>", None),
    ],
)
def test_unmarked_threads(sketch, listing, code, finding):
    files = {"src/base/CMakeLists.txt": f"freshet_module({listing})", "src/base/a.h": code, "src/base/a_test.cc": ""}
    expect(papers.unmarked_threads(sketch(files)), finding)


@pytest.mark.parametrize(
    ("fuzzers", "inputs", "finding"),
    [
        ("json_fuzz.cc", ["tests/corpora/json/one"], None),
        ("json_fuzz.cc", [], "tests/corpora/json has no input"),
        ("", ["tests/corpora/json/one"], "no module has json_fuzz.cc"),
    ],
)
def test_corpora_without_fuzzer(sketch, fuzzers, inputs, finding):
    files = {"src/base/CMakeLists.txt": f"freshet_module(base FUZZERS {fuzzers})"} | dict.fromkeys(inputs, "{}")
    expect(papers.corpora_without_fuzzer(sketch(files)), finding)


@pytest.mark.parametrize(
    ("rows", "finding"),
    [
        (["src/", "src/base/", "docs/"], None),
        (["src/", "docs/"], "does not name src/base/"),
        (["src/", "src/base/", "docs/", "web/"], "names web/, which is not there"),
        (["src/", "src/base/", "docs/", "docs/"], "names docs/ twice"),
    ],
)
def test_folder_table(sketch, rows, finding):
    table = "".join(f"| `{row}` | what is in it |\n" for row in rows)
    files = {"ARCHITECTURE.md": table, "docs/a.md": "", "src/base/a.h": "", "src/base/testing/fake.h": ""}
    expect(papers.folder_table(sketch(files)), finding)


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("[a](docs/b.md) [b](docs/b.md#the-title-it-has) [c](#here) [d](https://x.org/y)\n# Here\n", None),
        ("`[a](nowhere.md)`\n```\n[b](nowhere.md)\n```\n", None),
        ("[a](docs/c.md)", "README.md: docs/c.md leads nowhere"),
        ("[a](docs/b.md#other)", "README.md: docs/b.md#other names no heading"),
    ],
)
def test_broken_links(sketch, text, finding):
    expect(papers.broken_links(sketch({"README.md": text, "docs/b.md": "## The title, it has\n"})), finding)


@pytest.mark.parametrize(
    ("listed", "explained", "finding"),
    [
        ("# Tools\n\nmold  # linker\n", "| `mold` | linker |", None),
        ("mold\n", "| `mold` | linker |", "say what mold is for"),
        ("mold # linker\n", "", "does not explain mold"),
        ("mold # linker\n", "| `mold`, `lld` | linker |", "does not install lld"),
    ],
)
def test_packages(sketch, listed, explained, finding):
    expect(papers.packages(sketch({"tools/packages.txt": listed, "docs/dependencies.md": explained})), finding)


@pytest.mark.parametrize(
    ("explained", "finding"),
    [
        ("| what | what for |\n|---|---|\n| react, @types/react | the page |\n", None),
        ("| react | the page |\n", "does not explain @types/react"),
        ("| react, @types/react, vue | the page |\n", "no package.json brings vue"),
    ],
)
def test_npm_packages(sketch, explained, finding):
    web = {"name": "@own/web", "dependencies": {"react": "1", "@own/sdk": "1"}, "devDependencies": {"@types/react": "1"}}
    files = {
        "web/package.json": json.dumps(web),
        "sdk/package.json": json.dumps({"name": "@own/sdk"}),
        "docs/dependencies.md": "# Dependencies\n\n## The page\n\n" + explained,
    }
    expect(papers.npm_packages(sketch(files)), finding)


@pytest.mark.parametrize(
    ("index", "files", "finding"),
    [
        ("[1](0001-a.md)", ["0001-a.md"], None),
        ("", ["0001-a.md"], "does not name 0001-a.md"),
        ("[1](a.md)", ["a.md"], "call it NNNN"),
        ("[1](0001-a.md) [2](0001-b.md)", ["0001-a.md", "0001-b.md"], "0001 is taken twice"),
    ],
)
def test_decisions(sketch, index, files, finding):
    tree = sketch({"docs/decisions/README.md": index} | {f"docs/decisions/{name}": "" for name in files})
    expect(papers.decisions(tree), finding)


def expect(findings: list[str], wanted: str | None) -> None:
    if wanted is None:
        assert findings == []
    else:
        assert len(findings) == 1 and wanted in findings[0], findings
