#include "mhcnn/service/dicomweb/search.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <set>
#include <vector>

#include "mhcnn/base/text.h"
#include "mhcnn/service/dicomweb/search_query.h"

namespace mhcnn {
namespace {

using nlohmann::json;

/// Number of studies that the store gives at once where headers decide.
constexpr int kPage = 200;
/// Largest number of studies whose headers are read for one search.
constexpr std::int64_t kMaxStudies = 20'000;

json Attribute(const char* vr, json value) {
  return {{"vr", vr}, {"Value", json::array({std::move(value)})}};
}

json AddAttribute(const json& header, std::initializer_list<const char*> tags) {
  json taken = json::object();
  for (const char* tag : tags) {
    if (const auto found = header.find(tag); found != header.end()) taken[tag] = *found;
  }
  return taken;
}

/// Adds the attributes of all levels: text is UTF-8, and objects are available online.
void AddCommon(json& answer, const std::string& address) {
  answer["00080005"] = Attribute("CS", "ISO_IR 192");
  answer["00080056"] = Attribute("CS", "ONLINE");
  answer["00081190"] = Attribute("UR", address);
}

std::map<std::string, std::vector<const IndexedObject*>> BySeries(
    const std::vector<IndexedObject>& objects) {
  std::map<std::string, std::vector<const IndexedObject*>> series;
  for (const IndexedObject& object : objects) series[object.Series()].push_back(&object);
  return series;
}

json StudyJson(const std::vector<IndexedObject>& objects, const std::string& base) {
  const IndexedObject& first = objects.front();
  json study = AddAttribute(
      *first.header, {"00080020", "00080030", "00080050", "00080090", "00080201", "00081030",
                      "00100010", "00100020", "00100021", "00100030", "00100040", "00200010"});
  std::set<std::string> modalities;
  for (const IndexedObject& object : objects) {
    if (const std::string modality = object.Text("00080060"); !modality.empty())
      modalities.insert(modality);
  }
  study["00080061"] = {{"vr", "CS"}};
  if (!modalities.empty()) study["00080061"]["Value"] = modalities;
  study["0020000D"] = Attribute("UI", first.object.study_uid);
  study["00201206"] = Attribute("IS", BySeries(objects).size());
  study["00201208"] = Attribute("IS", objects.size());
  AddCommon(study, fmt::format("{}/studies/{}", base, first.object.study_uid));
  return study;
}

json SeriesJson(const std::vector<const IndexedObject*>& objects, const std::string& base) {
  const IndexedObject& first = *objects.front();
  json series = AddAttribute(*first.header, {"00080021", "00080031", "00080060", "0008103E",
                                             "00200011", "00200060", "00400244", "00400245"});
  series["0020000D"] = Attribute("UI", first.object.study_uid);
  series["0020000E"] = Attribute("UI", first.Series());
  series["00201209"] = Attribute("IS", objects.size());
  AddCommon(series,
            fmt::format("{}/studies/{}/series/{}", base, first.object.study_uid, first.Series()));
  return series;
}

json InstanceJson(const IndexedObject& object, const std::string& base) {
  json instance =
      AddAttribute(*object.header, {"00080016", "00080018", "00080060", "00200013", "00200062",
                                    "00185101", "00280008", "00280010", "00280011", "00280100"});
  instance["0020000D"] = Attribute("UI", object.object.study_uid);
  instance["0020000E"] = Attribute("UI", object.Series());
  AddCommon(instance, fmt::format("{}/studies/{}/series/{}/instances/{}", base,
                                  object.object.study_uid, object.Series(), object.object.sop_uid));
  return instance;
}

bool MatchesAll(const SearchQuery& query, const json& answer) {
  return std::all_of(query.match.begin(), query.match.end(),
                     [&](const auto& entry) { return Matches(entry.first, answer, entry.second); });
}

/// Collects the answers that match, after the offset, up to the limit.
class Answers {
 public:
  explicit Answers(const SearchQuery& query) : query_(query), skip_(query.offset) {}
  void Add(json answer) {
    if (full() || skip_-- > 0) return;
    answers_.push_back(std::move(answer));
  }
  void NoMoreToSkip() { skip_ = 0; }
  bool full() const { return static_cast<std::int64_t>(answers_.size()) >= query_.limit; }
  HttpResponse Response() const {
    HttpResponse response;
    response.content_type = "application/dicom+json";
    response.body = json(answers_).dump(-1, ' ', false, json::error_handler_t::replace);
    if (!query_.ignored.empty()) {
      response.fields.emplace_back(
          "Warning", "299 mhcnn \"attributes that the node does not search for were ignored\"");
    }
    return response;
  }

