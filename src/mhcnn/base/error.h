#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace mhcnn {

/// Kinds of errors. Each boundary translates the kind once: exit status, HTTP status, DIMSE
/// status.
enum class ErrorCode {
  kUsage,        ///< wrong option, recipe key or value
  kNotFound,     ///< a file or folder that does not exist
  kCorrupt,      ///< a file that is damaged or is not what its name says
  kUnsupported,  ///< a valid file of a kind this build cannot read
  kOutOfScope,   ///< readable, but not something to measure: a CT, a tomosynthesis volume, a raw
                 ///< image
  kLimit,        ///< larger than a stated limit
  kIo,           ///< the operating system refused: disk full, permission, lost device
  kInterrupted,  ///< Ctrl-C or SIGTERM
  kInternal,     ///< a defect of this program
};

/// Returns a code's stable lower-case word, e.g. "corrupt"; results.csv has it before the message.
std::string_view ErrorCodeName(ErrorCode code);

/// The one exception type of the project: what is wrong, with which file, and what to do about it.
/// `what()` is one line: "<subject>: <problem>; <remedy>", parts left out where empty.
class Error : public std::runtime_error {
 public:
  /// Makes an error; an empty subject or remedy is left out of the message.
  Error(ErrorCode code, std::string problem, std::string subject = {}, std::string remedy = {});

  /// Returns the kind of error.
  ErrorCode code() const { return code_; }
  /// Returns the file or value that the error is about; "" if it is not known.
  const std::string& subject() const { return subject_; }
  /// Returns what is wrong, without the subject.
  const std::string& problem() const { return problem_; }
  /// Returns what the user can do; "" if nothing is known.
  const std::string& remedy() const { return remedy_; }

  /// Returns the same error with a subject, for layers that learn the file's name later; a subject
  /// that is already set is kept.
  Error WithSubject(const std::string& subject) const;

 private:
  ErrorCode code_;
  std::string problem_;
  std::string subject_;
  std::string remedy_;
};

/// Returns "code: what is wrong; what to do", the text of the column `error`. The subject is left
/// out, as the row names the file.
std::string ErrorText(const Error& error);

}  // namespace mhcnn
