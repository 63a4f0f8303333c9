# usage: ./dev run [--quiet-world] [ARGUMENTS]
#
# Installs what is missing, builds, fills the data folder with a demo world if it does not exist yet, and serves it. Some
# people of the demo world go on living meanwhile; --quiet-world keeps them still. ARGUMENTS go to `freshet serve`;
# --data DIR chooses another folder than ./freshet-data.

# Prints the data folder that the arguments or the environment name; nothing when a configuration file decides.
data_folder() {
  local folder=${FRESHET_DATA:-./freshet-data}
  while (($#)); do
    case $1 in
      --data) folder=${2:-} ;;
      --data=*) folder=${1#--data=} ;;
      --config | --config=*) return ;;
    esac
    shift
  done
  printf '%s' "$folder"
}

fill() {
  local folder=$1
  say "filling $folder with a demo world"
  # Half a world would look like a whole one the next time.
  trap 'rm -rf "$folder"; exit 130' INT TERM
  build/release/freshet demo --data "$folder" || {
    rm -rf "$folder"
    die "the demo world could not be made (see above)."
  }
  trap - INT TERM
}

run_main() {
  case ${1:-} in
    -h | --help)
      sed -n '/^# usage/,/^$/ s/^# \{0,1\}//p' tools/dev/run.sh
      return
      ;;
  esac
  local quiet='' argument arguments=()
  for argument in "$@"; do
    if [[ $argument == --quiet-world ]]; then quiet=1; else arguments+=("$argument"); fi
  done
  set -- "${arguments[@]}"
  source tools/dev/setup.sh
  setup_main
  build release freshet
  local folder
  folder=$(data_folder "$@")
  [[ -z $folder || -e $folder ]] || fill "$folder"
  if [[ -n $folder && $* != *--data* ]]; then
    set -- --data "$folder" "$@"
  fi
  # They wait for the server, and end when it does.
  if [[ -z $quiet && -e $folder/demo ]]; then
    build/release/freshet residents --with-parent "$@" </dev/null &
  fi
  exec build/release/freshet serve "$@"
}
