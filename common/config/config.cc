#include "common/config/config.h"

#include <cstdlib>
#include <fstream>
#include <optional>
#include <set>

#include "CLI/CLI.hpp"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/config/keys.h"
#include "common/text/text.h"
#include "common/version/version.h"

namespace tremplin::config {
namespace {

constexpr char kFileKey[] = "config";

// A value as it was found, and where, for the faults.
struct Found {
  std::string text;
  std::string where;
  bool from_environment = false;
};
using Values = std::map<std::string, Found, std::less<>>;

std::string EnvironmentName(std::string_view key) {
  return "TREMPLIN_" + absl::StrReplaceAll(absl::AsciiStrToUpper(text::Absl(key)), {{"-", "_"}});
}

const Key* Find(std::string_view name) {
  for (const Key& key : Keys()) {
    if (key.name == name) return &key;
  }
  return nullptr;
}

bool IsFor(const Key& key, Shape shape) {
  const For one = shape == Shape::kStandalone ? For::kStandalone
                  : shape == Shape::kService  ? For::kService
                                              : For::kGateway;
  return (static_cast<unsigned>(key.shape) & static_cast<unsigned>(one)) != 0;
}

const char* NameOf(Shape shape) {
  return shape == Shape::kStandalone ? "standalone"
         : shape == Shape::kService  ? "a service"
                                     : "the gateway";
}

// Flags, the first of the sources. CLI11 knows the grammar and writes the help; values are judged
// by the table, so that all faults are told at once.
class Flags {
 public:
  explicit Flags(Shape shape) : app_("Environment: TREMPLIN_<KEY>, as in TREMPLIN_LOG_LEVEL.") {
    app_.allow_extras();
    const CLI::callback_t taken = [](const CLI::results_t&) { return true; };
    app_.set_version_flag("--version", std::string(version::Number()), "the release, and exit");
    options_[kFileKey] = app_.add_option("--config", taken, "TOML file with keys as below");
    for (const Key& key : Keys()) {
      if (!IsFor(key, shape)) continue;
      const std::string name(key.name);
      CLI::Option* option = app_.add_option("--" + name, taken, std::string(key.help));
      if (key.flag) option->expected(0, 1);
      options_[name] = option;
    }
    for (auto& [name, option] : options_) {
      option->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    }
  }

  // Nothing, or the help or the release that was asked for.
  std::optional<Exit> Read(int argc, const char* const* argv, Values& values,
                           std::vector<std::string>& faults) {
    try {
      app_.parse(argc, argv);
    } catch (const CLI::CallForHelp&) {
      return Exit{.code = 0, .text = app_.help()};
    } catch (const CLI::CallForVersion&) {
      return Exit{.code = 0, .text = std::string(version::Number()) + "\n"};
    } catch (const CLI::ParseError& e) {
      faults.emplace_back(e.what());
      return std::nullopt;
    }
    for (const std::string& extra : app_.remaining()) {
      faults.push_back(absl::StrCat(extra, ": unknown flag"));
    }
    for (const auto& [name, option] : options_) {
      if (option->count() == 0) continue;
      const std::vector<std::string> results = option->results();
      if (results.size() > 1) faults.push_back(absl::StrCat(name, ": given twice"));
      const std::string text = results.empty() ? "" : results.front();
      const bool bare = name != kFileKey && Find(name)->flag && text.empty();
      values[name] = {.text = bare ? "true" : text, .where = "--" + name};
    }
    return std::nullopt;
  }

 private:
  CLI::App app_;
  std::map<std::string, CLI::Option*> options_;
};

void ReadEnvironment(Values& values) {
  const auto take = [&values](std::string_view key) {
    const std::string name = EnvironmentName(key);
    const char* value = std::getenv(name.c_str());
    if (value == nullptr) return;
    values.try_emplace(std::string(key), Found{value, name, true});
  };
  take(kFileKey);
  for (const Key& key : Keys()) take(key.name);
}

void ReadFile(Values& values, std::vector<std::string>& faults) {
  const auto named = values.find(kFileKey);
  if (named == values.end()) return;
  const std::string path = named->second.text;
  values.erase(named);
  std::ifstream file(path);
  if (!file.good()) {
    faults.push_back(absl::StrCat("config: the file \"", path, "\" cannot be read"));
    return;
  }
  std::vector<CLI::ConfigItem> items;
  try {
    items = CLI::ConfigTOML().from_config(file);
  } catch (const CLI::Error& e) {
    faults.push_back(absl::StrCat("config: ", path, ": ", e.what()));
    return;
  }
  std::set<std::string> seen;
  for (const CLI::ConfigItem& item : items) {
    if (item.name == "++" || item.name == "--") continue;  // begin and end of a section
    const std::string name = item.fullname();
    if (!seen.insert(name).second) faults.push_back(absl::StrCat(name, ": twice in ", path));
    if (item.inputs.size() > 1) {
      faults.push_back(absl::StrCat(name, ": a list in ", path));
      continue;
    }
    values.try_emplace(name, Found{item.inputs.empty() ? "true" : item.inputs.front(), path});
  }
}

void Apply(const Values& values, Shape shape, Config& config, std::vector<std::string>& faults) {
  for (const auto& [name, found] : values) {
    const Key* key = Find(name);
    if (key == nullptr) {
      faults.push_back(absl::StrCat(name, ": unknown key (", found.where, ")"));
      continue;
    }
    if (!IsFor(*key, shape)) {
      // An environment may be shared by processes of both shapes; flags and files are not.
      if (!found.from_environment) {
        faults.push_back(absl::StrCat(name, ": not for ", NameOf(shape), " (", found.where, ")"));
      }
      continue;
    }
    const std::string fault = key->set(config, found.text);
    if (!fault.empty()) faults.push_back(absl::StrCat(name, ": ", fault, " (", found.where, ")"));
  }
}

}  // namespace

std::variant<Config, Exit> Parse(int argc, const char* const* argv, Shape shape) {
  Values values;
  std::vector<std::string> faults;
  if (std::optional<Exit> asked = Flags(shape).Read(argc, argv, values, faults)) return *asked;
  ReadEnvironment(values);
  ReadFile(values, faults);
  Config config;
  Apply(values, shape, config, faults);
  // A key that was refused keeps its default; what is said of it together with others stays true.
  for (std::string& fault : CheckTogether(config, shape)) {
    const std::string name = fault.substr(0, fault.find(':'));
    const bool told = std::any_of(faults.begin(), faults.end(), [&name](const std::string& f) {
      return f.compare(0, name.size() + 1, name + ":") == 0;
    });
    if (!told) faults.push_back(std::move(fault));
  }
  if (faults.empty()) return config;
  Exit exit{.code = 2, .text = ""};
  for (const std::string& fault : faults) absl::StrAppend(&exit.text, fault, "\n");
  return exit;
}

}  // namespace tremplin::config
