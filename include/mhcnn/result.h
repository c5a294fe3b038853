#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "mhcnn/export.h"

namespace mhcnn {
MHCNN_ABI_INLINE namespace v0 {
  /// What kind of thing went wrong.
  enum class ErrorCode {
    kUsage,        ///< a wrong argument
    kNotFound,     ///< a file that does not exist
    kCorrupt,      ///< a file that is damaged or is not what its name says
    kUnsupported,  ///< a valid file of a kind that this build cannot read
    kOutOfScope,   ///< readable, but not a mammogram to measure
    kLimit,        ///< larger than a stated limit
    kIo,           ///< the operating system refused: disk full, permission
    kInterrupted,  ///< a signal
    kInternal,     ///< a defect of this library
  };

  /// The exception of this library. `what()` is one line: the subject, the problem, the remedy.
  class MHCNN_EXPORT Error : public std::runtime_error {
   public:
    /// Makes an error; an empty subject or remedy is left out of the message.
    Error(ErrorCode code, const std::string& line, std::string subject, std::string remedy);
    /// Copies an error.
    Error(const Error&) = default;
    ~Error() override;
    /// Returns the kind of error.
    ErrorCode code() const { return code_; }
    /// Returns the file or value that the error is about; "" if it is not known.
    const std::string& subject() const { return subject_; }
    /// Returns what the user can do; "" if nothing is known.
    const std::string& remedy() const { return remedy_; }

   private:
    ErrorCode code_;
    std::string subject_, remedy_;
  };

  /// Side of the breast.
  enum class Laterality { kUnknown, kLeft, kRight };
  /// Projection: craniocaudal, mediolateral oblique, or any other.
  enum class View { kUnknown, kCC, kMLO, kOther };
  /// BI-RADS breast composition (5th edition).
  enum class Category { kA, kB, kC, kD };
  /// Returns "a" to "d".
  MHCNN_EXPORT char ToLetter(Category category);

  /// Label of each pixel, row after row: 0 background, 85 breast, 170 dense tissue, 255 pectoral
  /// muscle. Empty where the picture was not measured.
  struct LabelMap {
    int rows = 0, columns = 0;           ///< size of the picture
    std::vector<std::uint8_t> values{};  ///< labels
  };

  /// What one picture gave: the main columns of results.csv (docs/results.md); ToJson() has all.
  struct MHCNN_EXPORT Result {
    std::string name;                              ///< path or name of the picture
    Laterality laterality = Laterality::kUnknown;  ///< as stated or inferred
    View view = View::kUnknown;                    ///< as stated or inferred
    /// 100 * dense area / breast area without pectoral muscle, and the ends of its interval.
    std::optional<double> percent_density, percent_low, percent_high;
    std::optional<double> dense_area_cm2, breast_area_cm2;  ///< empty without a pixel spacing
    std::optional<Category> category;                       ///< empty where the model has none
    std::array<double, 4> probabilities{};                  ///< of a to d
    std::vector<std::string> flags;                         ///< warnings (docs/flags.md)
    std::string error;   ///< "code: problem; remedy" of a picture that was not measured
    std::string model;   ///< name and version
    double seconds = 0;  ///< time of reading and analysing

    /// Returns whether the picture was measured.
    bool ok() const { return error.empty(); }
    /// Returns the labels at the size of the picture, as `mhcnn predict` writes them to masks/.
    LabelMap Labels() const;
    /// Returns the result as an object of `results` in results.json, with all digits.
    std::string ToJson() const;

    /// All that the library knows of the result; not for programs.
    std::shared_ptr<const struct ResultDetail> detail;
  };

  /// One exam: the main columns of studies.csv (docs/results.md); ToJson() has all.
  struct MHCNN_EXPORT ExamResult {
    std::vector<Result> images;  ///< in the order given
    /// Mean percent of the breasts, and the ends of its interval.
    std::optional<double> percent_density, percent_low, percent_high;
    std::optional<double> percent_left, percent_right;  ///< of each breast
    std::optional<Category> category;                   ///< category of the denser breast
    std::array<double, 4> probabilities{};              ///< probabilities of that breast
    std::vector<std::string> missing;  ///< those of L-CC, L-MLO, R-CC and R-MLO that are missing
    std::vector<std::string> flags;    ///< warnings (docs/flags.md)
    std::string error;                 ///< where no image could be used

    /// Returns whether at least one image was used.
    bool ok() const { return error.empty(); }
    /// Returns the exam as an object of `studies` in results.json, with all digits.
    std::string ToJson() const;

    /// The text that ToJson() returns; not for programs.
    std::string json;
  };

  /// Makes an exam of results of this library, which all belong to it whatever their headers say.
  /// Throws Error(kUsage) for results that were made otherwise.
  MHCNN_EXPORT ExamResult MakeExam(std::vector<Result> images);
}  // namespace v0
}  // namespace mhcnn
