"""The rules of the house, held against the checkout. test_checks.py shows that each rule can be broken."""

import subprocess

import papers
import pytest
import storeys


def hold(findings: list[str]) -> None:
    if findings:
        pytest.fail("\n".join(findings), pytrace=False)


def test_includes_are_spelt_from_src(checkout):
    hold(storeys.unknown_includes(checkout))


def test_no_storey_includes_one_above_it(checkout):
    hold(storeys.upward_includes(checkout))


def test_no_storey_links_one_above_it(checkout):
    hold(storeys.upward_links(checkout))


def test_stores_and_services_keep_their_doors(checkout):
    hold(storeys.sideways_includes(checkout))


def test_only_app_names_adapters(checkout):
    hold(storeys.adapter_includes(checkout))


def test_what_is_included_is_linked(checkout):
    hold(storeys.unlinked_includes(checkout))


def test_every_source_file_is_built(checkout):
    hold(papers.unlisted_files(checkout) + papers.misplaced_files(checkout))


def test_every_module_is_built_after_what_it_links(checkout):
    hold(papers.unbuilt_modules(checkout))


def test_threaded_modules_run_under_the_thread_sanitizer(checkout):
    hold(papers.unmarked_threads(checkout))


def test_every_fuzz_target_has_a_corpus(checkout):
    hold(papers.corpora_without_fuzzer(checkout))


def test_files_and_lines_are_short(checkout):
    hold(papers.oversized(checkout))


def test_nothing_generated_is_tracked(checkout):
    hold(papers.junk(checkout))


def test_no_file_names_a_path_of_one_machine(checkout):
    hold(papers.machine_paths(checkout))


def test_the_folder_table_equals_the_tree(checkout):
    hold(papers.folder_table(checkout))


def test_links_lead_somewhere(checkout):
    hold(papers.broken_links(checkout))


def test_every_package_is_explained(checkout):
    hold(papers.packages(checkout))


def test_every_npm_package_is_explained(checkout):
    hold(papers.npm_packages(checkout))


def test_every_decision_is_in_the_index(checkout):
    hold(papers.decisions(checkout))


def test_sources_are_formatted(checkout):
    check = subprocess.run(["./dev", "fmt", "--check"], cwd=checkout.root, capture_output=True, text=True)
    unformatted = sorted({line.split(":")[0] for line in check.stderr.splitlines() if "clang-format" in line})
    hold(unformatted or ([] if check.returncode == 0 else [check.stderr]))
