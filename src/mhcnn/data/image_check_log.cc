#include "mhcnn/data/image_check_log.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>

#include "mhcnn/base/error.h"
#include "mhcnn/base/file.h"
#include "mhcnn/base/folder.h"
#include "mhcnn/base/text.h"
#include "mhcnn/data/masks.h"

namespace mhcnn {
namespace fs = std::filesystem;
namespace {

using Json = nlohmann::json;

Json ToJson(const ImageCheck& e) {
  Json problems = Json::array();
  for (const auto& p : e.problems)
    problems.push_back({p.kind, EscapedText(p.subject), EscapedText(p.text)});
  return {{"readable", e.readable},
          {"file_hash", e.file_hash},
          {"pixel_hash", e.pixel_hash},
          {"rows", e.rows},
          {"columns", e.columns},
          {"vendor", e.vendor},
          {"laterality", static_cast<int>(e.laterality)},
          {"view", static_cast<int>(e.view)},
          {"mask_percent", e.mask_percent ? Json(*e.mask_percent) : Json()},
          {"masks",
           {EscapedText(e.breast_mask), EscapedText(e.dense_mask), EscapedText(e.pectoral_mask)}},
          {"problems", problems}};
}

ImageCheck FromJson(const Json& json) {
  ImageCheck e;
  e.readable = json.at("readable");
  e.file_hash = json.at("file_hash");
  e.pixel_hash = json.at("pixel_hash");
  e.rows = json.at("rows");
  e.columns = json.at("columns");
  e.vendor = json.at("vendor");
  e.laterality = static_cast<Laterality>(json.at("laterality").get<int>());
  e.view = static_cast<View>(json.at("view").get<int>());
  if (!json.at("mask_percent").is_null()) e.mask_percent = json.at("mask_percent").get<double>();
  const auto text = [](const Json& value) { return UnescapedText(value.get<std::string>()); };
  e.breast_mask = text(json.at("masks").at(0));
  e.dense_mask = text(json.at("masks").at(1));
  e.pectoral_mask = text(json.at("masks").at(2));
  for (const auto& p : json.at("problems"))
    e.problems.push_back({p.at(0), text(p.at(1)), text(p.at(2))});
  return e;
}

[[noreturn]] void ThrowIo(const fs::path& path) {
  throw Error(ErrorCode::kIo, std::string("cannot be written: ") + std::strerror(errno),
              path.string());
}

}  // namespace

ImageCheckLog::ImageCheckLog(fs::path path) : path_(std::move(path)) {
  MakeFolder(path_.parent_path());
  std::error_code ec;
  std::string text;
  if (fs::exists(path_, ec)) text = ReadTextFile(path_, std::uint64_t{4} << 30);
  std::size_t whole = 0;
  for (std::size_t end; (end = text.find('\n', whole)) != std::string::npos; whole = end + 1) {
    try {
      const Json line = Json::parse(text.begin() + static_cast<std::ptrdiff_t>(whole),
                                    text.begin() + static_cast<std::ptrdiff_t>(end));
      done_.insert_or_assign(UnescapedText(line.at("key").get<std::string>()), FromJson(line));
    } catch (const Json::exception&) {
      throw Error(ErrorCode::kCorrupt, "is no journal of mhcnn prepare", path_.string(),
                  "delete it to examine every image again");
    }
  }
  fd_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (fd_ < 0) ThrowIo(path_);
  if (whole < text.size() && ::ftruncate(fd_, static_cast<off_t>(whole)) != 0) {
    ::close(fd_);
    ThrowIo(path_);
  }
}

ImageCheckLog::~ImageCheckLog() { ::close(fd_); }

std::optional<ImageCheck> ImageCheckLog::Find(const std::string& key) const {
  const auto found = done_.find(key);
  if (found == done_.end()) return std::nullopt;
  for (const auto* mask :
       {&found->second.breast_mask, &found->second.dense_mask, &found->second.pectoral_mask}) {
    if (!mask->empty() && !fs::exists(MaskFile(*mask))) return std::nullopt;
  }
  return found->second;
}

void ImageCheckLog::Add(const std::string& key, const ImageCheck& examination) {
  Json line = ToJson(examination);
  line["key"] = EscapedText(key);
  const std::string text = line.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
  const std::lock_guard lock(mutex_);
  const off_t before = ::lseek(fd_, 0, SEEK_END);
  for (std::size_t done = 0; done < text.size();) {
    const ssize_t n = ::write(fd_, text.data() + done, text.size() - done);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) {
      const int saved = errno;
      // What another thread adds must not follow half a line.
      if (::ftruncate(fd_, before) != 0) ::lseek(fd_, 0, SEEK_END);
      errno = saved;
      ThrowIo(path_);
    }
    done += static_cast<std::size_t>(n);
  }
}

}  // namespace mhcnn
