#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "command.h"
#include "mhcnn/base/error.h"
#include "mhcnn/base/file.h"
#include "mhcnn/base/text.h"
#include "mhcnn/jobs/correction_export.h"
#include "mhcnn/jobs/explanation.h"
#include "mhcnn/jobs/job_store.h"
#include "mhcnn/jobs/utc_time.h"
#include "mhcnn/service/config.h"

namespace mhcnn::cli {
namespace {

using nlohmann::json;

struct Arguments {
  std::filesystem::path config, password_file, csv, images;
  std::string store, exam, state, since;
  ExamFilter filter;
  int most = 100'000;
  bool as_json = false, dead_deliveries = false;
};

JobStoreOptions StoreOptions(const Arguments& arguments) {
  JobStoreOptions options;
  if (!arguments.config.empty()) {
    options = ReadServiceConfig(arguments.config).store;
  } else if (!arguments.store.empty()) {
    options.url = arguments.store;
    if (!arguments.password_file.empty())
      options.password = Trim(ReadTextFile(arguments.password_file));
  } else {
    throw Error(ErrorCode::kUsage, "no store is given", "mhcnn jobs",
                "give --config node.toml, or --store URL");
  }
  options.create = false;  // a wrong address must not become an empty store
  options.Check();
  return options;
}

void PrintJson(const json& value) {
  fmt::print("{}\n", value.dump(1, ' ', false, json::error_handler_t::replace));
}

/// Returns the exam of an id or a Study Instance UID.
Exam FindExam(JobStore& store, const std::string& word) {
  const bool id = !word.empty() && word.size() < 19 &&
                  word.find_first_not_of("0123456789") == std::string::npos;
  std::optional<Exam> exam;
  if (id) exam = store.exams().Find(std::stoll(word));
  if (!exam) exam = store.exams().FindStudy(word);
  if (!exam) {
    throw Error(ErrorCode::kUsage, "is not in the store", "exam " + ToDisplayText(word),
                "mhcnn jobs list shows the exams; a Study Instance UID is accepted too");
  }
  return *exam;
}

int List(const Arguments& arguments) {
  ExamFilter filter = arguments.filter;
  if (!arguments.state.empty()) {
    filter.state = ParseExamState(arguments.state);
    if (!filter.state) {
      throw Error(ErrorCode::kUsage, "is not a state of an exam",
                  "--state " + ToDisplayText(arguments.state),
                  "write receiving, waiting, running, done, refused, dead or cancelled");
    }
  }
  JobStore store(StoreOptions(arguments));
  const std::vector<Exam> exams = store.exams().List(filter);
  if (arguments.as_json) {
    json list = json::array();
    for (const Exam& exam : exams) list.push_back(ExamToJson(exam));
    PrintJson(list);
    return kSuccess;
  }
  fmt::print("{:>8}  {:<9}  {:>3}  {:>6}  {:<8}  {:<23}  {:<22}  {}\n", "exam", "state", "rev",
             "images", "date", "changed", "density", "study");
  for (const Exam& exam : exams) {
    fmt::print("{:>8}  {:<9}  {:>3}  {:>6}  {:<8}  {:<23}  {:<22}  {}\n", exam.id,
               ExamStateName(exam.state), exam.revision, exam.images,
               ToDisplayText(exam.study_date), ToDisplayTime(exam.changed), DescribeDensity(exam),
               ToDisplayText(exam.study_uid));
  }
  if (static_cast<int>(exams.size()) == filter.limit)
    fmt::print("these are the newest {} exams; for older ones give --before {}\n", exams.size(),
               exams.back().id);
  return kSuccess;
}

void PrintExam(const json& exam) {
  const auto text = [](const json& value) {
    return value.is_string() ? ToDisplayText(value.get<std::string>())
                             : (value.is_null() ? "" : value.dump());
  };
  fmt::print("exam {}, study {}\n", text(exam["id"]), text(exam["study_uid"]));
  fmt::print("patient ID {}, issuer {}, study date {}\n", text(exam["patient_id"]),
             text(exam["issuer"]), text(exam["study_date"]));
  fmt::print("state: {}, revision {}, since {}\n", text(exam["state"]), text(exam["revision"]),
             text(exam["changed"]));
  for (const json& sentence : exam["explanation"]) fmt::print("  {}\n", text(sentence));
  const auto title = [](const char* name, const json& list) {
    fmt::print("\n{}: {}\n", name, list.size());
  };
  title("images", exam["objects"]);
  for (const json& o : exam["objects"])
    fmt::print("  {:<6} {}  from {}\n", text(o["view"]), text(o["sop_uid"]), text(o["peer"]));
  if (!exam["not_measured"].empty()) title("not measured", exam["not_measured"]);
  for (const json& o : exam["not_measured"])
    fmt::print("  {}  from {}  {}: {}\n", text(o["sop_uid"]), text(o["peer"]), text(o["use"]),
               text(o["reason"]));
  title("jobs", exam["jobs"]);
  for (const json& job : exam["jobs"]) {
    fmt::print("  {}: revision {}, {}, {} claims, {} failures{}{}{}\n", text(job["id"]),
               text(job["revision"]), text(job["state"]), text(job["claims"]),
               text(job["failures"]), text(job["worker"]).empty() ? "" : ", last worker ",
               text(job["worker"]), text(job["error"]).empty() ? "" : "; " + text(job["error"]));
  }
  // Files of kind "view" are for the exam page: many, and of no use here.
  json results = json::array();
  for (const json& r : exam["results"]) {
    if (r["kind"] != "view") results.push_back(r);
  }
  title("results", results);
  for (const json& r : results) {
    fmt::print("  {:<5} revision {}  {}  {}{}\n", text(r["kind"]), text(r["revision"]),
               text(r["sop_uid"]), text(r["file"]),
               r["removed"].get<bool>() ? "  (file removed)" : "");
  }
  title("deliveries", exam["deliveries"]);
  for (const json& d : exam["deliveries"]) {
    fmt::print("  {:<5} to {}: {}, {} tries{}{}{}{}\n", text(d["kind"]), text(d["destination"]),
               text(d["state"]), text(d["tries"]), text(d["next"]).empty() ? "" : ", next ",
               text(d["next"]), text(d["error"]).empty() ? "" : "; ", text(d["error"]));
  }
  title("earlier exams of the patient", exam["priors"]);
  for (const json& p : exam["priors"])
    fmt::print("  {}  {}  exam {}  {}\n", text(p["study_date"]), text(p["density"]), text(p["id"]),
               text(p["study_uid"]));
  if (!exam["corrections"].empty()) title("corrections", exam["corrections"]);
  for (const json& c : exam["corrections"]) {
    fmt::print("  {}: revision {}, category {}{} (model: {}), by {} at {}{}{}\n",
               text(c["version"]), text(c["revision"]), text(c["category"]),
               text(c["percent"]).empty() ? "" : ", " + text(c["percent"]) + " %",
               text(c["model_category"]), text(c["author"]), text(c["made"]),
               text(c["comment"]).empty() ? "" : "; ", text(c["comment"]));
  }
  title("history", exam["history"]);
  for (const json& event : exam["history"])
    fmt::print("  {}  {}\n", text(event["at"]), text(event["text"]));
}

int Show(const Arguments& arguments) {
  JobStore store(StoreOptions(arguments));
  const json exam = ExamToJson(store, FindExam(store, arguments.exam));
  if (arguments.as_json) {
    PrintJson(exam);
  } else {
    PrintExam(exam);
  }
  return kSuccess;
}

int Retry(const Arguments& arguments) {
  if (arguments.exam.empty() && !arguments.dead_deliveries) {
    throw Error(ErrorCode::kUsage, "no exam is given", "mhcnn jobs retry",
                "give an exam, or --dead-deliveries to send the results of all exams again");
  }
  JobStore store(StoreOptions(arguments));
  const std::int64_t id = arguments.exam.empty() ? 0 : FindExam(store, arguments.exam).id;
  if (arguments.dead_deliveries) {
    fmt::print("{} deliveries are sent again\n", store.deliveries().RetryDead(id));
    return kSuccess;
  }
  store.exams().Retry(id);
  fmt::print("exam {} is measured again\n", id);
  return kSuccess;
}

int Cancel(const Arguments& arguments) {
  JobStore store(StoreOptions(arguments));
  const std::int64_t id = FindExam(store, arguments.exam).id;
  const passwd* user = ::getpwuid(::getuid());
  store.exams().Cancel(id, user ? user->pw_name : fmt::format("user {}", ::getuid()));
  fmt::print("exam {} is cancelled\n", id);
  return kSuccess;
}

int Corrections(const Arguments& arguments) {
  StoreTime since{};
  if (!arguments.since.empty()) {
    const auto moment = ParseUtc(arguments.since);
    if (!moment) {
      throw Error(ErrorCode::kUsage, "is not a date or time",
                  "--since " + ToDisplayText(arguments.since),
                  "write 2026-11-28 or 2026-11-28T15:04:05Z, in UTC");
    }
    since = *moment;
  }
  if (!arguments.csv.empty() && arguments.config.empty() && arguments.images.empty()) {
    throw Error(ErrorCode::kUsage, "needs the folder of the images", "--csv",
                "give --config node.toml, or --images FOLDER with files named by SOP Instance UID");
  }
  JobStore store(StoreOptions(arguments));
  const CorrectedExams found = ReadCorrectedExams(store, since, arguments.most);
  if (arguments.as_json) {
    json list = json::array();
    for (const CorrectedExam& one : found.exams) list.push_back(CorrectionToJson(one.correction));
    PrintJson(list);
  }
  std::size_t images = 0;
  for (const CorrectedExam& one : found.exams) images += one.images.size();
  if (!arguments.csv.empty()) {
    const std::filesystem::path objects =
        arguments.images.empty() ? ReadServiceConfig(arguments.config).objects : "";
    WriteFileAtomically(
        arguments.csv, CalibrationManifest(found, [&](const ReceivedObject& image) {
          return std::filesystem::absolute(arguments.images.empty()
                                               ? objects / image.file
                                               : arguments.images / (image.sop_uid + ".dcm"))
              .string();
        }));
  }
  if (found.next) {
    fmt::print(
        stderr,
        "there are more corrections: --limit {} leaves out the newest ones; give a larger limit\n",
        arguments.most);
  }
  if (arguments.as_json) return kSuccess;
  fmt::print("{} exams with {} images\n", found.exams.size(), images);
  if (found.of_earlier_revision > 0)
    fmt::print("{} left out: images came or changed after the correction\n",
               found.of_earlier_revision);
  if (found.without_images > 0)
    fmt::print("{} left out: their images were removed (retention.images_days)\n",
               found.without_images);
  return kSuccess;
}

int Counts(const Arguments& arguments) {
  JobStore store(StoreOptions(arguments));
  const std::vector<std::int64_t> exams = store.exams().Counts();
  const auto [waiting, running] = store.work().Counts();
  const auto deliveries = store.deliveries().Counts();
  if (arguments.as_json) {
    json result = {{"exams", json::object()},
                   {"jobs", {{"waiting", waiting}, {"running", running}}},
                   {"deliveries", json::object()},
                   {"bytes", store.retention().Bytes()}};
    for (std::size_t i = 0; i < exams.size(); ++i)
      result["exams"][ExamStateName(static_cast<ExamState>(i))] = exams[i];
    for (const auto& count : deliveries)
      result["deliveries"][count.destination][DeliveryStateName(count.state)] = count.count;
    PrintJson(result);
    return kSuccess;
  }
  for (std::size_t i = 0; i < exams.size(); ++i)
    fmt::print("exams {:<12} {:>8}\n", ExamStateName(static_cast<ExamState>(i)), exams[i]);
  fmt::print("jobs waiting       {:>8}\njobs running       {:>8}\n", waiting, running);
  for (const auto& count : deliveries)
    fmt::print("deliveries to {}, {}: {}\n", ToDisplayText(count.destination),
               DeliveryStateName(count.state), count.count);
  fmt::print("files              {:>8} MB\n", store.retention().Bytes() / 1'000'000);
  return kSuccess;
}

}  // namespace

void AddJobs(CLI::App& app, int& status) {
  auto a = std::make_shared<Arguments>();
  CLI::App* jobs = app.add_subcommand(
      "jobs", "list, explain, retry and cancel the exams in the store of a node");
  jobs->require_subcommand(1);
  const auto add = [&](const char* name, const char* description, auto run) {
    CLI::App* command = jobs->add_subcommand(name, description);
    CLI::Option* config = command->add_option(
        "--config", a->config, "configuration of the node, a TOML file (docs/node.md)");
    CLI::Option* store =
        command
            ->add_option("--store", a->store,
                         "address of the store in place of --config: sqlite:/path/node.db or "
                         "postgresql://user@host:port/name")
            ->excludes(config);
    command
        ->add_option("--password-file", a->password_file,
                     "file that contains the password of PostgreSQL")
        ->needs(store);
    command->callback([a, &status, run] { status = run(*a); });
    return command;
  };
  const auto exam = [&](CLI::App* command) {
    return command->add_option("exam", a->exam, "number of the exam, or its Study Instance UID");
  };
  const auto as_json = [&](CLI::App* command) {
    command->add_flag("--json", a->as_json, "print JSON in place of a table");
  };
  CLI::App* list = add("list", "list exams, the newest first", List);
  list->add_option("--state", a->state,
                   "list only exams in this state: receiving, waiting, running, done, refused, "
                   "dead or cancelled");
  list->add_option("--patient", a->filter.patient_id, "list only exams of this Patient ID");
  list->add_option("--study", a->filter.study_uid, "list the exam of this Study Instance UID");
  list->add_option("--from", a->filter.study_date_from,
                   "list exams of this Study Date (YYYYMMDD) or later");
  list->add_option("--to", a->filter.study_date_to,
                   "list exams of this Study Date (YYYYMMDD) or earlier");
  list->add_option("--before", a->filter.before_id, "list only exams with a number below this one");
  list->add_option("--limit", a->filter.limit, "maximum number of exams")
      ->check(CLI::Range(1, 100'000))
      ->capture_default_str();
  as_json(list);
  CLI::App* show = add("show", "explain an exam: what it waits for, what failed, what to do", Show);
  exam(show)->required();
  as_json(show);
  CLI::App* retry = add("retry", "measure an exam again, or send results again", Retry);
  exam(retry);
  retry->add_flag("--dead-deliveries", a->dead_deliveries,
                  "send again the results that were given up: of this exam, or of all exams");
  exam(add("cancel", "cancel an exam: do not analyse it, and do not send its unsent results",
           Cancel))
      ->required();
  CLI::App* corrections =
      add("corrections",
          "list the categories that readers accepted or corrected, or write them for calibrate",
          Corrections);
  corrections->add_option("--csv", a->csv,
                          "manifest to write: a line for each image, for mhcnn calibrate");
  corrections->add_option("--since", a->since,
                          "list only corrections made at this date or time (UTC) or later");
  corrections->add_option(
      "--images", a->images,
      "folder with the images, named by SOP Instance UID (UID.dcm), in place of "
      "the node's object folder");
  corrections->add_option("--limit", a->most, "number of exams at most")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  as_json(corrections);
  as_json(add("counts", "count exams, jobs and deliveries by state", Counts));
}

}  // namespace mhcnn::cli
