#include "mhcnn/batch/measure_and_draw.h"

#include <new>
#include <opencv2/core.hpp>
#include <string>

#include "mhcnn/base/error.h"
#include "mhcnn/batch/drawings.h"
#include "mhcnn/batch/measure_item.h"

namespace mhcnn {
namespace {

/// A row with an error says nothing else of the picture than what its header says.
Result WithoutFigures(Result result) {
  Result bare;
  bare.metadata = std::move(result.metadata);
  bare.size = result.size;
  bare.error = std::move(result.error);
  bare.model = std::move(result.model);
  bare.seconds = result.seconds;
  bare.stages = result.stages;
  return bare;
}

}  // namespace

DrawnResult MeasureAndDraw(const Analyzer& analyzer, const BatchItem& item, const FileStamp& stamp,
                           const BatchOptions& options, int drawing_threads) {
  Analysis analysis = MeasureItem(analyzer, item);
  DrawnResult drawn{std::move(analysis.result)};
  Result& result = drawn.result;
  // Its header and its pixels may be of two files; what it lacked, it may have again.
  if (ReadFileStamp(item) != stamp) {
    result.left_out.clear();
    result.error = ErrorText(Error(ErrorCode::kIo, "was changed or removed while it was read", "",
                                   "run again with --resume"));
    result = WithoutFigures(std::move(result));
  }
  const GreyImage pixels = analysis.image;
  if (!result.ok() || !result.left_out.empty()) return drawn;
  try {
    drawn.draw = WriteDrawings(pixels, item, options, drawing_threads, result);
  } catch (const Error& e) {
    // A full or failing disk ends the batch; what is wrong with this file alone does not.
    if (e.code() == ErrorCode::kIo || e.code() == ErrorCode::kInterrupted) throw;
    const std::string what = e.subject().empty() ? e.problem() : e.subject() + " " + e.problem();
    result.error =
        ErrorText(Error(e.code(), "its drawing cannot be written: " + what, {}, e.remedy()));
  } catch (const std::bad_alloc&) {
    result.error = "limit: the drawings need more memory than there is";
  } catch (const cv::Exception& e) {
    result.error = "internal: " + Error(ErrorCode::kInternal, e.err).problem();
  }
  if (!result.ok()) result = WithoutFigures(std::move(result));
  return drawn;
}

}  // namespace mhcnn
