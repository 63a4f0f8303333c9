# usage: ./dev fuzz [TARGET] [SECONDS]
#
# Runs one fuzz target (`json_body` for json_body_fuzz.cc), or each in turn, for SECONDS (60) under the sanitizers.
# New inputs gather in build/fuzz/TARGET/; what breaks the target is kept in build/fuzz/TARGET-broken/: fix the bug and
# put that input into tests/corpora/TARGET/.

fuzz_main() {
  [[ $# -le 2 ]] || wrong_usage "fuzz takes a target and seconds."
  local target=${1:-} seconds=${2:-60}
  if [[ $target =~ ^[0-9]+$ && $# == 1 ]]; then
    seconds=$target target=''
  fi
  [[ $seconds =~ ^[0-9]+$ ]] || wrong_usage "'$seconds' is not a number of seconds."
  build asan fuzzers
  local program found=0 broken=()
  for program in build/asan/bin/*_fuzz; do
    local name
    name=$(basename "$program" _fuzz)
    [[ -x $program && ( -z $target || $name == "$target" ) ]] || continue
    found=$((found + 1))
    say "$name for $seconds s"
    mkdir -p "build/fuzz/$name" "build/fuzz/$name-broken"
    "$program" -max_total_time="$seconds" -print_final_stats=1 -artifact_prefix="build/fuzz/$name-broken/" \
      "build/fuzz/$name" "tests/corpora/$name" </dev/null || broken+=("$name")
  done
  ((found > 0)) || die "there is no fuzz target '$target'; a target is the x of x_fuzz.cc."
  ((${#broken[@]} == 0)) || die "broken: ${broken[*]}; the inputs are in build/fuzz/*-broken/."
  say "nothing broke"
}
