#include "mhcnn/service/api/analyze.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "mhcnn/base/error.h"
#include "mhcnn/base/html.h"
#include "mhcnn/base/memory_file.h"
#include "mhcnn/base/parallel.h"
#include "mhcnn/base/text.h"
#include "mhcnn/batch/measure_item.h"
#include "mhcnn/batch/measurement_settings.h"
#include "mhcnn/image/file_io.h"
#include "mhcnn/image/png_file.h"
#include "mhcnn/results/overlay.h"
#include "mhcnn/results/results_table.h"
#include "mhcnn/service/web/http_query.h"

namespace mhcnn {
namespace {

using nlohmann::json;

/// Size in bytes that is larger than any image that is read (kMaxPixels of 16 bits).
constexpr std::uint64_t kMaxImageBytes = std::uint64_t{320} << 20;

/// Model, with the requests that use it.
class SharedAnalyzer {
 public:
  explicit SharedAnalyzer(const AnalyzeContext& parts) : parts_(parts) {}

  /// Place among the requests that are measured or wait.
  class Place {
   public:
    explicit Place(SharedAnalyzer& shared) : shared_(shared) {
      const std::lock_guard lock(shared.mutex_);
      if (shared.places_ >= shared.AtOnce() + kWaitingAnalyses) {
        throw HttpError(503, "other images are being measured", {{"Retry-After", "5"}});
      }
      ++shared.places_;
    }
    ~Place() {
      const std::lock_guard lock(shared_.mutex_);
      --shared_.places_;
      if (measures_) --shared_.measuring_;
      shared_.free_.notify_one();
    }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    /// Waits for its turn. Returns the analyzer, which is loaded for the first request.
    const Analyzer& Wait() {
      std::unique_lock lock(shared_.mutex_);
      shared_.free_.wait(lock, [this] { return shared_.measuring_ < shared_.AtOnce(); });
      ++shared_.measuring_;
      measures_ = true;
      if (!shared_.analyzer_) shared_.Load();
      return *shared_.analyzer_;
    }

   private:
    SharedAnalyzer& shared_;
    bool measures_ = false;
  };

 private:
  int AtOnce() const { return parts_.config.web.analyze_at_once; }
  void Load() {
    const WorkConfig& work = parts_.config.work;
    const int threads =
        work.threads > 0 ? work.threads : std::max(1, AvailableThreads() / work.workers);
    analyzer_.emplace(MakeAnalyzer({parts_.model, "CPU", work.calibration, {}}, threads));
    spdlog::info("web: loaded the model {} to measure single images", analyzer_->ModelName());
  }

  AnalyzeContext parts_;
  std::mutex mutex_;
  std::condition_variable free_;
  int places_ = 0, measuring_ = 0;
  std::optional<Analyzer> analyzer_;
};

/// Parameters of the query about the image.
struct AnalyzeQuery {
  std::optional<double> spacing_mm;
  Laterality laterality = Laterality::kUnknown;
  View view = View::kUnknown;
  bool masks = false;

