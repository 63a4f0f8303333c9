# usage: ./dev clean [PRESET]
#
# Removes build/PRESET, or the whole of build/. Data folders stay.

clean_main() {
  [[ $# -le 1 ]] || wrong_usage "clean takes one preset."
  local folder=build
  if [[ $# == 1 ]]; then
    require_preset "$1"
    folder=build/$1
  fi
  rm -rf "$folder"
  say "removed $folder"
}
