#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "mhcnn/export.h"
#include "mhcnn/result.h"
#include "mhcnn/version.h"

/// Measures breast density in mammograms for other programs. A research tool, not a medical device.
namespace mhcnn {
// This interface is versioned: a change that breaks programs comes with a new namespace and a new
// SOVERSION. Programs write mhcnn::Analyzer.
MHCNN_ABI_INLINE namespace v0 {
  /// Grey values of a mammogram for display: a higher value is brighter (denser tissue). Values of
  /// 8 bits need no scaling: they are 0 to 255.
  struct Pixels {
    std::span<const std::uint16_t> values{};  ///< row after row
    int rows = 0, columns = 0;                ///< size; their product is the number of values
  };

  /// Facts about an image without a DICOM header; each of them may be left out.
  struct PictureFacts {
    std::string name{};  ///< becomes Result::name
    /// Distance of two pixels at the breast, in millimetres; without it there are no areas in cm2.
    std::optional<double> row_spacing_mm{}, column_spacing_mm{};
    Laterality laterality = Laterality::kUnknown;  ///< side of the breast
    View view = View::kUnknown;                    ///< projection
  };

  /// An image as it is displayed and measured, with the facts that its file states.
  struct DisplayPicture {
    int rows = 0, columns = 0;            ///< size
    std::vector<std::uint16_t> values{};  ///< row after row; a higher value is brighter
    PictureFacts facts{};                 ///< name, spacing, side and view
    std::vector<std::string> flags{};     ///< warnings of the header (docs/flags.md)
  };

  /// Reads an image by the rules of docs/dicom.md, at its full size: DICOM, PNG, TIFF, JPEG, JPEG
  /// 2000, BMP, PGM. `convert_raw` converts raw FOR PROCESSING images instead of refusing them.
  /// Throws Error.
  MHCNN_EXPORT DisplayPicture ReadPicture(const std::filesystem::path& path,
                                          bool convert_raw = false);
  /// Reads an image from the content of a file. Throws Error.
  MHCNN_EXPORT DisplayPicture ReadPicture(std::span<const std::byte> content,
                                          const std::string& name = {}, bool convert_raw = false);

  /// Input of the network: the breast, upright and cropped, on a background of 0. Two percentiles
  /// of its grey values (docs/training.md, preprocess) are 0 and 1.
  struct NetworkInput {
    int rows = 0, columns = 0;    ///< size of the model's input
    std::vector<float> values{};  ///< row after row
  };

  /// Options of loading and using a model; `mhcnn predict` has the same defaults.
  struct AnalyzerOptions {
    int threads = 0;                      ///< threads of the network; 0: all processors
    std::filesystem::path calibration{};  ///< file of `mhcnn calibrate`; empty: that in the model
    bool convert_raw = false;  ///< convert raw FOR PROCESSING images instead of refusing them
    int variants = 1;          ///< test-time augmentation: variants that are averaged, 1 to 8
  };

  /// Measures mammograms. One analyzer may be used by several threads at once.
  class MHCNN_EXPORT Analyzer {
   public:
    /// Loads a model: `fast`, `accurate` or the path of an ONNX file. The shipped models are those
    /// of the installation that the library is part of, or of MHCNN_DATA_DIR. Throws Error.
    static Analyzer Load(const std::string& model = "fast", const AnalyzerOptions& options = {});
    /// Takes over the model of another analyzer.
    Analyzer(Analyzer&& other) noexcept;
    /// Takes over the model of another analyzer.
    Analyzer& operator=(Analyzer&& other) noexcept;
    ~Analyzer();

    /// Measures a file: DICOM, PNG, TIFF, JPEG, JPEG 2000, BMP, PGM. If the file cannot be
    /// measured, Result::error states why.
    Result AnalyzeFile(const std::filesystem::path& path) const;
    /// Measures the content of such a file. Throws Error(kIo) if there is no memory.
    Result AnalyzeBuffer(std::span<const std::byte> content, const std::string& name = {}) const;
    /// Measures pixels. Throws Error(kUsage) if the sizes do not agree, or a spacing is not above 0
    /// and below 10 mm.
    Result AnalyzePixels(const Pixels& pixels, const PictureFacts& facts = {}) const;
    /// Measures the files of one exam. A file that cannot be measured has a Result with an error.
    /// Throws Error(kUsage) if there are no files.
    ExamResult AnalyzeExam(const std::vector<std::filesystem::path>& paths) const;

    /// Returns the input that AnalyzeFile() gives to the network. Throws Error if the image cannot
    /// be read or is refused before the network runs.
    NetworkInput PreprocessFile(const std::filesystem::path& path) const;
    /// Returns the input that AnalyzeBuffer() gives to the network. Throws Error.
    NetworkInput PreprocessBuffer(std::span<const std::byte> content) const;
    /// Returns the input that AnalyzePixels() gives to the network. Throws Error.
    NetworkInput PreprocessPixels(const Pixels& pixels) const;

    /// Returns name and version of the model, and the name of its calibration.
    std::string ModelName() const;

   private:
    struct Implementation;
    explicit Analyzer(std::unique_ptr<Implementation> implementation);
    std::unique_ptr<Implementation> implementation_;
  };
}  // namespace v0
}  // namespace mhcnn
