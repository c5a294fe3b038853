#include "mhcnn/batch/measure_item.h"

#include <chrono>
#include <new>

#include "mhcnn/base/error.h"
#include "mhcnn/base/packed_file.h"
#include "mhcnn/batch/own_files.h"
#include "mhcnn/dicom/reader.h"
#include "mhcnn/image/file_io.h"
#include "mhcnn/image/png_text.h"

namespace mhcnn {
namespace {

namespace fs = std::filesystem;

/// Sets left_out or throws if a file is not to be measured, before it is read as a mammogram.
void CheckMeasurable(const fs::path& file, const BatchItem& item, Result& result) {
  if (item.found) {
    if (const auto kind = FindLeftOutKind(file, item.name))
      result.left_out = LeftOutKindName(*kind);
    return;
  }
  if (const std::string drawing = DetectRunDrawing(ReadFileHead(file, kSoftwareHead));
      !drawing.empty()) {
    throw Error(ErrorCode::kOutOfScope, "is the " + drawing + " that mhcnn drew of a picture", "",
                "give the picture itself");
  }
}

/// Stores the metadata of a refused file's header, so that its exam is known.
void KeepMetadata(const fs::path& file, Result& result) {
  try {
    if (!result.metadata.sop_uid.empty() || SniffFileKind(file) != FileKind::kDicom) return;
    result.metadata = ReadDicomMetadata(file);
  } catch (const Error&) {
    // Its error says that it cannot be read.
  }
}

/// Analyses a picture of which more is known than its file says.
Analysis AnalyzeStated(const Analyzer& analyzer, const fs::path& file,
                       const MetadataCallback& state) {
  const auto start = std::chrono::steady_clock::now();
  Mammogram mammogram = ReadMammogram(file);
  const std::chrono::duration<double> reading = std::chrono::steady_clock::now() - start;
  state(mammogram.metadata);
  Analysis analysis;
  try {
    analysis = analyzer.Analyze(mammogram);
  } catch (const Error& e) {
    analysis.result.metadata = mammogram.metadata;
    analysis.result.size = mammogram.pixels.size();
    analysis.result.error = ErrorText(e);
  }
  analysis.result.seconds += reading.count();  // without the wait for the network's start
  return analysis;
}

}  // namespace

Analysis MeasureItem(const Analyzer& analyzer, const BatchItem& item,
                     const MetadataCallback& state) {
  Analysis made;
  Result& result = made.result;
  result.error = item.problem;
  if (result.ok()) {
    try {
      const MaterializedFile file(item);
      CheckMeasurable(file.path(), item, result);
      if (result.left_out.empty()) {
        Analysis analysis =
            state ? AnalyzeStated(analyzer, file.path(), state) : analyzer.AnalyzeFile(file.path());
        result = std::move(analysis.result);
        made.image = analysis.image;
        if (!result.ok()) KeepMetadata(file.path(), result);
        const bool own = IsOwnObject(result.metadata);
        if (item.found && (own || (!result.ok() && IsUnmarkedLabelMap(file.path())))) {
          result.left_out = LeftOutKindName(LeftOutKind::kEarlierRun);
        } else if (own) {
          throw Error(ErrorCode::kOutOfScope, "is a result that mhcnn made of other images", "",
                      "give the images themselves");
        }
      }
    } catch (const Error& e) {
      if (e.code() == ErrorCode::kInterrupted) throw;
      result.error = ErrorText(e);
    } catch (const std::bad_alloc&) {
      result.error = "limit: the file needs more memory than there is";
    }
  }
  result.metadata.path = item.DisplayPath().string();
  result.model = analyzer.ModelName();
  return made;
}

MammogramMetadata ReadItemMetadata(const BatchItem& item) {
  Result result;
  try {
    const MaterializedFile file(item);
    KeepMetadata(file.path(), result);
  } catch (const std::exception&) {
    // There is nothing to say.
  }
  return result.metadata;
}

}  // namespace mhcnn
