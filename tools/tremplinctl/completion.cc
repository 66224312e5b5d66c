// completion: what a shell needs to complete this program's commands and options.
#include <cstdio>
#include <memory>
#include <string>

#include "tools/tremplinctl/command.h"

namespace tremplin::ctl {
namespace {

// The long names of a command's options.
std::string OptionsOf(const CLI::App& command) {
  std::string words;
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) words += "--" + name + " ";
  }
  return words;
}

// What a shell must know of the commands: their paths, and a case for each with the words that may
// follow.
struct Words {
  std::string paths, cases;

  void Add(const CLI::App& command, const std::string& path) {
    const auto subcommands = command.get_subcommands([](const CLI::App*) { return true; });
    std::string words;
    for (const CLI::App* each : subcommands) words += each->get_name() + " ";
    cases += "    '" + path + "') words='" + words + OptionsOf(command) + "' ;;\n";
    for (const CLI::App* each : subcommands) {
      const std::string below = path + "/" + each->get_name();
      paths += (paths.empty() ? "'" : " | '") + below + "'";
      Add(*each, below);
    }
  }
};

// One function for both shells: zsh reads bash's kind. Files are completed where no word fits; the
// options of the program itself may stand anywhere.
std::string Script(const CLI::App& app, bool zsh) {
  Words words;
  words.Add(app, "");
  return (zsh ? "#compdef tremplinctl\nautoload -U +X bashcompinit && bashcompinit\n" : "") +
         std::string(
             "_tremplinctl() {\n"
             "  local path='' words='' word current=${COMP_WORDS[COMP_CWORD]}\n"
             "  for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
             "    case \"$path/$word\" in\n      ") +
         words.paths + ") path=$path/$word ;;\n    esac\n  done\n  case \"$path\" in\n" +
         words.cases + "  esac\n  [[ $current != -* ]] || words+=' " + OptionsOf(app) +
         "'\n"
         "  COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n}\n"
         "complete -o default -F _tremplinctl tremplinctl\n";
}

}  // namespace

void AddCompletion(CLI::App& app, absl::Status& result) {
  auto shell = std::make_shared<std::string>();
  CLI::App* completion = app.add_subcommand(
      "completion", "a script for the shell: source <(tremplinctl completion bash)");
  completion->add_option("shell", *shell, "bash or zsh")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh"}));
  completion->callback([&app, &result, shell] {
    std::fputs(Script(app, *shell == "zsh").c_str(), stdout);
    result = absl::OkStatus();
  });
}

}  // namespace tremplin::ctl
