# usage: ./dev clean [PRESET]
#
# Removes build/PRESET, or all of build/ but the tools that ./dev setup put there. Data folders stay.

clean_main() {
  [[ $# -le 1 ]] || wrong_usage "clean takes one preset."
  if [[ $# == 1 ]]; then
    require_preset "$1"
    rm -rf "build/$1"
    say "removed build/$1"
  else
    [[ ! -d build ]] || find build -mindepth 1 -maxdepth 1 ! -name tools -exec rm -rf {} +
    rm -rf node_modules {sdk,web,tests/web}/node_modules
    say "removed what was built"
  fi
}
