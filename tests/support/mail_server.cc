#include "tests/support/mail_server.h"

#include <filesystem>
#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "rapidjson/document.h"
#include "tests/support/certificate.h"

namespace tremplin::testing {
namespace {

constexpr char kPython[] = ".cache/smtp/bin/python";
constexpr absl::Duration kPatience = absl::Seconds(30);

TakenMail MailOf(const rapidjson::Document& json) {
  TakenMail mail;
  mail.from = json["from"].GetString();
  mail.to = json["to"][0].GetString();
  mail.session = json["session"].GetInt();
  mail.tls = json["tls"].GetBool();
  mail.subject = json["subject"].GetString();
  for (const auto& header : json["headers"].GetObject()) {
    mail.headers[header.name.GetString()] = header.value.GetString();
  }
  mail.text = json["text"].GetString();
  mail.html = json["html"].GetString();
  mail.calendar = json["calendar"].GetString();
  mail.raw = json["raw"].GetString();
  for (const auto& defect : json["defects"].GetArray()) mail.defects.push_back(defect.GetString());
  return mail;
}

}  // namespace

bool MailServer::Available() { return std::filesystem::exists(kPython); }

MailServer::MailServer(const Options& options) {
  const std::string port = std::to_string(FreePort());
  address_ = absl::StrCat("127.0.0.1:", port);
  argv_ = {kPython, "tests/support/smtp_server.py", port, dir_.path()};
  if (options.tls) {
    MakeCertificate("127.0.0.1", certificate(), dir_.File("key"));
    argv_.insert(argv_.end(), {certificate(), dir_.File("key")});
    if (!options.user.empty()) argv_.insert(argv_.end(), {options.user, options.password});
  }
  Start();
}

void MailServer::Start() {
  std::filesystem::remove(dir_.File("ready"));
  process_ = std::make_unique<Process>(argv_, dir_.File("log"));
  Eventually([&] { return std::filesystem::exists(dir_.File("ready")); }, kPatience);
}

void MailServer::Stop() { process_.reset(); }

void MailServer::Set(const std::string& behaviour) const { std::ofstream(dir_.File(behaviour)); }

void MailServer::Clear(const std::string& behaviour) const {
  std::filesystem::remove(dir_.File(behaviour));
}

std::vector<TakenMail> MailServer::Read(const std::string& file) const {
  std::vector<TakenMail> mails;
  if (!std::filesystem::exists(dir_.File(file))) return mails;
  std::istringstream lines(ReadFile(dir_.File(file)));
  for (std::string line; std::getline(lines, line);) {
    rapidjson::Document json;
    // The last line may be half written.
    if (!json.Parse(line.c_str()).HasParseError()) mails.push_back(MailOf(json));
  }
  return mails;
}

std::vector<TakenMail> MailServer::To(const std::string& address) const {
  std::vector<TakenMail> to;
  for (TakenMail& mail : Read("mail")) {
    if (mail.to == address) to.push_back(std::move(mail));
  }
  return to;
}

}  // namespace tremplin::testing
