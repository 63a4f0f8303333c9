"""Counts the test cases of a ctest run: prints `PASSED FAILED SKIPPED`.

usage: count_cases.py RESULTS

RESULTS holds ctest.xml (ctest --output-junit) and, for tests that know their cases, TEST.xml as GoogleTest or pytest
writes it. A test without such a report counts as one case. A test that ctest saw fail counts as at least one failure,
whatever its report says: it may have died before it wrote one, or after.
"""

import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import NamedTuple


class Counts(NamedTuple):
    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(*(a + b for a, b in zip(self, other)))


def outcome_of_test(case: ElementTree.Element) -> Counts:
    """What ctest says of one of its tests."""
    if case.get("status") == "run":
        return Counts(passed=1)
    skipped = case.find("skipped")
    if case.get("status") == "disabled" or (skipped is not None and "SKIP_" in skipped.get("message", "")):
        return Counts(skipped=1)
    return Counts(failed=1)


def cases_of_report(path: Path) -> Counts:
    counts = Counts()
    for case in ElementTree.parse(path).iter("testcase"):
        if case.get("status") == "notrun":  # GoogleTest: disabled, or not selected
            continue
        if case.find("failure") is not None or case.find("error") is not None:
            counts += Counts(failed=1)
        elif case.find("skipped") is not None:
            counts += Counts(skipped=1)
        else:
            counts += Counts(passed=1)
    return counts


def count(results: Path) -> Counts:
    total = Counts()
    for case in ElementTree.parse(results / "ctest.xml").iter("testcase"):
        counts = outcome_of_test(case)
        report = results / f"{case.get('name')}.xml"
        if report.exists():
            try:
                cases = cases_of_report(report)
            except ElementTree.ParseError:
                cases = Counts()
            counts = cases._replace(failed=max(cases.failed, counts.failed))
        total += counts
    return total


if __name__ == "__main__":
    print(*count(Path(sys.argv[1])))
