#include "mhcnn/jobs/explanation.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>

#include "mhcnn/base/error.h"
#include "mhcnn/base/json.h"
#include "mhcnn/base/text.h"
#include "mhcnn/jobs/correction_export.h"
#include "mhcnn/jobs/exam_summary.h"

namespace mhcnn {
namespace {

using nlohmann::json;

constexpr int kNotMeasuredShown = 20;
/// Delay after which an unfinished task shows that a process does not run.
constexpr std::chrono::minutes kOverdue{2};
constexpr const char* kUses[] = {"measured", "kept", "own result", "quarantine"};
constexpr const char* kJobStates[] = {"ready",   "running", "finished",
                                      "refused", "dead",    "superseded"};

std::string Counted(std::size_t count, const std::string& noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

void ExplainJob(JobStore& store, const Exam& exam, std::vector<std::string>& text) {
  const StoreTime now = store.Now();
  const std::vector<JobStatus> jobs = store.work().ListForExam(exam.id);
  if (jobs.empty()) return;
  const JobStatus& job = jobs.back();
  if (job.failures > 0 && !job.error.empty() && job.state != JobState::kDead)
    text.push_back(fmt::format("{} failed so far; the last error was: {}.",
                               Counted(static_cast<std::size_t>(job.failures), "attempt"),
                               ToDisplayText(job.error)));
  if (job.state == JobState::kReady && job.due) {
    if (*job.due > now) {
      text.push_back(fmt::format("The next attempt is at {}.", ToDisplayTime(*job.due)));
    } else {
      text.push_back(fmt::format("Its images are complete; it has waited for a worker since {}.",
                                 ToDisplayTime(*job.due)));
      const auto [waiting, running] = store.work().Counts();
      if (now - *job.due > kOverdue && running == 0) {
        text.push_back("No worker is active: check that mhcnn serve or mhcnn work runs.");
      } else {
        text.push_back(fmt::format("Jobs of the node: {} waiting, {} running.", waiting, running));
      }
    }
  }
  if (job.state == JobState::kRunning && job.due) {
    text.push_back(fmt::format(
        "Worker {} is measuring it (claim {}). If the worker does not report until {}, another "
        "worker measures it.",
        ToDisplayText(job.worker), job.attempt, ToDisplayTime(*job.due)));
  }
}

void ExplainDeliveries(JobStore& store, const Exam& exam, std::vector<std::string>& text) {
  const auto deliveries = store.deliveries().ListForExam(exam.id);
  if (deliveries.empty()) {
    if (exam.state == ExamState::kDone) {
      const auto results = store.work().ListResultsForExam(exam.id);
      text.push_back(results.empty()
                         ? "The worker wrote no results."
                         : fmt::format("It has {}, kept in the store, as no destination is set for "
                                       "them: see [[destination]] in the configuration.",
                                       Counted(results.size(), "result")));
    }
    return;
  }
  std::map<std::string, std::map<DeliveryState, std::vector<const Delivery*>>> destinations;
  for (const Delivery& delivery : deliveries)
    destinations[delivery.destination][delivery.state].push_back(&delivery);
  bool dead = false;
  for (const auto& [name, states] : destinations) {
    for (const auto& [state, list] : states) {
      const Delivery& last = *list.back();
      const std::string what = Counted(list.size(), "result");
      const std::string error = last.error.empty() ? "" : ": " + ToDisplayText(last.error);
      const std::string to = ToDisplayText(name);
      switch (state) {
        case DeliveryState::kQueued:
          text.push_back(fmt::format("{}: {} not sent yet; next try at {}{}.", to, what,
                                     ToDisplayTime(last.next_try),
                                     error.empty() ? "" : "; the last try failed" + error));
          if (store.Now() - last.next_try > kOverdue)
            text.push_back("That try is overdue: check that mhcnn serve or mhcnn deliver runs.");
          break;
        case DeliveryState::kSending:
          text.push_back(fmt::format("{}: {} being sent now by {}, until {} at the latest.", to,
                                     what, ToDisplayText(last.sender),
                                     ToDisplayTime(last.next_try)));
          break;
        case DeliveryState::kStored:
          text.push_back(fmt::format("{}: {} stored.", to, what));
          break;
        case DeliveryState::kCommitted:
          text.push_back(
              fmt::format("{}: {} stored; the destination confirmed it by storage "
                          "commitment.",
                          to, what));
          break;
        case DeliveryState::kDead:
          dead = true;
          text.push_back(fmt::format("{}: {} given up{}.", to, what, error));
          break;
        case DeliveryState::kSuperseded:
          text.push_back(
              fmt::format("{}: {} not sent, as a later revision replaced them or the "
                          "exam was cancelled.",
                          to, what));
          break;
      }
    }
  }
  if (dead) {
    text.push_back(
        fmt::format("After the cause is removed, send them again with: mhcnn jobs retry "
                    "--dead-deliveries {}.",
                    exam.id));
  }
}

void ExplainCorrection(JobStore& store, const Exam& exam, std::vector<std::string>& text) {
  const auto said = store.corrections().Newest(exam.id);
  if (!said) return;
  std::string sentence = fmt::format(
      "Reader {} gave category {}{} at {}", ToDisplayText(said->author), said->category,
      said->percent.empty() ? "" : ", " + said->percent + " %", ToDisplayTime(said->made));
  if (said->revision != exam.revision) {
    sentence += fmt::format(
        "; that was for revision {}: images arrived or changed later, so the present result is "
        "not final",
        said->revision);
  } else if (!said->model_category.empty()) {
    sentence += fmt::format(" (model: {})", said->model_category);
  }
  text.push_back(sentence + ".");
}

}  // namespace

std::string ToDisplayTime(StoreTime time) {
  return fmt::format("{:%Y-%m-%d %H:%M:%S} UTC",
                     fmt::gmtime(std::chrono::system_clock::to_time_t(
                         std::chrono::time_point_cast<std::chrono::system_clock::duration>(time))));
}

std::vector<std::string> ExplainExam(JobStore& store, const Exam& exam) {
  std::vector<std::string> text;
  const std::string retry = fmt::format("mhcnn jobs retry {}", exam.id);
  switch (exam.state) {
    case ExamState::kReceiving:
      text.push_back(fmt::format("Its images are still being received: {} so far, the last at {}.",
                                 exam.images, ToDisplayTime(exam.last_received)));
      if (exam.closes && store.Now() - *exam.closes > kOverdue) {
        text.push_back(
            fmt::format("It was complete at {}, but its analysis did not start: check that mhcnn "
                        "serve or mhcnn maintain runs.",
                        ToDisplayTime(*exam.closes)));
      } else if (exam.closes) {
        text.push_back(fmt::format("It counts as complete at {}, if no other image comes.",
                                   ToDisplayTime(*exam.closes)));
      }
      break;
    case ExamState::kWaiting:
    case ExamState::kRunning:
      ExplainJob(store, exam, text);
      break;
    case ExamState::kDone:
      text.push_back(fmt::format("It was measured at {}.", ToDisplayTime(exam.changed)));
      break;
    case ExamState::kRefused:
      text.push_back(
          fmt::format("No image of the exam could be measured: {}.", ToDisplayText(exam.reason)));
      break;
    case ExamState::kDead:
      text.push_back(fmt::format("Its analysis failed and was given up at {}: {}.",
                                 ToDisplayTime(exam.changed), ToDisplayText(exam.reason)));
      text.push_back(fmt::format("After the cause is removed, measure it again with: {}.", retry));
      break;
    case ExamState::kCancelled:
      text.push_back(fmt::format("It was taken out of the queue at {}: {}.",
                                 ToDisplayTime(exam.changed), ToDisplayText(exam.reason)));
      if (exam.images > 0) text.push_back(fmt::format("To measure it, run: {}.", retry));
      break;
  }
  if (exam.incomplete && exam.state != ExamState::kReceiving)
    text.push_back(
        "It is flagged as incomplete: standard views are missing, or images arrived for longer "
        "than the hard limit.");
  if (exam.revision > 1)
    text.push_back(fmt::format(
        "This is revision {}: images arrived or changed after it was complete.", exam.revision));
  ExplainCorrection(store, exam, text);
  ExplainDeliveries(store, exam, text);
  const auto others = store.objects().NotMeasured(exam.study_uid, kNotMeasuredShown);
  std::map<std::string, std::size_t> reasons;
  for (const ReceivedObject& object : others)
    ++reasons[fmt::format(
        "{}: {}", kUses[static_cast<std::size_t>(object.use)],
        object.reason.empty() ? "no reason is noted" : ToDisplayText(object.reason))];
  for (const auto& [reason, count] : reasons)
    text.push_back(
        fmt::format("Not measured: {} of its study ({}).", Counted(count, "object"), reason));
  return text;
}

std::string DescribeDensity(const Exam& exam) {
  const ExamSummary summary(exam.summary);
  std::string result;
  if (const auto percent = summary.Number("percent_density"))
    result = fmt::format("{:.1f} %", *percent);
  if (const std::string category = summary.Category(); !category.empty()) {
    result += fmt::format("{}category {}", result.empty() ? "" : ", ", ToDisplayText(category));
  }
  return result;
}

json ExamToJson(const Exam& exam) {
  json summary;
  try {
    if (!exam.summary.empty()) summary = ParseJson(exam.summary);
  } catch (const Error&) {
    summary = ToDisplayText(exam.summary);
  }
  return {{"id", exam.id},
          {"study_uid", exam.study_uid},
          {"patient_id", exam.patient_id},
          {"issuer", exam.issuer},
          {"study_date", exam.study_date},
          {"state", ExamStateName(exam.state)},
          {"revision", exam.revision},
          {"images", exam.images},
          {"incomplete", exam.incomplete},
          {"first_received", ToDisplayTime(exam.first_received)},
          {"last_received", ToDisplayTime(exam.last_received)},
          {"changed", ToDisplayTime(exam.changed)},
          {"closes", exam.closes ? json(ToDisplayTime(*exam.closes)) : json()},
          {"reason", exam.reason},
          {"summary", summary}};
}

json ExamToJson(JobStore& store, const Exam& exam) {
  json result = ExamToJson(exam);
  result["explanation"] = ExplainExam(store, exam);
  const auto object = [](const ReceivedObject& o) {
    return json{{"sop_uid", o.sop_uid},
                {"view", o.view},
                {"peer", o.peer},
                {"file", ToDisplayText(o.file.string())},
                {"use", kUses[static_cast<std::size_t>(o.use)]},
                {"reason", o.reason}};
  };
  json& images = result["objects"] = json::array();
  for (const ReceivedObject& o : store.objects().ListForExam(exam.id)) images.push_back(object(o));
  json& others = result["not_measured"] = json::array();
  for (const auto& o : store.objects().NotMeasured(exam.study_uid, kNotMeasuredShown))
    others.push_back(object(o));
  json& jobs = result["jobs"] = json::array();
  for (const JobStatus& job : store.work().ListForExam(exam.id)) {
    jobs.push_back({{"id", job.id},
                    {"revision", job.revision},
                    {"state", kJobStates[static_cast<std::size_t>(job.state)]},
                    {"claims", job.attempt},
                    {"failures", job.failures},
                    {"worker", job.worker},
                    {"error", job.error},
                    {"due", job.due ? json(ToDisplayTime(*job.due)) : json()}});
  }
  json& results = result["results"] = json::array();
  for (const StoredResult& kept : store.work().ListResultsForExam(exam.id)) {
    results.push_back({{"sop_uid", kept.result.sop_uid},
                       {"kind", kept.result.kind},
                       {"file", ToDisplayText(kept.result.file.string())},
                       {"revision", kept.revision},
                       {"correction", kept.correction},
                       {"made", ToDisplayTime(kept.made)},
                       {"for_destinations", kept.sent},
                       {"removed", kept.removed}});
  }
  json& deliveries = result["deliveries"] = json::array();
  for (const Delivery& d : store.deliveries().ListForExam(exam.id)) {
    const bool open = d.state == DeliveryState::kQueued || d.state == DeliveryState::kSending;
    deliveries.push_back({{"sop_uid", d.sop_uid},
                          {"kind", d.kind},
                          {"destination", d.destination},
                          {"state", DeliveryStateName(d.state)},
                          {"tries", d.attempt},
                          {"error", d.error},
                          {"next", open ? json(ToDisplayTime(d.next_try)) : json()}});
  }
  json& priors = result["priors"] = json::array();
  for (const Exam& prior : store.exams().Priors(exam)) {
    priors.push_back({{"id", prior.id},
                      {"study_uid", prior.study_uid},
                      {"study_date", prior.study_date},
                      {"density", DescribeDensity(prior)}});
  }
  json& corrections = result["corrections"] = json::array();
  for (const Correction& correction : store.corrections().ListForExam(exam.id))
    corrections.push_back(CorrectionToJson(correction));
  json& history = result["history"] = json::array();
  for (const ExamEvent& event : store.exams().History(exam.id))
    history.push_back({{"at", ToDisplayTime(event.at)}, {"text", event.text}});
  return result;
}

}  // namespace mhcnn
