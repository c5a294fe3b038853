// A multipart/related body that comes in pieces: the first byte says how long they are. What the
// pieces are must not matter.
#include <string>
#include <string_view>

#include "mhcnn/service/web/multipart_reader.h"
#include "target.h"

namespace {

/// Writes down all that happens.
class Story : public mhcnn::MultipartSink {
 public:
  std::string text;
  void PartBegins(const mhcnn::HttpFields& fields) override {
    text += "[";
    for (const auto& [name, value] : fields) text += name + "=" + value + ";";
    text += "]";
  }
  void PartData(std::string_view piece) override { text += piece; }
  void PartEnds() override { text += "[end]"; }
};

std::string Read(std::string_view body, std::size_t step) {
  Story story;
  try {
    mhcnn::MultipartReader reader("b", story);
    for (std::size_t at = 0; at < body.size(); at += step) reader.Feed(body.substr(at, step));
    reader.Finish();
  } catch (const mhcnn::HttpError& e) {
    return "refused";
  }
  return story.text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  static_cast<void>(mhcnn::Accepts(text, "application/dicom+json"));
  try {
    static_cast<void>(mhcnn::ParseMediaType(text));
  } catch (const mhcnn::HttpError&) {
  }
  if (size < 2) return 0;
  const std::string_view body = text.substr(1);
  const std::size_t step = 1 + data[0];
  if (Read(body, step) != Read(body, body.size())) __builtin_trap();
  return 0;
}