 private:
  const SearchQuery& query_;
  std::int64_t skip_;
  json::array_t answers_;
};

void CheckAccept(const HttpRequest& request) {
  const std::string_view accept = request.Field("accept");
  if (Accepts(accept, "application/dicom+json") || Accepts(accept, "application/json")) return;
  throw HttpError(406, "the node answers with application/dicom+json");
}

const std::string& Parameter(const HttpRequest& request, std::size_t index) {
  static const std::string none;
  return index < request.parameters.size() ? request.parameters[index] : none;
}

}  // namespace

std::string DicomWebAddress(const HttpRequest& request) {
  const std::string host(request.Field("host"));
  const bool plain_host = !host.empty() && std::all_of(host.begin(), host.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' || c == '-' || c == ':' ||
           c == '[' || c == ']';
  });
  const bool tls = request.encrypted || request.Field("x-forwarded-proto") == "https";
  if (!plain_host) return "/dicom-web";
  return fmt::format("{}://{}/dicom-web", tls ? "https" : "http", host);
}

HttpResponse SearchStudies(const HttpRequest& request, JobStore& store, ObjectIndex& index) {
  CheckAccept(request);
  const SearchQuery query = ReadSearchQuery(request.query);
  const std::string base = DicomWebAddress(request);
  Answers answers(query);
  StoredStudyFilter filter = query.StudyFilter();
  const bool headers = query.NeedsHeaders();
  filter.limit = headers ? kPage : static_cast<int>(query.limit);
  const auto hold = headers ? index.HoldSearch() : std::unique_lock<std::mutex>();
  if (headers && !hold.owns_lock()) {
    // The search reads up to 20,000 headers and must not use all threads of the node.
    throw HttpError(503, "another search by attributes that are only in the files is running",
                    {{"Retry-After", "1"}});
  }
  if (!headers) {
    filter.offset = query.offset;
    answers.NoMoreToSkip();
  }
  while (!answers.full() && filter.offset < query.offset + kMaxStudies) {
    const auto studies = store.stored().Studies(filter);
    for (const StoredStudy& study : studies) {
      if (answers.full()) break;
      const auto objects = index.Find(store, study.study_uid);
      if (objects.empty()) continue;
      json answer = StudyJson(objects, base);
      // The store's choice is checked too: SQLite compares letters without their case.
      if (MatchesAll(query, answer)) answers.Add(std::move(answer));
    }
    if (!headers || static_cast<int>(studies.size()) < filter.limit) break;
    filter.offset += filter.limit;
  }
  return answers.Response();
}

HttpResponse SearchSeries(const HttpRequest& request, JobStore& store, ObjectIndex& index) {
  CheckAccept(request);
  const SearchQuery query = ReadSearchQuery(request.query);
  const std::string base = DicomWebAddress(request);
  Answers answers(query);
  const auto objects = index.Find(store, Parameter(request, 0));
  if (!objects.empty()) {
    const json study = StudyJson(objects, base);
    for (const auto& [uid, members] : BySeries(objects)) {
      json series = SeriesJson(members, base);
      json all = study;
      all.update(series);
      if (MatchesAll(query, all)) answers.Add(std::move(series));
    }
  }
  return answers.Response();
}

HttpResponse SearchInstances(const HttpRequest& request, JobStore& store, ObjectIndex& index) {
  CheckAccept(request);
  const SearchQuery query = ReadSearchQuery(request.query);
  const std::string base = DicomWebAddress(request);
  Answers answers(query);
  for (const IndexedObject& object :
       index.Find(store, Parameter(request, 0), Parameter(request, 1))) {
    if (MatchesAll(query, *object.header)) answers.Add(InstanceJson(object, base));
  }
  return answers.Response();
}

}  // namespace mhcnn
