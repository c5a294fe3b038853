#include "password_prompt.h"

#include <fmt/format.h>
#include <pwd.h>
#include <termios.h>
#include <unistd.h>

#include <cstdio>
#include <memory>

#include "mhcnn/base/error.h"
#include "mhcnn/base/file.h"

namespace mhcnn::cli {
namespace {

struct Close {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

/// Keeps a terminal from showing what is typed.
class Silence {
 public:
  explicit Silence(int terminal) : terminal_(terminal) {
    changed_ = ::tcgetattr(terminal_, &before_) == 0;
    termios silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    if (changed_) changed_ = ::tcsetattr(terminal_, TCSAFLUSH, &silent) == 0;
  }
  ~Silence() {
    if (changed_) ::tcsetattr(terminal_, TCSAFLUSH, &before_);
  }
  Silence(const Silence&) = delete;
  Silence& operator=(const Silence&) = delete;
  bool works() const { return changed_; }

 private:
  int terminal_;
  termios before_{};
  bool changed_ = false;
};

std::string FirstLine(const std::string& text) {
  return text.substr(0, text.find_first_of("\r\n"));
}

std::string Typed(std::FILE* terminal, const char* prompt) {
  const Silence silence(::fileno(terminal));
  if (!silence.works()) {
    throw Error(ErrorCode::kUsage, "the terminal cannot hide the password", {},
                "give --password-file");
  }
  std::fputs(prompt, terminal);
  std::fflush(terminal);
  std::string line;
  for (int c = std::fgetc(terminal); c != EOF && c != '\n'; c = std::fgetc(terminal))
    line += static_cast<char>(c);
  std::fputs("\n", terminal);
  return line;
}

}  // namespace

std::string AskNewPassword(const std::filesystem::path& file) {
  if (!file.empty()) {
    const std::string password = FirstLine(ReadTextFile(file, 65'536));
    if (password.empty())
      throw Error(ErrorCode::kUsage, "has no password in its first line", file.string());
    return password;
  }
  const std::unique_ptr<std::FILE, Close> terminal(std::fopen("/dev/tty", "r+e"));
  if (!terminal) {
    throw Error(ErrorCode::kUsage, "there is no terminal to ask for the password", {},
                "give --password-file");
  }
  const std::string password = Typed(terminal.get(), "Password: ");
  if (Typed(terminal.get(), "Again: ") != password)
    throw Error(ErrorCode::kUsage, "the two passwords differ", {}, "run the command again");
  return password;
}

std::string SystemUser() {
  const passwd* user = ::getpwuid(::getuid());
  return user != nullptr ? user->pw_name : fmt::format("user {}", ::getuid());
}

}  // namespace mhcnn::cli
