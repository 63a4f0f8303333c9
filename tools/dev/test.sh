# usage: ./dev test [--preset PRESET] [-R REGEX]
#
# Builds and runs the tests: in release all of them, in asan all but benchmarks, long tests and the house's own, in tsan
# those of code that more than one thread touches. Without --preset in these three, one after the other; with --preset
# in one of release, dev, asan, tsan. -R runs only the tests whose name matches (ctest). The last line counts test
# cases: `N passed, N failed`.

# The ninja target and the ctest selection of each preset.
tests_of() {
  case $1 in
    release | dev) target=all selection=() ;;
    asan) target=tests selection=(-LE '^(bench|long|house)$') ;;
    tsan) target=concurrent_tests selection=(-L '^concurrent$') ;;
  esac
}

# test_preset PRESET [CTEST OPTION...]: leaves the counts in `passed`, `failed` and `skipped`.
test_preset() {
  local preset=$1 target selection
  shift
  tests_of "$preset"
  passed=0 failed=1 skipped=0
  build "$preset" "$target" || {
    say "$preset: the build failed"
    return 0
  }
  say "testing build/$preset"
  local results=$PWD/build/$preset/results
  rm -rf "$results"
  mkdir -p "$results"
  # What failed is counted from the reports; a ctest that breaks down leaves none.
  ctest --test-dir "build/$preset" --output-on-failure --no-tests=ignore -j "$(parallelism)" \
    --output-junit "$results/ctest.xml" "${selection[@]}" "$@" </dev/null || true
  local counts
  counts=$(/usr/bin/python3 tools/dev/count_cases.py "$results") || return 0
  read -r passed failed skipped <<<"$counts"
}

counts_line() {
  printf '%d passed, %d failed' "$1" "$2"
  (($3 == 0)) || printf ', %d skipped' "$3"
  printf '\n'
}

test_main() {
  local presets=(release asan tsan) filter=()
  while (($#)); do
    case $1 in
      --preset)
        require_preset "${2:-}"
        presets=("$2")
        shift 2
        ;;
      -R)
        [[ -n ${2:-} ]] || wrong_usage "-R needs a regular expression."
        filter=(-R "$2")
        shift 2
        ;;
      *) wrong_usage "test does not know '$1'; see ./dev test --help." ;;
    esac
  done
  require_tools ctest ninja /usr/bin/python3

  local preset passed failed skipped all_passed=0 all_failed=0 all_skipped=0 lines=()
  for preset in "${presets[@]}"; do
    test_preset "$preset" "${filter[@]}"
    if ((passed + failed == 0 && ${#filter[@]} == 0)); then
      say "$preset: no test ran"
      failed=1
    fi
    lines+=("$preset: $(counts_line "$passed" "$failed" "$skipped")")
    ((all_passed += passed, all_failed += failed, all_skipped += skipped)) || true
  done
  if ((all_passed + all_failed == 0)); then
    say "no test is named like that"
  fi
  printf '\n'
  ((${#lines[@]} == 1)) || printf '%s\n' "${lines[@]}"
  counts_line "$all_passed" "$all_failed" "$all_skipped"
  ((all_failed == 0 && all_passed > 0))
}
