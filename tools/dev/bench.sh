# usage: ./dev bench [NAME]
#
# Builds release and runs the benchmarks: every NAME_bench that stands beside the code, and every executable file in
# bench/, which finds the built program in $FRESHET_PROGRAM and puts its figures into the folder $FRESHET_BENCH_OUT.
# With NAME only those whose name begins so. Results: build/bench/NAME.json and NAME.txt.

bench_main() {
  [[ $# -le 1 ]] || wrong_usage "bench takes one name."
  local name=${1:-}
  build release all
  local out=$PWD/build/bench found=0 failed=() program stem
  mkdir -p "$out"
  export FRESHET_PROGRAM=$PWD/build/release/freshet FRESHET_BENCH_OUT=$out
  for program in build/release/bin/*_bench bench/*; do
    [[ -f $program && -x $program ]] || continue
    stem=$(basename "${program%.*}")
    [[ $stem == "$name"* ]] || continue
    found=$((found + 1))
    say "$stem"
    local arguments=()
    [[ $program == *_bench ]] && arguments=(--benchmark_out="$out/$stem.json" --benchmark_out_format=json)
    "$program" "${arguments[@]}" </dev/null | tee "$out/$stem.txt" || failed+=("$stem")
  done
  ((found > 0)) || die "no benchmark is called '$name'."
  ((${#failed[@]} == 0)) || die "failed: ${failed[*]}"
  say "results are in build/bench/"
}
