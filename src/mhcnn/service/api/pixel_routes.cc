#include "mhcnn/service/api/pixel_routes.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <span>
#include <string>

#include "mhcnn/base/file.h"
#include "mhcnn/base/gzip.h"
#include "mhcnn/base/json.h"
#include "mhcnn/base/sha256.h"
#include "mhcnn/page/page_picture.h"
#include "mhcnn/service/api/exam_lookup.h"
#include "mhcnn/service/api/pixel_image.h"
#include "mhcnn/service/web/http_query.h"

namespace mhcnn {
namespace {

constexpr int kUsualSide = 2048, kLongestSide = 65'535;
constexpr int kFast = 1;  ///< compression level of gzip

/// Returns the image of this UID that is in use.
ReceivedObject RequireImage(JobStore& store, const HttpRequest& request) {
  const ExamSearchResult found = RequireExam(store, request.parameters.at(0));
  for (auto& image : store.objects().ListForExam(found.exam.id)) {
    if (image.sop_uid == request.parameters.at(1)) return std::move(image);
  }
  throw HttpError(404, "the exam has no image of this UID, or its file was removed");
}

/// Sets the cut from the outlines of the page's picture; without outlines it is the whole image.
void ApplyCut(const ApiContext& parts, std::int64_t exam, const ReceivedObject& image,
              PixelRequest& request) {
  // The worker names pictures by the paths of the files that it reads.
  const std::string key = PagePictureKey(parts.folder.Path(image.file).string());
  const auto path = FindViewFile(parts.stores.Mine(), parts.folder, exam, key + ".json");
  if (!path) return;
  try {
    const auto outlines = ParseJson(ReadTextFile(*path));
    const auto& cut = outlines.at("cut");
    request.cut = {cut.at(0), cut.at(1), cut.at(2), cut.at(3)};
    request.inverted = outlines.at("inverted");
  } catch (const Error& e) {
    if (e.code() != ErrorCode::kNotFound) throw;
  }
}

bool WantsGzip(const HttpRequest& request) {
  const std::string_view field = request.Field("accept-encoding");
  const std::size_t at = field.find("gzip");
  return at != std::string_view::npos && !field.substr(at).starts_with("gzip;q=0");
}

std::shared_ptr<const HttpResponse> Make(const std::filesystem::path& path,
                                         const PixelRequest& wanted, bool gzip,
                                         const std::string& etag) {
  const PixelImage image = ReadPixelImage(path, wanted);
  auto response = std::make_shared<HttpResponse>();
  response->content_type = "application/octet-stream";
  response->body = LittleEndianBytes(image.pixels);
  const auto add = [&](const char* name, std::string value) {
    response->fields.emplace_back(name, std::move(value));
  };
  add("Mhcnn-Columns", std::to_string(image.pixels.cols));
  add("Mhcnn-Rows", std::to_string(image.pixels.rows));
  add("Mhcnn-Bits", std::to_string(image.bits));
  add("Mhcnn-Scale", fmt::format("{:.6g}", image.scale));
  if (image.spacing_mm) add("Mhcnn-Spacing", fmt::format("{:.6g}", *image.spacing_mm));
  add("Mhcnn-Window", fmt::format("{:.6g}/{:.6g}", image.window_center, image.window_width));
  add("Vary", "Accept-Encoding");
  AddCacheFields(*response, etag);
  if (gzip) {
    const auto packed = CompressGzip(
        {reinterpret_cast<const std::uint8_t*>(response->body.data()), response->body.size()},
        kFast);
    response->body.assign(packed.begin(), packed.end());
    add("Content-Encoding", "gzip");
  }
  return response;
}

HttpResponse Pixels(const ApiContext& parts, ByteCache& cache, const HttpRequest& request) {
  const HttpQuery query(request.query);
  query.AllowOnly({"longest"});
  PixelRequest wanted;
  wanted.longest = static_cast<int>(query.Number("longest", 0, kLongestSide).value_or(kUsualSide));
  JobStore& store = parts.stores.Mine();
  const ReceivedObject image = RequireImage(store, request);
  ApplyCut(parts, ParsePathNumber(request.parameters.at(0)), image, wanted);
  const bool gzip = WantsGzip(request);
  // The bytes depend on these values alone.
  const std::string key =
      fmt::format("{} {} {} {} {} {} {} {}", image.digest, wanted.cut.x, wanted.cut.y,
                  wanted.cut.width, wanted.cut.height, wanted.inverted, wanted.longest, gzip);
  const std::string etag = "\"" + Sha256Hex(key).substr(0, 32) + "\"";
  if (ClientHasVersion(request, etag)) return NotModified(etag);
  auto answer = cache.Find(key);
  if (!answer) {
    answer = Make(parts.folder.Path(image.file), wanted, gzip, etag);
    cache.Keep(key, answer);
  }
  return *answer;
}

}  // namespace

void AddPixelRoutes(Router& router, const ApiContext& parts, ByteCache& cache) {
  router.Add({"GET", "/api/v1/exams/{exam}/images/{sop_uid}/pixels", HttpThread::kWorker,
              parts.access.GuardFor(Role::kViewer),
              MakeHandler([parts, &cache](const HttpRequest& request) {
                return Pixels(parts, cache, request);
              })});
}

}  // namespace mhcnn