  bool MetadataCallback() const {
    return spacing_mm || laterality != Laterality::kUnknown || view != View::kUnknown;
  }
};

AnalyzeQuery ParseAnalyzeQuery(const HttpRequest& request) {
  AnalyzeQuery wishes;
  const HttpQuery query(request.query);
  for (const auto& [name, value] : query.all()) {
    const auto fail = [&name = name](const char* needs) {
      throw HttpError(400, name + " must be " + needs);
    };
    if (name == "spacing_mm") {
      std::size_t end = 0;
      try {
        wishes.spacing_mm = std::stod(value, &end);
      } catch (const std::exception&) {
        end = 0;
      }
      if (end == 0 || end != value.size() || !(*wishes.spacing_mm > 0 && *wishes.spacing_mm < 10)) {
        fail("the distance of two pixels at the breast, in millimetres");
      }
    } else if (name == "laterality") {
      if (value != "L" && value != "R") fail("L or R");
      wishes.laterality = value == "L" ? Laterality::kLeft : Laterality::kRight;
    } else if (name == "view") {
      if (value != "CC" && value != "MLO" && value != "other") fail("CC, MLO or other");
      wishes.view = value == "CC" ? View::kCC : value == "MLO" ? View::kMLO : View::kOther;
    } else if (name == "masks") {
      if (value != "true" && value != "false") fail("true or false");
      wishes.masks = value == "true";
    } else {
      throw HttpError(400, "the query takes spacing_mm, laterality, view and masks");
    }
  }
  return wishes;
}

/// Returns the status for the word that begins the text of a result's error.
int ToHttpStatus(const std::string& error) {
  const std::string word = error.substr(0, error.find(':'));
  if (word == ErrorCodeName(ErrorCode::kUnsupported)) return 415;
  if (word == ErrorCodeName(ErrorCode::kLimit)) return 413;
  if (word == ErrorCodeName(ErrorCode::kInternal)) return 500;
  if (word == ErrorCodeName(ErrorCode::kIo)) return 503;
  return 422;
}

class AnalyzeExchange final : public HttpExchange {
 public:
  AnalyzeExchange(std::shared_ptr<SharedAnalyzer> shared, const HttpRequest& request)
      : shared_(std::move(shared)), wishes_(ParseAnalyzeQuery(request)) {
    const std::string type = ParseMediaType(request.Field("content-type")).type;
    if (type != "application/dicom" && type != "application/octet-stream" &&
        type.rfind("image/", 0) != 0) {
      throw HttpError(415, "the node measures application/dicom and image/png, tiff, jpeg, jp2");
    }
    if (!request.has_body) throw HttpError(400, "the request has no body");
    if (request.content_length.value_or(0) > kMaxImageBytes) TooLarge();
    place_.emplace(*shared_);
  }

  void Body(std::string_view piece) override {
    if (file_.size() + piece.size() > kMaxImageBytes) TooLarge();
    file_.Append({reinterpret_cast<const std::uint8_t*>(piece.data()), piece.size()});
  }

  HttpResponse Answer() override {
    const bool dicom = SniffFileKind(file_.path()) == FileKind::kDicom;
    if (dicom && wishes_.MetadataCallback()) {
      throw HttpError(400, "a DICOM file states its spacing, laterality and view itself");
    }
    MetadataCallback state;
    if (wishes_.MetadataCallback())
      state = [this](MammogramMetadata& metadata) { Apply(metadata); };
    BatchItem item;
    item.path = file_.path();
    Result result = MeasureItem(place_->Wait(), item, state).result;
    if (!result.ok()) {
      if (ToHttpStatus(result.error) >= 500) spdlog::error("web: {}", ToDisplayText(result.error));
      return ProblemResponse(ToHttpStatus(result.error), result.error);
    }
    result.metadata.path.clear();
    json row = ResultToJson(result);
    row["model"] = result.model;
    if (wishes_.masks) {
      const cv::Mat1b labels = LabelMap(result);
      row["label_map"] = labels.empty() ? json() : json(Base64(EncodePngFile(labels)));
    }
    HttpResponse response;
    response.content_type = "application/json";
    response.body = row.dump(-1, ' ', false, json::error_handler_t::replace);
    return response;
  }

 private:
  [[noreturn]] static void TooLarge() { throw HttpError(413, "the image is larger than 320 MB"); }

  void Apply(MammogramMetadata& metadata) const {
    if (wishes_.spacing_mm)
      metadata.row_spacing_mm = metadata.column_spacing_mm = wishes_.spacing_mm;
    if (wishes_.laterality != Laterality::kUnknown) metadata.laterality = wishes_.laterality;
    if (wishes_.view != View::kUnknown) metadata.view = wishes_.view;
  }

  std::shared_ptr<SharedAnalyzer> shared_;
  AnalyzeQuery wishes_;
  std::optional<SharedAnalyzer::Place> place_;
  MemoryFile file_;
};

}  // namespace

void AddAnalyzeRoutes(Router& router, const AnalyzeContext& parts) {
  if (!parts.config.web.analyze || parts.model.empty()) return;
  auto shared = std::make_shared<SharedAnalyzer>(parts);
  router.Add({"POST", "/api/v1/analyze", HttpThread::kWorker, parts.access.GuardFor(Role::kSender),
              [shared](const HttpRequest& request) {
                return std::make_unique<AnalyzeExchange>(shared, request);
              }});
}

}  // namespace mhcnn
