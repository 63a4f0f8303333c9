# usage: ./dev setup
#
# Installs the packages of tools/packages.txt with apt-get (Debian 12, as root or through sudo), tries the compiler, and
# puts the Node of tools/node.txt into build/tools. Quick, and off the network, when everything is there.

readonly PACKAGE_LIST=tools/packages.txt

packages() { sed -e 's/#.*//' -e 's/[[:space:]]//g' -e '/^$/d' "$PACKAGE_LIST"; }

missing_packages() {
  local installed
  # dpkg-query fails when it knows nothing of one of the names; what it prints is still right.
  # shellcheck disable=SC2016  # dpkg-query's own ${}
  installed=$(packages | xargs dpkg-query -W -f='${db:Status-Status} ${Package}\n' 2>/dev/null |
    sed -n 's/^installed //p' || true)
  LC_ALL=C comm -23 <(packages | LC_ALL=C sort -u) <(LC_ALL=C sort -u <<<"$installed")
}

require_debian_12() {
  local ID='' VERSION_ID='' PRETTY_NAME='this system'
  [[ -r /etc/os-release ]] && source /etc/os-release
  [[ $ID == debian && $VERSION_ID == 12 ]] && return
  die "freshet is built on Debian 12, and this is $PRETTY_NAME. Work in a container instead:
     docker run -it --rm -v \"\$PWD\":/freshet -w /freshet -p 8080:8080 debian:12 ./dev run --listen 0.0.0.0:8080"
}

as_root() {
  if [[ $(id -u) == 0 ]]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    die "installing packages needs root; run ./dev setup as root, or install sudo."
  fi
}

# A program in the language and library that freshet needs, compiled, linked, run, with a sanitizer.
try_compiler() (
  folder=$(mktemp -d)
  trap 'rm -rf "$folder"' EXIT
  cat >"$folder/try.cc" <<'CODE'
#include <coroutine>
#include <expected>
int main() { return std::expected<int, bool>(0).value_or(1); }
CODE
  clang++-19 -std=c++23 -fsanitize=address -fuse-ld=mold "$folder/try.cc" -o "$folder/try" && "$folder/try"
)

setup_main() {
  [[ $# == 0 ]] || wrong_usage "setup takes no arguments."
  require_debian_12
  local missing
  missing=$(missing_packages)
  if [[ -n $missing ]]; then
    say "installing $(wc -l <<<"$missing") packages: $(tr '\n' ' ' <<<"$missing")"
    as_root env DEBIAN_FRONTEND=noninteractive apt-get update -q </dev/null ||
      die "apt-get update failed; look at the network and at /etc/apt/sources.list."
    # shellcheck disable=SC2086  # one word a package
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing </dev/null ||
      die "apt-get could not install these packages (see above)."
    missing=$(missing_packages)
    [[ -z $missing ]] || die "still missing after the installation: $missing"
  fi
  try_compiler ||
    die "clang++-19 is installed but cannot build and run a small program (see above); try:
     apt-get install --reinstall clang-19 libclang-rt-19-dev libstdc++-12-dev mold"
  setup_node
  say "everything that building needs is here"
}
