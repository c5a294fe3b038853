#include "mhcnn/service/dicomweb/rendered.h"

#include <algorithm>
#include <charconv>
#include <opencv2/imgproc.hpp>
#include <vector>

#include "mhcnn/base/error.h"
#include "mhcnn/dicom/dcmtk.h"
#include "mhcnn/dicom/reader.h"
#include "mhcnn/image/jpeg_encode.h"
#include "mhcnn/image/png_file.h"
#include "mhcnn/service/dicomweb/pixel_frames.h"
#include "mhcnn/service/web/http_query.h"

namespace mhcnn {
namespace {

constexpr int kLargestViewport = 32'768;

/// Form of the picture that the query asks for.
struct RenderQuery {
  int width = 0, height = 0;  ///< largest size of the picture; 0: no limit
  int quality = 90;
  bool png = false;
};

int Number(std::string_view text, int least, int largest, const char* name) {
  int value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size() || value < least ||
      value > largest) {
    throw HttpError(400, std::string(name) + " is out of range");
  }
  return value;
}

RenderQuery ParseRenderQuery(const HttpRequest& request, int longest) {
  RenderQuery wishes;
  wishes.width = wishes.height = longest;
  const HttpQuery query(request.query);
  if (const std::string viewport = query.Text("viewport"); !viewport.empty()) {
    const auto comma = viewport.find(',');
    if (comma == std::string::npos) throw HttpError(400, "viewport is width,height");
    const std::string_view text(viewport);
    wishes.width = Number(text.substr(0, comma), 1, kLargestViewport, "viewport");
    wishes.height = Number(text.substr(comma + 1), 1, kLargestViewport, "viewport");
  }
  if (query.Has("quality")) wishes.quality = Number(query.Text("quality"), 1, 100, "quality");
  const std::string_view accept = request.Field("accept");
  const bool jpeg = Accepts(accept, "image/jpeg");
  wishes.png = !jpeg || accept.substr(0, 9) == "image/png";
  if (!jpeg && !Accepts(accept, "image/png")) {
    throw HttpError(406, "pictures are offered as image/jpeg and image/png");
  }
  return wishes;
}

/// Returns a mammogram for display. Without a window the grey values are stretched over the range.
cv::Mat DisplayedMammogram(const std::filesystem::path& path, const RenderQuery& wishes) {
  DicomReadOptions options;
  options.convert_raw = true;
  options.wanted_long_side = std::max(wishes.width, wishes.height);
  const Mammogram mammogram = ReadDicomMammogram(path, options);
  double low = 0, high = 65'535;
  if (mammogram.metadata.windows.empty()) cv::minMaxLoc(mammogram.pixels, &low, &high);
  cv::Mat grey;
  const double scale = high > low ? 255 / (high - low) : 0;
  mammogram.pixels.convertTo(grey, CV_8U, scale, -low * scale);
  return grey;
}

/// Returns the first frame of an object of 8 bits, for example of a Secondary Capture.
cv::Mat PlainPicture(const std::filesystem::path& path) {
  const auto file = LoadDicom(path);
  DcmDataset& dataset = *file->getDataset();
  const auto value = [&](const DcmTagKey& key) { return DicomUnsigned(dataset, key).value_or(0); };
  const int rows = value(DCM_Rows), columns = value(DCM_Columns);
  const int samples = value(DCM_SamplesPerPixel);
  const std::string photometric = DicomText(dataset, DCM_PhotometricInterpretation);
  const bool colour = samples == 3 && photometric == "RGB" && value(DCM_PlanarConfiguration) == 0;
  const bool grey = samples == 1 && photometric.rfind("MONOCHROME", 0) == 0;
  if (value(DCM_BitsAllocated) != 8 || rows <= 0 || columns <= 0 || (!colour && !grey)) {
    throw Error(ErrorCode::kUnsupported, "is of a kind that is not shown as a picture");
  }
  const PixelFrames frames = ReadUncompressedFrames(path, {1});
  const cv::Mat stored(rows, columns, colour ? CV_8UC3 : CV_8UC1,
                       const_cast<char*>(frames.frames.at(0).data()));
  cv::Mat picture;
  if (colour) {
    cv::cvtColor(stored, picture, cv::COLOR_RGB2BGR);
  } else if (photometric == "MONOCHROME1") {
    picture = 255 - stored;
  } else {
    picture = stored.clone();
  }
  return picture;
}

cv::Mat Picture(const std::filesystem::path& path, const RenderQuery& wishes) {
  try {
    return DisplayedMammogram(path, wishes);
  } catch (const Error& e) {
    if (e.code() != ErrorCode::kOutOfScope && e.code() != ErrorCode::kUnsupported) throw;
  }
  return PlainPicture(path);
}

void FitIntoViewport(cv::Mat& picture, const RenderQuery& wishes) {
  if (wishes.width <= 0) return;
  const double scale = std::min({1.0, static_cast<double>(wishes.width) / picture.cols,
                                 static_cast<double>(wishes.height) / picture.rows});
  if (scale >= 1) return;
  const cv::Size size(std::max(1, cvRound(picture.cols * scale)),
                      std::max(1, cvRound(picture.rows * scale)));
  cv::Mat smaller;
  cv::resize(picture, smaller, size, 0, 0, cv::INTER_AREA);
  picture = smaller;
}

}  // namespace

HttpResponse RenderObject(const HttpRequest& request, const IndexedObject& object,
                          const ObjectIndex& index, int longest) {
  const RenderQuery wishes = ParseRenderQuery(request, longest);
  cv::Mat picture;
  try {
    picture = Picture(index.Path(object.object), wishes);
  } catch (const Error& e) {
    if (e.code() == ErrorCode::kIo || e.code() == ErrorCode::kInternal) throw;
    throw HttpError(406, "the object " + e.problem());
  }
  FitIntoViewport(picture, wishes);
  const std::vector<std::uint8_t> bytes =
      wishes.png ? EncodePngFile(picture) : EncodeJpegFile(picture, {.quality = wishes.quality});
  HttpResponse response;
  response.content_type = wishes.png ? "image/png" : "image/jpeg";
  response.body.assign(bytes.begin(), bytes.end());
  return response;
}

}  // namespace mhcnn
