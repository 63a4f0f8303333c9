# usage: ./dev build [PRESET]
#
# Builds the program and everything beside it. Presets:
#   release   optimised, what people run (the default)
#   dev       quick to compile, unoptimised, for daily work
#   asan      address and undefined-behaviour sanitizers, fuzz targets
#   tsan      thread sanitizer

build_main() {
  [[ $# -le 1 ]] || wrong_usage "build takes one preset."
  local preset=${1:-release}
  require_preset "$preset"
  build "$preset"
  [[ -x build/$preset/freshet ]] ||
    die "the build made no build/$preset/freshet; does FRESHET_MODULES in build/$preset/CMakeCache.txt name app?"
  say "the program is build/$preset/freshet"
}
