// The configuration: options are declared once, in the Describe() of the struct that their owner
// takes, and read from flags, environment variables and a TOML file.
//
//   ConfigLoader loader;
//   loader.AddSection<HttpServerOptions>("http");
//   loader.AddAlias("listen", "http.listen");
//   ASSIGN_OR_RETURN(const Config config, loader.Load(sources));
//   HttpServer server(config.Get<HttpServerOptions>(), ...);
//
// An option `listen` of section `http` is --http.listen, FRESHET_HTTP_LISTEN, and `listen` under
// [http] in the file; a flag wins over a variable, a variable over the file, the file over the
// default.
#pragma once

#include <any>
#include <functional>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <typeinfo>
#include <utility>
#include <vector>

#include "base/config_option.h"
#include "base/describe.h"
#include "base/result.h"

namespace freshet {

struct ConfigSection {
  std::string name;
  std::string_view doc;
  std::any defaults;
  std::vector<ConfigOption> options;
};

struct ConfigSchema {
  std::vector<ConfigSection> sections;
  std::map<std::string, std::string, std::less<>> aliases;  // "listen" to "http.listen"
};

// The values of every option. Immutable; copies are independent.
class Config {
 public:
  // The section that is a T. Throws std::logic_error when there is none, or more than one.
  template <Described T>
  const T& Get() const {
    const T* found = nullptr;
    for (const auto& [name, values] : values_) {
      const T* const section = std::any_cast<T>(&values);
      if (section && found) throw std::logic_error(AmbiguousSection(typeid(T).name()));
      if (section) found = section;
    }
    if (!found) throw std::logic_error(MissingSection(typeid(T).name()));
    return *found;
  }
  // The section of that name, for types that several sections share.
  template <Described T>
  const T& Get(std::string_view section) const {
    const auto found = values_.find(section);
    const T* const values = found == values_.end() ? nullptr : std::any_cast<T>(&found->second);
    if (!values) throw std::logic_error(MissingSection(section));
    return *values;
  }

  // Who set the option ("section.name"): "freshet.toml:3", "FRESHET_HTTP_LISTEN", "--listen";
  // empty for a default.
  std::string_view Origin(std::string_view option) const;

  // Every option with its value and origin, as a TOML file that gives this configuration; secrets
  // read "***".
  std::string RenderToml() const;

 private:
  friend class ConfigLoader;
  friend class ConfigReading;
  friend std::vector<struct ConfigChange> Diff(const Config& before, const Config& after);
  static std::string AmbiguousSection(std::string_view what);
  static std::string MissingSection(std::string_view what);

  std::shared_ptr<const ConfigSchema> schema_;
  std::map<std::string, std::any, std::less<>> values_;      // by section
  std::map<std::string, std::string, std::less<>> origins_;  // by option
};

// One option that differs between two configurations.
struct ConfigChange {
  std::string option;       // "http.listen"
  bool reloadable = false;  // false: takes effect at the next start only

  bool operator==(const ConfigChange&) const = default;
};

// What changed from `before` to `after`, in the order of declaration. Both come from one loader.
std::vector<ConfigChange> Diff(const Config& before, const Config& after);

// Reads a file of at most 1 MiB. Errors: kNotFound (there is none), kInvalid (too large),
// kUnavailable (there may be one, but it cannot be read).
Result<std::string> ReadConfigFile(const std::string& path);

// Where a configuration comes from.
struct ConfigSources {
  std::vector<std::string> arguments;    // the flags, without program name and subcommand
  std::vector<std::string> environment;  // "NAME=value"; names outside FRESHET_* are passed over
  // Read when neither --config nor FRESHET_CONFIG names a file; may be absent. Empty for none.
  std::string default_file;
  // Reads a whole file: the TOML file, and secrets given by `<name>_file`. Errors: any.
  std::function<Result<std::string>(const std::string& path)> read_file = ReadConfigFile;
};

// Knows every option. Not thread-safe while sections are added.
class ConfigLoader {
 public:
  // Every field of T becomes an option of `section` ([a-z][a-z0-9_]*). Throws std::logic_error on
  // a name that is taken, also by way of the environment variable.
  template <Described T>
  void AddSection(std::string section, T defaults = {}) {
    ConfigSection added{section, T::Describe().doc, std::move(defaults), {}};
    ForEachField<T>([&](const auto& field) {
      added.options.push_back(internal::MakeConfigOption(section, field));
    });
    Add(std::move(added));
  }

  // Lets --alias and FRESHET_ALIAS stand for an option that was added before ("section.name").
  // Throws std::logic_error when there is no such option, or the name is taken.
  void AddAlias(std::string alias, std::string option);

  // Reads every source. A `<name>_file` stands beside each secret: the path of a file that holds
  // it, of which one line end is cut off. Secrets are refused as flags, which all users of a
  // machine can see.
  // Errors: kInvalid (code "invalid_configuration"); the message has a line for each problem.
  Result<Config> Load(const ConfigSources& sources) const;

  // The reference of every option, in Markdown.
  std::string RenderReference() const;

 private:
  void Add(ConfigSection section);

  ConfigSchema schema_;
};

}  // namespace freshet
