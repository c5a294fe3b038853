#include "mhcnn/service/dicomweb/retrieve.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <utility>

#include "mhcnn/base/error.h"
#include "mhcnn/service/dicomweb/dicom_json.h"
#include "mhcnn/service/dicomweb/media_ranges.h"
#include "mhcnn/service/dicomweb/multipart_writer.h"
#include "mhcnn/service/dicomweb/pixel_frames.h"
#include "mhcnn/service/dicomweb/search.h"

namespace mhcnn {
namespace {

using nlohmann::json;

constexpr const char* kDicom = "application/dicom";
constexpr const char* kOctets = "application/octet-stream";
constexpr const char* kExplicit = "1.2.840.10008.1.2.1";
constexpr std::size_t kMaxFrames = 1'000;

std::string MakeBulkAddress(const HttpRequest& request, const IndexedObject& object) {
  return fmt::format("{}/studies/{}/series/{}/instances/{}", DicomWebAddress(request),
                     object.object.study_uid, object.Series(), object.object.sop_uid);
}

[[noreturn]] void ThrowNotAcceptable(const char* offer) { throw HttpError(406, offer); }

/// Form of frames: samples where the client accepts them, else the codestreams.
enum class FrameForm { kStored, kSamples };

struct ChosenForm {
  FrameForm form = FrameForm::kSamples;
  bool multipart = true;
};

/// Returns the first form that the client accepts.
ChosenForm ChooseForm(const HttpRequest& request, const PixelDataInfo& metadata) {
  const std::string stored = FrameMediaType(metadata.transfer_syntax);
  for (const AcceptedMediaType& wanted : ParseAcceptedMediaTypes(request.Field("accept"))) {
    const bool any = wanted.type == "*/*";
    const std::string& syntax = wanted.transfer_syntax;
    if (metadata.compressed &&
        (any || wanted.type == kOctets || wanted.type == stored || wanted.type == "image/*")) {
      const bool named = syntax == "*" || syntax == metadata.transfer_syntax;
      const bool by_type = syntax.empty() && wanted.type == stored && stored != kOctets;
      if (named || by_type) return {FrameForm::kStored, wanted.multipart};
    }
    const bool samples =
        syntax.empty() || syntax == kExplicit ||
        (!metadata.compressed && (syntax == "*" || syntax == metadata.transfer_syntax));
    if ((any || wanted.type == kOctets) && samples) return {FrameForm::kSamples, wanted.multipart};
  }
  ThrowNotAcceptable(
      "frames are offered as application/octet-stream (1.2.840.10008.1.2.1), and as they are "
      "stored with transfer-syntax=*");
}

std::vector<std::size_t> FrameNumbers(const std::string& text, int frames) {
  std::vector<std::size_t> numbers;
  const char* at = text.data();
  const char* end = at + text.size();
  for (;;) {
    std::size_t number = 0;
    const auto read = std::from_chars(at, end, number);
    if (read.ec != std::errc() || number == 0 || numbers.size() == kMaxFrames) {
      throw HttpError(400, "frames are numbers from 1, with commas between them");
    }
    if (number > static_cast<std::size_t>(frames)) throw HttpError(404, "there is no such frame");
    if (std::find(numbers.begin(), numbers.end(), number) != numbers.end()) {
      throw HttpError(400, "a frame is named twice");
    }
    numbers.push_back(number);
    if (read.ptr == end) return numbers;
    if (*read.ptr != ',')
      throw HttpError(400, "frames are numbers from 1, with commas between them");
    at = read.ptr + 1;
  }
}

/// Calls `read`. Throws HttpError(406) where the object cannot be given in the wanted form.
template <typename Read>
auto OrNotAcceptable(Read&& read) {
  try {
    return read();
  } catch (const Error& e) {
    if (e.code() != ErrorCode::kUnsupported) throw;
    throw HttpError(406, "the object " + e.problem());
  }
}

HttpResponse FramesResponse(PixelFrames frames, const std::vector<std::size_t>& numbers,
                            bool multipart, const std::string& address) {
  const std::string type = FrameMediaType(frames.transfer_syntax);
  const std::string field = type + "; transfer-syntax=" + frames.transfer_syntax;
  if (!multipart) {
    if (numbers.size() != 1) ThrowNotAcceptable("several frames are offered as multipart/related");
    HttpResponse response;
    response.content_type = field;
    response.body = std::move(frames.frames.at(0));
    return response;
  }
  auto shared = std::make_shared<PixelFrames>(std::move(frames));
  std::vector<std::function<OutgoingPart()>> parts;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    parts.emplace_back([shared, i, number = numbers[i], field, address] {
      return OutgoingPart{{{"Content-Type", field},
                           {"Content-Location", fmt::format("{}/frames/{}", address, number)}},
                          TextSource(std::move(shared->frames.at(i)))};
    });
  }
  return MultipartResponse(type, std::move(parts));
}

/// Form in which the client wants whole objects.
struct ObjectForm {
  bool multipart = true;
  bool samples = false;  ///< whether in Explicit VR Little Endian
};

bool IsExplicit(const std::filesystem::path& path) {
  const PixelDataInfo metadata = ReadPixelDataInfo(path);
  return metadata.transfer_syntax == kExplicit;
}

ObjectForm ChooseObjectForm(const HttpRequest& request, const std::vector<IndexedObject>& objects,
                            const ObjectIndex& index) {
  for (const AcceptedMediaType& wanted : ParseAcceptedMediaTypes(request.Field("accept"))) {
    if (wanted.type != kDicom && wanted.type != "*/*" && wanted.type != "application/*") continue;
    if (!wanted.multipart && objects.size() != 1) continue;
    const std::string& syntax = wanted.transfer_syntax;
    if (syntax.empty() || syntax == "*") return {wanted.multipart, false};
    if (syntax == kExplicit) return {wanted.multipart, true};
    bool all = true;
    for (const IndexedObject& object : objects) {
      all = all && ReadPixelDataInfo(index.Path(object.object)).transfer_syntax == syntax;
    }
    if (all) return {wanted.multipart, false};
  }
  ThrowNotAcceptable(
      "objects are offered as application/dicom, as they are stored or in 1.2.840.10008.1.2.1");
}

std::function<std::string()> ObjectSource(const std::filesystem::path& path, bool samples) {
  if (!samples || IsExplicit(path)) return FileSource(path.string());
  return TextSource(OrNotAcceptable([&] { return ReadUncompressedFile(path); }));
}

}  // namespace

