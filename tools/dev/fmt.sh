# usage: ./dev fmt [--check]
#
# Formats every C++ file with clang-format, and what of TypeScript, JavaScript and CSS there is with prettier. --check only
# names the places that are not formatted, and fails on any.

fmt_main() {
  require_tools clang-format-19
  case ${1:-} in
    '')
      cpp_files | xargs clang-format-19 -i
      npm_run format
      ;;
    --check)
      local failed=''
      cpp_files | xargs clang-format-19 --dry-run --Werror || failed=1
      npm_run format:check || failed=1
      [[ -z $failed ]] || die "not formatted; run ./dev fmt."
      ;;
    *) wrong_usage "fmt does not know '$1'; see ./dev fmt --help." ;;
  esac
}
