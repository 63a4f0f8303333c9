# usage: ./dev fmt [--check]
#
# Formats every C++ file with clang-format. --check only names the places that are not formatted, and fails on any.

fmt_main() {
  require_tools clang-format-19
  case ${1:-} in
    '') cpp_files | xargs clang-format-19 -i ;;
    --check) cpp_files | xargs clang-format-19 --dry-run --Werror || die "not formatted; run ./dev fmt." ;;
    *) wrong_usage "fmt does not know '$1'; see ./dev fmt --help." ;;
  esac
}