HttpResponse RetrieveObjects(const HttpRequest& request, const std::vector<IndexedObject>& objects,
                             const ObjectIndex& index) {
  const ObjectForm form = ChooseObjectForm(request, objects, index);
  if (!form.multipart) {
    HttpResponse response;
    response.content_type = kDicom;
    response.source = ObjectSource(index.Path(objects[0].object), form.samples);
    return response;
  }
  std::vector<std::function<OutgoingPart()>> parts;
  for (const IndexedObject& object : objects) {
    const std::filesystem::path path = index.Path(object.object);
    if (objects.size() == 1) {
      // An error can still become an answer here; later it can only break the connection.
      auto source = ObjectSource(path, form.samples);
      parts.emplace_back([source] { return OutgoingPart{{{"Content-Type", kDicom}}, source}; });
      continue;
    }
    parts.emplace_back([path, samples = form.samples] {
      return OutgoingPart{{{"Content-Type", kDicom}}, ObjectSource(path, samples)};
    });
  }
  return MultipartResponse(kDicom, std::move(parts));
}

HttpResponse RetrieveMetadata(const HttpRequest& request, const std::vector<IndexedObject>& objects,
                              const ObjectIndex& index) {
  const std::string_view accept = request.Field("accept");
  if (!Accepts(accept, "application/dicom+json") && !Accepts(accept, "application/json")) {
    ThrowNotAcceptable("metadata are offered as application/dicom+json");
  }
  // One object after the other: a study may have many, with long private parts.
  auto rest = std::make_shared<std::vector<IndexedObject>>(objects.rbegin(), objects.rend());
  auto first = std::make_shared<bool>(true);
  HttpResponse response;
  response.content_type = "application/dicom+json";
  response.source = [rest, first, &index, request]() -> std::string {
    const bool begins = std::exchange(*first, false);
    if (rest->empty()) return begins ? "[]" : "";
    const IndexedObject object = std::move(rest->back());
    rest->pop_back();
    const auto file = LoadDicom(index.Path(object.object));
    const std::string address = MakeBulkAddress(request, object);
    json header = DicomJson(*file->getDataset(), [&](const std::string& place) {
      return address + "/bulkdata/" + place;
    });
    // The text that follows is UTF-8.
    header["00080005"] = {{"vr", "CS"}, {"Value", {"ISO_IR 192"}}};
    const std::string text = header.dump(-1, ' ', false, json::error_handler_t::replace);
    return (begins ? "[" : ",") + text + (rest->empty() ? "]" : "");
  };
  return response;
}

HttpResponse RetrieveBulkData(const HttpRequest& request, const IndexedObject& object,
                              const ObjectIndex& index, const std::string& place) {
  const std::filesystem::path path = index.Path(object.object);
  const auto file = LoadDicom(path);
  DcmElement* element = FindPlace(*file->getDataset(), place);
  if (element == nullptr) throw HttpError(404, "the object has no such value");
  if (element->getTag() == DCM_PixelData && place.size() == 8) {
    const PixelDataInfo metadata = ReadPixelDataInfo(path);
    if (metadata.compressed) {
      std::string all = "1";
      for (int i = 2; i <= metadata.frames; ++i) all += "," + std::to_string(i);
      return RetrieveFrames(request, object, index, all);
    }
  }
  auto bytes = ReadBinaryValue(*element);
  if (!bytes) throw HttpError(404, "the object has no binary value there");
  for (const AcceptedMediaType& wanted : ParseAcceptedMediaTypes(request.Field("accept"))) {
    if (wanted.type != kOctets && wanted.type != "*/*" && wanted.type != "application/*") continue;
    if (!wanted.multipart) {
      HttpResponse response;
      response.content_type = kOctets;
      response.body = std::move(*bytes);
      return response;
    }
    auto shared = std::make_shared<std::string>(std::move(*bytes));
    return MultipartResponse(
        kOctets, {[shared] {
          return OutgoingPart{{{"Content-Type", kOctets}}, TextSource(std::move(*shared))};
        }});
  }
  ThrowNotAcceptable("binary values are offered as application/octet-stream");
}

HttpResponse RetrieveFrames(const HttpRequest& request, const IndexedObject& object,
                            const ObjectIndex& index, const std::string& numbers) {
  const std::filesystem::path path = index.Path(object.object);
  const PixelDataInfo metadata = ReadPixelDataInfo(path);
  if (metadata.frames == 0) throw HttpError(404, "the object has no frames");
  const auto wanted = FrameNumbers(numbers, metadata.frames);
  const ChosenForm form = ChooseForm(request, metadata);
  PixelFrames frames = OrNotAcceptable([&] {
    return form.form == FrameForm::kStored ? ReadStoredFrames(path, wanted)
                                           : ReadUncompressedFrames(path, wanted);
  });
  return FramesResponse(std::move(frames), wanted, form.multipart,
                        MakeBulkAddress(request, object));
}

}  // namespace mhcnn
