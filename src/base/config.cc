#include "base/config.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <optional>
#include <set>

#include "base/text.h"
#include "base/utf8.h"

namespace freshet {
namespace {

constexpr std::string_view kPrefix = "FRESHET_";
constexpr std::string_view kFileSuffix = "_file";
constexpr std::string_view kConfigFlag = "config";
constexpr std::size_t kMostFileBytes = 1 << 20;
constexpr std::size_t kMostProblems = 50;

std::string VariableOf(std::string_view name) {
  std::string variable(kPrefix);
  for (const char c : name) {
    variable += c == '.' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return variable;
}

bool IsName(std::string_view name) {
  return !name.empty() && name[0] >= 'a' && name[0] <= 'z' && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

// A foreign text as part of a message: on one line and not too long.
std::string Shown(std::string_view text) {
  constexpr std::size_t kMost = 100;
  if (text.size() <= kMost) return QuoteText(text);
  return QuoteText(fmt::format("{}...", text.substr(0, kMost)));
}

// "; the nearest known one is ...", or nothing when none is known.
std::string Nearest(std::string_view unknown, const std::vector<std::string>& known) {
  const auto nearest = std::ranges::min_element(
      known, {}, [&](const std::string& name) { return EditDistance(unknown, name); });
  return nearest == known.end() ? "" : fmt::format("; the nearest known one is {}", *nearest);
}

// Kubernetes and Docker set these for a service called freshet, in every container beside it.
bool IsServiceLink(std::string_view variable, std::string_view value) {
  return variable.ends_with("_SERVICE_HOST") || variable.ends_with("_SERVICE_PORT") ||
         variable.find("_SERVICE_PORT_") != std::string_view::npos ||
         (variable.find("_PORT") != std::string_view::npos &&
          (value.starts_with("tcp://") || value.starts_with("udp://"))) ||
         variable.find("_TCP_") != std::string_view::npos || variable.ends_with("_TCP") ||
         variable.find("_UDP_") != std::string_view::npos || variable.ends_with("_UDP");
}

}  // namespace

// One run through the sources. Problems are collected; values are applied as they come, so that
// the last source wins.
class ConfigReading {
 public:
  ConfigReading(const ConfigSchema& schema, const ConfigSources& sources) : sources_(sources) {
    config_.schema_ = std::make_shared<const ConfigSchema>(schema);
    for (const auto& section : config_.schema_->sections) {
      config_.values_.emplace(section.name, section.defaults);
      for (const auto& option : section.options) AddNames(option.path(), {&option, false});
    }
    for (const auto& [alias, path] : schema.aliases) {
      const Target target = by_path_.at(path);
      by_flag_.emplace(alias, target);
      by_variable_.emplace(VariableOf(alias), target);
    }
  }

  Result<Config> Run() {
    ParseFlags();
    ParseEnvironment();
    ReadFile();
    given_.clear();
    for (const auto& given : variables_) ApplyText(given);
    given_.clear();
    for (const auto& given : flags_) ApplyText(given);
    if (problems_.empty()) return std::move(config_);
    return Invalid(RenderProblems(), "invalid_configuration");
  }

 private:
  // An option, or the file that a secret is in.
  struct Target {
    const ConfigOption* option = nullptr;
    bool is_file = false;
  };
  struct GivenText {
    Target target;
    std::string where;  // "FRESHET_HTTP_LISTEN", "--listen"
    std::string text;
  };
  using Names = std::map<std::string, Target, std::less<>>;

  void AddNames(const std::string& path, Target target) {
    by_path_.emplace(path, target);
    by_flag_.emplace(path, target);
    by_variable_.emplace(VariableOf(path), target);
    if (target.option->secret() && !target.is_file) {
      AddNames(path + std::string(kFileSuffix), {target.option, true});
    }
  }

  void Problem(std::string_view where, std::string_view what) {
    problems_.push_back(fmt::format("{}: {}", where, what));
  }

  std::string RenderProblems() const {
    std::string text = problems_.size() == 1
                           ? "The configuration has a problem:"
                           : fmt::format("The configuration has {} problems:", problems_.size());
    for (std::size_t i = 0; i < std::min(problems_.size(), kMostProblems); ++i) {
      text += "\n  " + problems_[i];
    }
    if (problems_.size() > kMostProblems) {
      text += fmt::format("\n  and {} more", problems_.size() - kMostProblems);
    }
    return text;
  }

  void ParseFlags();
  void ParseEnvironment();
  void ReadFile();
  void ReadTable(std::string_view section, const toml::table& table);
  void ReadNode(std::string_view path, const toml::node& node);
  std::string PlaceOf(const toml::node& node) const {
    return fmt::format("{}:{}", file_, node.source().begin.line);
  }

  void ApplyText(const GivenText& given);
  void ApplySecretFile(const ConfigOption& option, const std::string& where,
                       const std::string& path);
  void Apply(const ConfigOption& option, const std::string& where, std::string_view shown,
             Result<ConfigValue> value);

  static std::vector<std::string> Listed(const Names& names, std::string_view before = "") {
    std::vector<std::string> listed;
    for (const auto& [name, target] : names) listed.push_back(fmt::format("{}{}", before, name));
    return listed;
  }

  const ConfigSources& sources_;
  Config config_;
  Names by_path_, by_flag_, by_variable_;
  std::vector<GivenText> flags_, variables_;
  std::optional<std::pair<std::string, std::string>> config_flag_, config_variable_;
  std::string file_;
  std::map<const ConfigOption*, std::string> given_;  // who set it, in the present source
  std::vector<std::string> problems_;
};

void ConfigReading::ParseFlags() {
  const auto& arguments = sources_.arguments;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    std::string_view name = arguments[i];
    if (!name.starts_with("--") || name.size() == 2) {
      Problem("command line", fmt::format("unexpected argument {}; options are written "
                                          "--section.name=value",
                                          Shown(name)));
      continue;
    }
    name.remove_prefix(2);
    const auto equals = name.find('=');
    std::optional<std::string> value;
    if (equals != std::string_view::npos) value = std::string(name.substr(equals + 1));
    std::string flag(name.substr(0, equals));
    std::ranges::replace(flag, '-', '_');
    const auto found = by_flag_.find(flag);
    const bool takes_value =
        flag == kConfigFlag ||
        (found != by_flag_.end() && found->second.option->type != ConfigType::kBool);
    if (found == by_flag_.end() && flag != kConfigFlag) {
      Problem("command line", fmt::format("unknown flag {}{}", Shown("--" + flag),
                                          Nearest("--" + flag, Listed(by_flag_, "--"))));
      // What follows is more likely its value than a mistake of its own.
      if (!value && i + 1 < arguments.size() && !arguments[i + 1].starts_with("--")) ++i;
      continue;
    }
    if (!value && takes_value && i + 1 < arguments.size()) value = arguments[++i];
    if (!value && takes_value) {
      Problem("--" + flag, "needs a value");
    } else if (flag == kConfigFlag) {
      config_flag_.emplace("--config", *value);
    } else {
      // As on any command line, the last of equal flags counts.
      std::erase_if(flags_, [&](const GivenText& earlier) {
        return earlier.target.option == found->second.option &&
               earlier.target.is_file == found->second.is_file;
      });
      flags_.push_back({found->second, "--" + flag, value.value_or("true")});
    }
  }
}

void ConfigReading::ParseEnvironment() {
  for (const std::string& entry : sources_.environment) {
    if (!entry.starts_with(kPrefix)) continue;
    const auto equals = std::min(entry.find('='), entry.size());
    const std::string variable = entry.substr(0, equals);
    const std::string value = entry.substr(std::min(equals + 1, entry.size()));
    const auto found = by_variable_.find(variable);
    if (found != by_variable_.end()) {
      variables_.push_back({found->second, variable, value});
    } else if (variable == VariableOf(kConfigFlag)) {
      config_variable_.emplace(variable, value);
    } else if (!IsServiceLink(variable, value)) {
      Problem("environment", fmt::format("unknown variable {}{}", Shown(variable),
                                         Nearest(variable, Listed(by_variable_))));
    }
  }
}

void ConfigReading::ReadFile() {
  const auto named = config_flag_ ? config_flag_ : config_variable_;
  file_ = named ? named->second : sources_.default_file;
  if (file_.empty()) return;
  const auto text = sources_.read_file(file_);
  if (!text) {
    const bool absent = text.error().kind() == ErrorKind::kNotFound;
    if (named || !absent) Problem(named ? named->first : file_, text.error().message());
    return;
  }
  try {
    const toml::table table = toml::parse(*text, file_);
    for (const auto& [key, node] : table) {
      const std::string_view section = key.str();
      if (const auto* fields = node.as_table(); fields && config_.values_.contains(section)) {
        ReadTable(section, *fields);
        continue;
      }
      std::vector<std::string> known;
      for (const auto& known_section : config_.schema_->sections) {
        known.push_back("[" + known_section.name + "]");
      }
      const std::string written =
          node.is_table() ? fmt::format("[{}]", section) : std::string(section);
      Problem(PlaceOf(node),
              fmt::format("unknown section {}{}", Shown(written), Nearest(written, known)));
    }
  } catch (const toml::parse_error& e) {
    Problem(fmt::format("{}:{}", file_, e.source().begin.line), e.description());
  }
}

void ConfigReading::ReadTable(std::string_view section, const toml::table& table) {
  for (const auto& [key, node] : table) ReadNode(fmt::format("{}.{}", section, key.str()), node);
}

void ConfigReading::ReadNode(std::string_view path, const toml::node& node) {
  const std::string where = PlaceOf(node);
  const auto found = by_path_.find(path);
  if (found == by_path_.end()) {
    Problem(where,
            fmt::format("unknown option {}{}", Shown(path), Nearest(path, Listed(by_path_))));
    return;
  }
  const ConfigOption& option = *found->second.option;
  std::optional<ConfigValue> value;
  std::string shown = "a value of another type";
  if (const auto* flag = node.as_boolean()) {
    value = flag->get();
    shown = flag->get() ? "true" : "false";
  } else if (const auto* integer = node.as_integer()) {
    value = integer->get();
    shown = fmt::format("{}", integer->get());
  } else if (const auto* number = node.as_floating_point()) {
    value = number->get();
    shown = fmt::format("{}", number->get());
  } else if (const auto* text = node.as_string()) {
    value = text->get();
    shown = Shown(text->get());
  } else if (const auto* array = node.as_array()) {
    shown = fmt::format("an array of {}", array->size());
    if (array->empty() || array->is_homogeneous<std::string>()) {
      std::vector<std::string> items;
      for (const auto& item : *array) items.push_back(item.as_string()->get());
      value = std::move(items);
    }
  }
  if (found->second.is_file) {
    const auto* file = value ? std::get_if<std::string>(&*value) : nullptr;
    if (!file) return Problem(where, fmt::format("{} must be the path of a file", path));
    return ApplySecretFile(option, where, *file);
  }
  Apply(option, where, shown,
        value ? ConfigValueFromToml(option, *value)
              : Result<ConfigValue>(Invalid("must be " + DescribeAccepted(option))));
}

void ConfigReading::ApplyText(const GivenText& given) {
  const ConfigOption& option = *given.target.option;
  if (given.target.is_file) return ApplySecretFile(option, given.where, given.text);
  if (option.secret() && given.where.starts_with("--")) {
    return Problem(given.where,
                   fmt::format("a secret on the command line is seen by every user of the machine; "
                               "use {} or {}_file",
                               VariableOf(option.path()), given.where));
  }
  Apply(option, given.where, Shown(given.text), ConfigValueFromText(option, given.text));
}

void ConfigReading::ApplySecretFile(const ConfigOption& option, const std::string& where,
                                    const std::string& path) {
  auto text = sources_.read_file(path);
  if (!text) {
    return Problem(where,
                   fmt::format("{}{}: {}", option.path(), kFileSuffix, text.error().message()));
  }
  if (text->ends_with('\n')) text->pop_back();
  if (text->ends_with('\r')) text->pop_back();
  Apply(option, where, "", ConfigValueFromText(option, *text));
}

void ConfigReading::Apply(const ConfigOption& option, const std::string& where,
                          std::string_view shown, Result<ConfigValue> value) {
  const auto [given, first] = given_.emplace(&option, where);
  if (!first) {
    return Problem(where, fmt::format("{} is already set by {}", option.path(), given->second));
  }
  const auto wrong = [&](std::string_view what) {
    Problem(where, fmt::format("{} = {} {}", option.path(), option.secret() ? "***" : shown, what));
  };
  if (!value) return wrong(value.error().message());
  // Checked on a copy: a value that is wrong must not hide what another source says.
  std::any& section = config_.values_.find(option.section)->second;
  std::any changed = section;
  option.set(changed, *value);
  if (const auto complaint = option.check(changed); !complaint.empty()) return wrong(complaint);
  section = std::move(changed);
  config_.origins_.insert_or_assign(option.path(), where);
}

void ConfigLoader::Add(ConfigSection added) {
  if (!IsName(added.name)) throw std::logic_error("not a section's name: " + added.name);
  std::set<std::string> taken{VariableOf(kConfigFlag)};
  const auto take = [&](const std::string& name) {
    if (!taken.insert(VariableOf(name)).second) {
      throw std::logic_error("configured twice: " + VariableOf(name));
    }
  };
  const auto take_all = [&](const ConfigSection& section) {
    for (const auto& option : section.options) {
      if (!IsName(option.name)) throw std::logic_error("not an option's name: " + option.name);
      take(option.path());
      if (option.secret()) take(option.path() + std::string(kFileSuffix));
    }
  };
  for (const auto& section : schema_.sections) {
    if (section.name == added.name) throw std::logic_error("section twice: " + added.name);
    take_all(section);
  }
  for (const auto& [alias, path] : schema_.aliases) take(alias);
  take_all(added);
  schema_.sections.push_back(std::move(added));
}

void ConfigLoader::AddAlias(std::string alias, std::string option) {
  bool known = false, taken = alias == kConfigFlag || !IsName(alias);
  for (const auto& section : schema_.sections) {
    for (const auto& other : section.options) {
      known = known || other.path() == option;
      taken = taken || VariableOf(other.path()) == VariableOf(alias);
    }
  }
  if (!known || taken || !schema_.aliases.emplace(std::move(alias), option).second) {
    throw std::logic_error("not a possible alias of " + option);
  }
}

Result<Config> ConfigLoader::Load(const ConfigSources& sources) const {
  return ConfigReading(schema_, sources).Run();
}

Result<std::string> ReadConfigFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    const int reason = errno;
    std::string what = fmt::format("cannot open {}: {}", Shown(path), std::strerror(reason));
    return reason == ENOENT ? NotFound(std::move(what)) : Unavailable(std::move(what));
  }
  std::string text(kMostFileBytes + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (file.bad() || (file.fail() && !file.eof())) {
    return Unavailable(fmt::format("cannot read {}", Shown(path)));
  }
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > kMostFileBytes) {
    return Invalid(fmt::format("{} is larger than 1 MiB", Shown(path)));
  }
  return text;
}

}  // namespace freshet
