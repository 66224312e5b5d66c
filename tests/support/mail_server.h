#ifndef TREMPLIN_TESTS_SUPPORT_MAIL_SERVER_H_
#define TREMPLIN_TESTS_SUPPORT_MAIL_SERVER_H_

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace tremplin::testing {

// A mail as a server took it, read by a parser that is not ours.
struct TakenMail {
  std::string from;
  std::string to;
  int session = 0;  // the connection it came by
  bool tls = false;
  std::string subject;
  std::map<std::string, std::string> headers;  // by names in lower-case letters
  std::string text;
  std::string html;
  std::string calendar;
  std::string raw;
  std::vector<std::string> defects;  // what the parser found wrong
};

// A real mail server (tests/support/smtp_server.py). Not thread-safe.
class MailServer {
 public:
  struct Options {
    bool tls = false;       // STARTTLS must be used, with certificate()
    std::string user = {};  // and a login
    std::string password = {};
  };
  // Whether it can be had: tools/install test.
  static bool Available();

  MailServer() : MailServer(Options()) {}
  explicit MailServer(const Options& options);

  const std::string& address() const { return address_; }  // "127.0.0.1:port"
  std::string certificate() const { return dir_.File("certificate"); }

  void Stop();
  void Start();
  // "not-now" and "hang", as smtp_server.py has them.
  void Set(const std::string& behaviour) const;
  void Clear(const std::string& behaviour) const;

  std::vector<TakenMail> mails() const { return Read("mail"); }
  // What was not taken yet.
  std::vector<TakenMail> put_off() const { return Read("put-off"); }
  // Those to an address.
  std::vector<TakenMail> To(const std::string& address) const;

 private:
  std::vector<TakenMail> Read(const std::string& file) const;

  TempDir dir_;
  std::string address_;
  std::vector<std::string> argv_;
  std::unique_ptr<Process> process_;
};

}  // namespace tremplin::testing

#endif  // TREMPLIN_TESTS_SUPPORT_MAIL_SERVER_H_
