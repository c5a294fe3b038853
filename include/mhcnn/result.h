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
  /// Kinds of errors.
  enum class ErrorCode {
    kUsage,        ///< a wrong argument
    kNotFound,     ///< a file that does not exist
    kCorrupt,      ///< a file that is damaged or is not what its name states
    kUnsupported,  ///< a valid file of a kind that this build cannot read
    kOutOfScope,   ///< a readable file that is not a mammogram to measure
    kLimit,        ///< larger than a stated limit
    kIo,           ///< an error of the operating system: disk full, permission
    kInterrupted,  ///< a signal
    kInternal,     ///< a defect of this library
  };

  /// Exception of this library. `what()` is one line: the subject, the problem, the remedy.
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
  /// muscle. Empty if the image was not measured or the model has no masks.
  struct LabelMap {
    int rows = 0, columns = 0;           ///< size of the image
    std::vector<std::uint8_t> values{};  ///< labels
  };

  /// Result of one image: the main columns of results.csv (docs/results.md); ToJson() has all.
  struct MHCNN_EXPORT Result {
    std::string name;                              ///< path or name of the image
    Laterality laterality = Laterality::kUnknown;  ///< as stated or inferred
    View view = View::kUnknown;                    ///< as stated or inferred
    /// 100 * dense area / breast area without pectoral muscle, and the ends of its interval.
    std::optional<double> percent_density, percent_low, percent_high;
    std::optional<double> dense_area_cm2, breast_area_cm2;  ///< empty without a pixel spacing
    std::optional<Category> category;                       ///< empty if the model gives none
    std::array<double, 4> probabilities{};                  ///< probabilities of a to d
    std::vector<std::string> flags;                         ///< warnings (docs/flags.md)
    std::string error;   ///< "code: problem; remedy" if the image was not measured, else empty
    std::string model;   ///< name and version of the model
    double seconds = 0;  ///< time of reading and analysing

    /// Returns whether the image was measured.
    bool ok() const { return error.empty(); }
    /// Returns the labels at the size of the image, as `mhcnn predict` writes them to masks/.
    LabelMap Labels() const;
    /// Returns the result as an object of `results` in results.json, with all digits.
    std::string ToJson() const;

    /// Internal data of the library; not for programs.
    std::shared_ptr<const struct ResultDetail> detail;
  };

  /// One exam: the main columns of studies.csv (docs/results.md); ToJson() has all.
  struct MHCNN_EXPORT ExamResult {
    std::vector<Result> images;  ///< in the order given
    /// Mean percent of the breasts, and the ends of its interval.
    std::optional<double> percent_density, percent_low, percent_high;
    std::optional<double> percent_left, percent_right;  ///< percent of each breast
    std::optional<Category> category;                   ///< category of the denser breast
    std::array<double, 4> probabilities{};              ///< probabilities of that breast
    std::vector<std::string> missing;  ///< missing views among L-CC, L-MLO, R-CC and R-MLO
    std::vector<std::string> flags;    ///< warnings (docs/flags.md)
    std::string error;                 ///< why no image could be used; else empty

    /// Returns whether at least one image was used.
    bool ok() const { return error.empty(); }
    /// Returns the exam as an object of `studies` in results.json, with all digits.
    std::string ToJson() const;

    /// Internal data: the text that ToJson() returns; not for programs.
    std::string json;
  };

  /// Makes one exam from results of this library, even if their headers name several exams. Throws
  /// Error(kUsage) if there is no result, or if a result was not made by an Analyzer.
  MHCNN_EXPORT ExamResult MakeExam(std::vector<Result> images);
}  // namespace v0
}  // namespace mhcnn
