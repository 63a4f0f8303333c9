# usage: ./dev lint [FILE...]
#
# Checks the format, that scripts parse, TypeScript with eslint, that every header compiles alone, and every source file
# (or the FILEs) with clang-tidy. What clang-tidy found clean is remembered in build/tidy/ until the file or what it includes changes.

lint_scripts() {
  local script
  for script in dev .ci/run tools/dev/*.sh; do
    bash -n "$script" || return 1
  done
  find tools tests bench -name '*.py' -print0 | xargs -0 -r /usr/bin/python3 -c '
import ast, sys
for path in sys.argv[1:]:
    with open(path, encoding="utf-8") as file:
        ast.parse(file.read(), path)
'
}

lint_main() {
  require_tools clang-tidy-19 clang-format-19
  local failed=()
  source tools/dev/fmt.sh
  say "format"
  (fmt_main --check) || failed+=(format)
  say "scripts"
  lint_scripts || failed+=(scripts)
  say "eslint"
  npm_run lint || failed+=(eslint)
  say "headers"
  build dev headers_alone || failed+=(headers)
  say "clang-tidy"
  /usr/bin/python3 tools/dev/tidy.py --jobs "$(parallelism)" "$@" || failed+=(clang-tidy)
  ((${#failed[@]} == 0)) || die "lint found something in: ${failed[*]}."
  say "lint found nothing"
}
