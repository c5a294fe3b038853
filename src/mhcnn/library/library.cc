#include <fmt/format.h>

#include <exception>
#include <utility>

#include "mhcnn/analyze/analyzer.h"
#include "mhcnn/base/memory_file.h"
#include "mhcnn/library/public_result.h"
#include "mhcnn/model/shipped_model.h"

namespace mhcnn {
namespace {

namespace fs = std::filesystem;

/// Calls a function, and converts its errors for a program.
template <typename Do>
auto WithPublicErrors(Do&& act) {
  try {
    return act();
  } catch (const Error& e) {
    throw ToPublic(e);
  } catch (const v0::Error&) {
    throw;
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception& e) {
    throw ToPublic(Error(ErrorCode::kInternal, e.what()));
  }
}

BackendOptions ToBackendOptions(const std::string& model, const v0::AnalyzerOptions& options) {
  BackendOptions backend;
  backend.model = FindModelFile(model, ".onnx");
  backend.threads = options.threads;
  if (std::error_code ec; !fs::exists(backend.model, ec)) {
    throw Error(ErrorCode::kNotFound, "does not exist", backend.model.string(),
                "give fast, accurate or the path of an ONNX file");
  }
  return backend;
}

AnalyzeOptions ToAnalyzeOptions(const v0::AnalyzerOptions& options) {
  AnalyzeOptions analyze;
  analyze.read.convert_raw = options.convert_raw;
  analyze.variants = options.variants;
  if (!options.calibration.empty()) analyze.calibration = ReadCalibration(options.calibration);
  return analyze;
}

void CheckSpacing(const char* field, const std::optional<double>& mm) {
  if (mm && !(*mm > 0 && *mm < 10)) {
    throw Error(ErrorCode::kUsage, fmt::format("is {} mm", *mm), field,
                "give the distance of two pixels at the breast, in millimetres");
  }
}

Mammogram ToMammogram(const v0::Pixels& pixels, const v0::PictureFacts& facts) {
  if (pixels.rows <= 0 || pixels.columns <= 0 ||
      pixels.values.size() !=
          static_cast<std::size_t>(pixels.rows) * static_cast<std::size_t>(pixels.columns)) {
    throw Error(ErrorCode::kUsage,
                fmt::format("there are {} values for {} rows of {} columns", pixels.values.size(),
                            pixels.rows, pixels.columns),
                "pixels", "give rows times columns values, row after row");
  }
  CheckSpacing("row_spacing_mm", facts.row_spacing_mm);
  CheckSpacing("column_spacing_mm", facts.column_spacing_mm);
  Mammogram mammogram;
  mammogram.pixels.create(pixels.rows, pixels.columns);
  std::copy(pixels.values.begin(), pixels.values.end(), mammogram.pixels.begin());
  MammogramMetadata& stated = mammogram.metadata;
  stated.path = facts.name;
  stated.rows = pixels.rows;
  stated.columns = pixels.columns;
  stated.bits = 16;
  stated.row_spacing_mm = facts.row_spacing_mm;
  stated.column_spacing_mm = facts.column_spacing_mm;
  stated.laterality = static_cast<Laterality>(facts.laterality);
  stated.view = static_cast<View>(facts.view);
  return mammogram;
}

Result AnalyzeOrExplain(const Analyzer& analyzer, const Mammogram& mammogram) {
  try {
    return analyzer.Analyze(mammogram).result;
  } catch (const Error& e) {
    Result result;
    result.metadata = mammogram.metadata;
    result.size = mammogram.pixels.size();
    result.error = ErrorText(e);
    return result;
  }
}

v0::DisplayPicture ToDisplayPicture(const Mammogram& mammogram) {
  v0::DisplayPicture picture;
  picture.rows = mammogram.pixels.rows;
  picture.columns = mammogram.pixels.cols;
  picture.values.assign(mammogram.pixels.begin(), mammogram.pixels.end());
  const MammogramMetadata& facts = mammogram.metadata;
  picture.facts = {facts.path, facts.row_spacing_mm, facts.column_spacing_mm,
                   static_cast<v0::Laterality>(facts.laterality),
                   static_cast<v0::View>(facts.view)};
  picture.flags = facts.flags;
  return picture;
}

DicomReadOptions ToReadOptions(bool convert_raw) {
  DicomReadOptions options;
  options.convert_raw = convert_raw;
  return options;
}

v0::NetworkInput ToNetworkInput(const Prepared& prepared) {
  return {prepared.input.rows, prepared.input.cols, {prepared.input.begin(), prepared.input.end()}};
}

v0::NetworkInput PreprocessMammogram(const Analyzer& analyzer, const fs::path& path) {
  return ToNetworkInput(analyzer.PrepareInput(analyzer.ReadFile(path)));
}

/// Lends a file of this content to a function. Its errors name `name`, as nobody knows the file.
template <typename Do>
auto WithFile(std::span<const std::byte> content, const std::string& name, Do&& act) {
  const MemoryFile file({reinterpret_cast<const std::uint8_t*>(content.data()), content.size()});
  try {
    return act(file.path());
  } catch (const Error& e) {
    throw Error(e.code(), e.problem(), e.subject() == file.path() ? name : e.subject(), e.remedy());
  }
}

/// The caller decides what one exam is, also where the headers name several exams.
StudyResult MakeStudy(std::vector<Result> images) {
  std::vector<StudyResult> studies = MakeStudies(images, StudyBy::kAuto);
  if (studies.size() == 1) return studies.front();
  const std::string name = images.empty() ? "" : StudyKey(images.front().metadata, StudyBy::kAuto);
  for (Result& image : images) image.metadata.path = "exam/picture";
  studies = MakeStudies(images, StudyBy::kFolder);
  if (studies.size() != 1) throw Error(ErrorCode::kUsage, "an exam has no images");
  studies.front().study = name;
  return studies.front();
}

}  // namespace

namespace v0 {

DisplayPicture ReadPicture(const fs::path& path, bool convert_raw) {
  return WithPublicErrors(
      [&] { return ToDisplayPicture(ReadMammogram(path, ToReadOptions(convert_raw))); });
}

DisplayPicture ReadPicture(std::span<const std::byte> content, const std::string& name,
                           bool convert_raw) {
  return WithPublicErrors([&] {
    DisplayPicture picture = WithFile(content, name, [&](const fs::path& path) {
      return ToDisplayPicture(ReadMammogram(path, ToReadOptions(convert_raw)));
    });
    picture.facts.name = name;
    return picture;
  });
}

/// The analyzer of the command.
struct Analyzer::Implementation {
  mhcnn::Analyzer analyzer;  ///< with its model
};

Analyzer::Analyzer(std::unique_ptr<Implementation> implementation)
    : implementation_(std::move(implementation)) {}
Analyzer::Analyzer(Analyzer&&) noexcept = default;
Analyzer& Analyzer::operator=(Analyzer&&) noexcept = default;
Analyzer::~Analyzer() = default;

Analyzer Analyzer::Load(const std::string& model, const AnalyzerOptions& options) {
  return WithPublicErrors([&] {
    return Analyzer(std::make_unique<Implementation>(Implementation{mhcnn::Analyzer(
        Backend::Create(ToBackendOptions(model, options)), ToAnalyzeOptions(options))}));
  });
}

Result Analyzer::AnalyzeFile(const fs::path& path) const {
  return WithPublicErrors(
      [&] { return ToPublic(implementation_->analyzer.AnalyzeFile(path).result); });
}

Result Analyzer::AnalyzeBuffer(std::span<const std::byte> content, const std::string& name) const {
  return WithPublicErrors([&] {
    mhcnn::Result result = WithFile(content, name, [&](const fs::path& path) {
      return implementation_->analyzer.AnalyzeFile(path).result;
    });
    result.metadata.path = name;
    return ToPublic(std::move(result));
  });
}

Result Analyzer::AnalyzePixels(const Pixels& pixels, const PictureFacts& facts) const {
  return WithPublicErrors([&] {
    return ToPublic(AnalyzeOrExplain(implementation_->analyzer, ToMammogram(pixels, facts)));
  });
}

ExamResult Analyzer::AnalyzeExam(const std::vector<fs::path>& paths) const {
  std::vector<Result> images;
  images.reserve(paths.size());
  for (const fs::path& path : paths) images.push_back(AnalyzeFile(path));
  return MakeExam(std::move(images));
}

NetworkInput Analyzer::PreprocessFile(const fs::path& path) const {
  return WithPublicErrors([&] { return PreprocessMammogram(implementation_->analyzer, path); });
}

NetworkInput Analyzer::PreprocessBuffer(std::span<const std::byte> content) const {
  return WithPublicErrors([&] {
    return WithFile(content, "", [&](const fs::path& path) {
      return PreprocessMammogram(implementation_->analyzer, path);
    });
  });
}

NetworkInput Analyzer::PreprocessPixels(const Pixels& pixels) const {
  return WithPublicErrors([&] {
    return ToNetworkInput(implementation_->analyzer.PrepareInput(ToMammogram(pixels, {})));
  });
}

std::string Analyzer::ModelName() const { return implementation_->analyzer.ModelName(); }

ExamResult MakeExam(std::vector<Result> images) {
  return WithPublicErrors([&] {
    std::vector<mhcnn::Result> results;
    for (const Result& image : images) {
      if (!image.detail) {
        throw mhcnn::Error(mhcnn::ErrorCode::kUsage, "was not made by an Analyzer", image.name);
      }
      results.push_back(image.detail->result);
      results.back().breast = results.back().dense = results.back().pectoral = {};
    }
    return ToPublic(MakeStudy(std::move(results)), std::move(images));
  });
}

}  // namespace v0
}  // namespace mhcnn
