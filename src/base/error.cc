#include "base/error.h"

#include <algorithm>

#include "base/text.h"

namespace mhcnn {
namespace {

std::string OneLine(std::string text) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  }
  return text;
}

std::string Compose(const std::string& problem, const std::string& subject,
                    const std::string& remedy) {
  std::string line = subject.empty() ? problem : subject + ": " + problem;
  if (!remedy.empty()) line += "; " + remedy;
  return OneLine(std::move(line));
}

}  // namespace

std::string_view ErrorCodeName(ErrorCode code) {
  switch (code) {
    case ErrorCode::kUsage:
      return "usage";
    case ErrorCode::kNotFound:
      return "not_found";
    case ErrorCode::kCorrupt:
      return "corrupt";
    case ErrorCode::kUnsupported:
      return "unsupported";
    case ErrorCode::kOutOfScope:
      return "out_of_scope";
    case ErrorCode::kLimit:
      return "limit";
    case ErrorCode::kIo:
      return "io";
    case ErrorCode::kInterrupted:
      return "interrupted";
    case ErrorCode::kInternal:
      return "internal";
  }
  return "internal";
}

Error::Error(ErrorCode code, std::string problem, std::string subject, std::string remedy)
    : std::runtime_error(Compose(PrintableText(OneLine(problem)), subject, remedy)),
      code_(code),
      problem_(PrintableText(OneLine(std::move(problem)))),
      subject_(OneLine(std::move(subject))),
      remedy_(OneLine(std::move(remedy))) {}

Error Error::WithSubject(const std::string& subject) const {
  return Error(code_, problem_, subject_.empty() ? subject : subject_, remedy_);
}

}  // namespace mhcnn
