// What the configuration tells people: the reference, a configuration as a file, differences.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/config.h"

namespace freshet {
namespace {

std::string_view TypeName(ConfigType type) {
  switch (type) {
    case ConfigType::kBool: return "true or false";
    case ConfigType::kInteger: return "integer";
    case ConfigType::kBytes: return "size";
    case ConfigType::kDuration: return "duration";
    case ConfigType::kNumber: return "number";
    case ConfigType::kText: return "text";
    case ConfigType::kSecret: return "secret";
    case ConfigType::kChoice: return "choice";
    case ConfigType::kList: return "list of texts";
  }
  return "";
}

std::string UpperCase(std::string text) {
  for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return text;
}

// What stands in a cell of a Markdown table.
std::string Cell(std::string_view text) {
  std::string cell;
  for (const char c : text) {
    if (c == '|') cell += '\\';
    cell += c == '\n' ? ' ' : c;
  }
  return cell;
}

std::string Accepted(const ConfigOption& option) {
  if (option.type == ConfigType::kChoice) {
    return fmt::format("`{}`", fmt::join(option.choices, "`, `"));
  }
  std::string bounds = DescribeBounds(option);
  if (bounds.empty()) return "";
  if (option.type == ConfigType::kText || option.type == ConfigType::kSecret) {
    return bounds + " characters";
  }
  if (option.type == ConfigType::kList) return bounds + " elements";
  return bounds;
}

// Sizes and durations carry their unit in the value.
std::string_view UnitOf(const ConfigOption& option) {
  const bool written = option.type == ConfigType::kBytes || option.type == ConfigType::kDuration;
  return written ? "" : option.rules.unit;
}

constexpr std::string_view kIntroduction =
    R"(# Configuration

freshet reads its options from four places; the first that gives a value wins:

1. flags: `--section.name=value`
2. environment variables: `FRESHET_SECTION_NAME`
3. the TOML file that `--config` or `FRESHET_CONFIG` names: `name = value` under `[section]`
4. the default

Durations are milliseconds or carry a unit: `1500`, `"1500ms"`, `"30s"`, `"5m"`, `"24h"`, `"7d"`.
Sizes are bytes or carry a unit: `4096`, `"256MiB"` (2^20), `"1GB"` (10^9). Lists are TOML arrays,
and separated by commas elsewhere. A secret is never printed; `<name>_file`
(`FRESHET_<SECTION>_<NAME>_FILE`) names a file that holds it, and it cannot be given as a flag. An
option that does not exist is an error wherever it stands.

A change takes effect after a reload (`SIGHUP`) where the table says so, otherwise at the next
start.
)";

}  // namespace

std::string ConfigLoader::RenderReference() const {
  std::string page(kIntroduction);
  if (!schema_.aliases.empty()) {
    page += "\n## Short names\n\n| flag | variable | option |\n|---|---|---|\n";
    for (const auto& [alias, path] : schema_.aliases) {
      page += fmt::format("| `--{}` | `FRESHET_{}` | `{}` |\n", alias, UpperCase(alias), path);
    }
  }
  for (const auto& section : schema_.sections) {
    page += fmt::format("\n## {}\n\n{}\n\n", section.name, section.doc);
    page += "| option | type | default | accepted | change | variable | meaning |\n";
    page += "|---|---|---|---|---|---|---|\n";
    for (const auto& option : section.options) {
      const std::string_view unit = UnitOf(option);
      page +=
          fmt::format("| `{}` | {} | `{}` | {} | {} | `FRESHET_{}_{}` | {} |\n", option.path(),
                      unit.empty() ? std::string(TypeName(option.type))
                                   : fmt::format("{} ({})", TypeName(option.type), unit),
                      Cell(RenderConfigValue(option, option.get(section.defaults))),
                      Cell(Accepted(option)), option.rules.reloadable ? "reload" : "restart",
                      UpperCase(option.section), UpperCase(option.name), Cell(option.rules.doc));
    }
  }
  return page;
}

std::string_view Config::Origin(std::string_view option) const {
  const auto found = origins_.find(option);
  return found == origins_.end() ? std::string_view() : std::string_view(found->second);
}

std::string Config::RenderToml() const {
  std::string text;
  for (const auto& section : schema_->sections) {
    text += fmt::format("{}[{}]\n", text.empty() ? "" : "\n", section.name);
    const std::any& values = values_.find(section.name)->second;
    for (const auto& option : section.options) {
      const auto origin = Origin(option.path());
      const std::string value = RenderConfigValue(option, option.get(values));
      // An empty default stands for "not set", which need not be a value that may be given.
      text += fmt::format("{}{} = {}{}\n", origin.empty() && value == "\"\"" ? "# " : "",
                          option.name, value, origin.empty() ? "" : fmt::format("  # {}", origin));
    }
  }
  return text;
}

std::string Config::AmbiguousSection(std::string_view what) {
  return fmt::format("several configuration sections are a {}; name one", what);
}

std::string Config::MissingSection(std::string_view what) {
  return fmt::format("no such configuration section: {}", what);
}

std::vector<ConfigChange> Diff(const Config& before, const Config& after) {
  std::vector<ConfigChange> changes;
  for (const auto& section : after.schema_->sections) {
    const std::any& old_values = before.values_.find(section.name)->second;
    const std::any& new_values = after.values_.find(section.name)->second;
    for (const auto& option : section.options) {
      if (option.get(old_values) != option.get(new_values)) {
        changes.push_back({option.path(), option.rules.reloadable});
      }
    }
  }
  return changes;
}

}  // namespace freshet
