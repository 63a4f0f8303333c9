# What the commands of ./dev share.

readonly PRESETS=(release dev asan tsan)
export CCACHE_MAXSIZE=${CCACHE_MAXSIZE:-10G}

say() { printf '==> %s\n' "$*" >&2; }

die() {
  printf 'dev: %s\n' "$*" >&2
  exit 1
}

wrong_usage() {
  printf 'dev: %s\n' "$*" >&2
  exit 2
}

require_preset() {
  local preset
  for preset in "${PRESETS[@]}"; do
    [[ $preset == "$1" ]] && return
  done
  wrong_usage "there is no preset '$1'; choose one of: ${PRESETS[*]}."
}

require_tools() {
  local tool
  for tool in "$@"; do
    command -v "$tool" >/dev/null || die "$tool is missing; run ./dev setup first."
  done
}

# How many things may run at once: one per core, fewer where memory is short. A compiler here needs up to 1.5 GB.
parallelism() {
  local cores available limit
  cores=$(nproc)
  available=$(awk '/^MemAvailable:/ {print int($2 / 1024)}' /proc/meminfo)
  if [[ -r /sys/fs/cgroup/memory.max ]] && limit=$(</sys/fs/cgroup/memory.max) && [[ $limit != max ]]; then
    limit=$((limit / 1048576))
    ((limit < available)) && available=$limit
  fi
  local fitting=$((available / 1500))
  ((fitting < 1)) && fitting=1
  echo $((fitting < cores ? fitting : cores))
}

# configure PRESET: makes build/PRESET unless it is there and newer than the presets.
configure() {
  local preset=$1
  require_tools cmake ninja clang++-19
  local stamp=build/$preset/.configured
  [[ -f build/$preset/build.ninja && $stamp -nt CMakePresets.json ]] && return
  say "configuring build/$preset"
  mkdir -p "build/$preset"
  if ! cmake --preset "$preset" >"build/$preset/configure.log" 2>&1; then
    cat "build/$preset/configure.log" >&2
    die "build/$preset could not be configured (see above). If a package is missing, run ./dev setup."
  fi
  touch "$stamp"
}

# build PRESET [TARGET...]: configures when needed and builds.
build() {
  local preset=$1
  shift
  configure "$preset"
  local jobs
  jobs=$(parallelism)
  # Ninja's own default is two more than there are cores; leave it alone where memory allows.
  local options=()
  ((jobs < $(nproc))) && options=(-j "$jobs")
  say "building build/$preset${*:+ ($*)}"
  ninja -C "build/$preset" "${options[@]}" "$@"
}

# The C++ files of the project, one a line.
cpp_files() {
  find src bench tests cmake -type f \( -name '*.h' -o -name '*.cc' \) | LC_ALL=C sort
}
