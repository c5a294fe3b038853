#include "mhcnn/base/error.h"

#include "mhcnn/base/text.h"

namespace mhcnn {
namespace {

/// A line break or another control character in a sentence of ours is white space.
std::string OneLine(std::string text) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  }
  return text;
}

/// Composes the message, with control characters escaped: in a subject they distinguish files.
std::string Compose(const std::string& problem, const std::string& subject,
                    const std::string& remedy) {
  std::string line = subject.empty() ? problem : ToDisplayText(subject) + ": " + problem;
  if (!remedy.empty()) line += "; " + ToDisplayText(remedy);
  return line;
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
    : std::runtime_error(Compose(ToPrintableText(OneLine(problem)), subject, OneLine(remedy))),
      code_(code),
      problem_(ToPrintableText(OneLine(std::move(problem)))),
      subject_(std::move(subject)),
      remedy_(OneLine(std::move(remedy))) {}

Error Error::WithSubject(const std::string& subject) const {
  return Error(code_, problem_, subject_.empty() ? subject : subject_, remedy_);
}

std::string ErrorText(const Error& e) {
  return std::string(ErrorCodeName(e.code())) + ": " + e.problem() +
         (e.remedy().empty() ? "" : "; " + e.remedy());
}

}  // namespace mhcnn
