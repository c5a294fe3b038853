#include "mhcnn/batch/journal.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <nlohmann/json.hpp>
#include <set>

#include "mhcnn/base/error.h"
#include "mhcnn/base/text.h"
#include "mhcnn/results/results_table.h"

namespace mhcnn {
namespace fs = std::filesystem;
namespace {

const AppendLogFormat& Format() {
  static const AppendLogFormat format{.schema = "mhcnn-journal/1",
                                      .name = "the journal of a batch",
                                      .remedy = "remove it to start again",
                                      .when_full = "continue with --resume",
                                      .field_without_header = {}};
  return format;
}

/// JSON holds UTF-8, names of files hold any bytes: all but printable ASCII becomes %XX, so that
/// two names never become one.
std::string Encoded(const std::string& name) {
  std::string text;
  for (const unsigned char c : name) {
    if (c >= 0x20 && c < 0x7F && c != '%') {
      text += static_cast<char>(c);
    } else {
      text += fmt::format("%{:02X}", c);
    }
  }
  return text;
}

std::string Decoded(const std::string& text) {
  std::string name;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      name += static_cast<char>(std::stoi(text.substr(i + 1, 2), nullptr, 16));
      i += 2;
    } else {
      name += text[i];
    }
  }
  return name;
}

nlohmann::json MarksToJson(const PatientIdentity& marks) {
  return {{"issuer", EscapeText(marks.issuer)},
          {"birth", marks.birth},
          {"sex", marks.sex},
          {"names", marks.names},
          {"acquired", marks.acquisition_date}};
}

PatientIdentity MarksFromJson(const nlohmann::json& json) {
  return {UnescapeText(json.at("issuer").get<std::string>()), json.at("birth").get<std::string>(),
          json.at("sex").get<std::string>(), json.at("names").get<std::vector<std::string>>(),
          ToPlainDate(json.at("acquired").get<std::string>())};
}

/// Returns the fields of a header that the page of a batch needs in addition to ResultToJson.
nlohmann::json ShownToJson(const MammogramMetadata& metadata) {
  const auto& taken = metadata.acquisition;
  return {{"class", metadata.sop_class_uid},      {"view", EscapeText(metadata.view_text)},
          {"date", EscapeText(taken.date)},       {"time", EscapeText(taken.time)},
          {"series_number", taken.series_number}, {"instance_number", taken.instance_number}};
}

void ShownFromJson(const nlohmann::json& json, MammogramMetadata& metadata) {
  const auto text = [&](const char* key) { return UnescapeText(json.at(key).get<std::string>()); };
  metadata.sop_class_uid = json.at("class");
  metadata.view_text = text("view");
  metadata.acquisition.date = text("date");
  metadata.acquisition.time = text("time");
  metadata.acquisition.series_number = json.at("series_number");
  metadata.acquisition.instance_number = json.at("instance_number");
}

Result ReadResult(const nlohmann::json& json) {
  Result result = ResultFromJson(json.at("result"));
  result.model = json.at("model").get<std::string>();
  result.metadata.path = Decoded(json.at("file").get<std::string>());
  if (json.contains("patient")) result.metadata.patient = MarksFromJson(json.at("patient"));
  if (json.contains("shown")) ShownFromJson(json.at("shown"), result.metadata);
  return result;
}

void SetEntry(const nlohmann::json& json, std::uint64_t, Journal::Entry& entry) {
  entry.result = ReadResult(json);
}

void SetEntry(const nlohmann::json& json, std::uint64_t place, Journal::Place& entry) {
  const Result result = ReadResult(json);  // one that cannot be read counts as not written
  entry.place = place;
  entry.measured = result.ok() && result.left_out.empty();
}

template <typename T>
void ReadRecord(const nlohmann::json& json, std::uint64_t place,
                Journal::JournalContent<T>& content) {
  content.finished = json.value("finished", false);
  if (content.finished) {
    content.inputs = json.value("inputs", std::size_t{0});
    content.inputs_digest = json.value("inputs_digest", "");
    content.left_out = LeftOutFiles::FromJson(json.value("left_out", nlohmann::json()));
    content.coverage = json.value("coverage", 0.0);
  }
  if (content.finished || json.contains("resumed")) return;
  if (json.contains("dropped")) {
    content.entries.erase(Decoded(json.at("dropped").get<std::string>()));
    return;
  }
  const std::string name = Decoded(json.at("file").get<std::string>());
  T entry;
  entry.stamp = {json.at("bytes").get<std::uint64_t>(), json.at("modified").get<std::int64_t>()};
  entry.drawn = Decoded(json.at("drawn").get<std::string>());
  SetEntry(json, place, entry);
  content.entries.insert_or_assign(name, std::move(entry));
}

template <typename T>
Journal::JournalContent<T> ReadJournal(const fs::path& path) {
  Journal::JournalContent<T> content;
  content.header = ReadAppendLog(path, Format(), [&](const nlohmann::json& record, auto place) {
    try {
      ReadRecord(record, place, content);
    } catch (const std::exception&) {
      // Not what this program writes: counts as not written.
    }
  });
  return content;
}

/// The same text for all spellings of a path (in, ./in, /data/in), with a slash at its end, so that
/// what lies below it begins with it.
std::string OneSpelling(const fs::path& path) {
  std::error_code ec;
  std::string name = (fs::current_path(ec) / path).lexically_normal().string();
  if (!name.ends_with('/')) name += '/';
  return name;
}

/// The measured files of a journal, by OneSpelling.
std::multimap<std::string, std::string> MeasuredFiles(
    const std::map<std::string, Journal::Place>& entries) {
  std::multimap<std::string, std::string> files;
  for (const auto& [name, entry] : entries) {
    if (entry.measured) files.emplace(OneSpelling(name), name);
  }
  return files;
}

}  // namespace

FileStamp ReadFileStamp(const BatchItem& item) {
  struct stat about {};
  if (::stat(item.path.c_str(), &about) != 0) return {};
  return {static_cast<std::uint64_t>(about.st_size),
          about.st_mtim.tv_sec * 1'000'000'000LL + about.st_mtim.tv_nsec};
}

Journal::Content Journal::Read(const fs::path& path) { return ReadJournal<Entry>(path); }

Journal::Places Journal::ReadPlaces(const fs::path& path) { return ReadJournal<Place>(path); }

Journal::Journal(const fs::path& path, const nlohmann::json& header, JournalStart start)
    : log_(path, Format()), path_(path) {
  const std::string folder = path.parent_path().string();
  Places content;
  if (start != JournalStart::kRestart) content = ReadPlaces(path);
  const bool begun = !content.header.is_null();
  if (start == JournalStart::kNew && !content.finished && !content.entries.empty()) {
    throw Error(ErrorCode::kUsage,
                "contains " + std::to_string(content.entries.size()) +
                    " results of a run that was not finished",
                folder, "continue with --resume, or start again with --restart");
  }
  if (!begun || start != JournalStart::kResume) {
    log_.Restart(header);
    return;
  }
  if (content.header != header) {
    throw Error(ErrorCode::kUsage,
                "contains a run that was started with another model or other options", folder,
                "name another folder, or start again with --restart");
  }
  earlier_ = std::move(content.entries);
  log_.Continue();
  // From now on the run is not finished, though it may end before its first row.
  log_.Append({{"resumed", true}});
}

std::optional<Journal::Place> Journal::Take(const BatchItem& item) {
  const FileStamp stamp = ReadFileStamp(item);
  const std::lock_guard lock(mutex_);
  const std::string name = item.DisplayPath().string();
  const auto found = earlier_.find(name);
  if (found != earlier_.end() && found->second.measured && stamp == FileStamp()) {
    away_.emplace_back(name);
    return std::nullopt;
  }
  auto entry = earlier_.extract(name);
  if (entry.empty() || entry.mapped().stamp != stamp || entry.mapped().drawn != item.name.string())
    return std::nullopt;
  return std::move(entry.mapped());
}

std::uint64_t Journal::Append(const BatchItem& item, const FileStamp& stamp, const Result& result) {
  return log_.Append({{"file", Encoded(item.DisplayPath().string())},
                      {"drawn", Encoded(item.name.string())},
                      {"bytes", stamp.bytes},
                      {"modified", stamp.modified},
                      {"model", result.model},
                      {"patient", MarksToJson(result.metadata.patient)},
                      {"shown", ShownToJson(result.metadata)},
                      {"result", ResultToJson(result)}});
}

void Journal::CheckFilesExist(const std::vector<fs::path>& unread) const {
  std::vector<fs::path> away = away_;
  away.insert(away.end(), unread.begin(), unread.end());
  if (away.empty()) return;
  const auto measured = MeasuredFiles(earlier_);
  std::set<std::string> lost;
  fs::path first;
  for (const fs::path& path : away) {
    const std::string place = OneSpelling(path);
    const bool none_before = lost.empty();
    // The file itself, or all below the folder or in the archive.
    for (auto i = measured.lower_bound(place); i != measured.end() && i->first.starts_with(place);
         ++i)
      lost.insert(i->second);
    if (none_before && !lost.empty()) first = path;
  }
  if (lost.empty()) return;
  throw Error(ErrorCode::kNotFound,
              fmt::format("is missing, empty or cannot be read; results of measured files would "
                          "be lost ({} in {})",
                          lost.size(), path_.string()),
              first.string(),
              "make it available and run again with --resume, or remove it from the inputs");
}

void Journal::Finish(std::size_t inputs, const LeftOutFiles& left_out, double coverage,
                     const std::string& digest) {
  for (const auto& [name, entry] : earlier_) log_.Append({{"dropped", Encoded(name)}});
  log_.Append({{"finished", true},
               {"inputs", inputs},
               {"inputs_digest", digest},
               {"left_out", left_out.ToJson()},
               {"coverage", coverage}});
}

JournalReader::JournalReader(fs::path path) : path_(std::move(path)), file_(path_) {
  if (!file_) throw Error(ErrorCode::kNotFound, "cannot be opened", path_.string());
}

Result JournalReader::At(std::uint64_t place) {
  const auto record = ReadAppendLogAt(path_, file_, place);
  try {
    return ReadResult(record);
  } catch (const std::exception&) {
    throw Error(ErrorCode::kIo, "was changed while it was in use", path_.string(),
                "run the command again");
  }
}

}  // namespace mhcnn
