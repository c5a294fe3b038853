#include "mhcnn/service/api/event_hub.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "mhcnn/base/option_check.h"
#include "mhcnn/base/text.h"
#include "mhcnn/service/api/exam_json.h"
#include "mhcnn/service/web/http_message.h"

namespace mhcnn {
namespace {

using std::chrono::milliseconds;

/// Time by which a committed change may be visible later than its own time.
constexpr milliseconds kOverlap{5'000};
constexpr milliseconds kAfterFailure{5'000};
/// Longest time that a client may have missed; after more it asks for its list again.
constexpr std::chrono::hours kMaxResume{1};
constexpr int kMaxChanges = 500;

std::string Event(const char* name, StoreTime id, const nlohmann::json& data) {
  return fmt::format("id: {}\nevent: {}\ndata: {}\n\n", id.time_since_epoch().count(), name,
                     data.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace));
}

}  // namespace

void EventHubOptions::Check() const {
  CheckAtLeast("max_streams", static_cast<double>(max_streams), 1);
  CheckAtLeast("period", static_cast<double>(period.count()), 1);
  CheckAtLeast("keep_alive", static_cast<double>(keep_alive.count()), 1);
  CheckAtLeast("max_duration", static_cast<double>(max_duration.count()), 1);
}

EventHub::EventHub(JobStoreOptions store, NodeCounts& counts, EventHubOptions options)
    : store_(std::move(store)),
      counts_(counts),
      options_(Checked(options)),
      thread_([this](const std::stop_token& stop) { Run(stop); }) {}

EventHub::~EventHub() {
  thread_.request_stop();
  thread_.join();
  for (const Stream& stream : streams_) stream.channel->End();
}

std::shared_ptr<HttpChannel> EventHub::Open(const std::string& last_id,
                                            std::function<bool()> goes_on) {
  Stream stream;
  stream.goes_on = std::move(goes_on);
  stream.channel = std::make_shared<HttpChannel>();
  if (!last_id.empty()) {
    std::int64_t number = 0;
    const auto [end, problem] =
        std::from_chars(last_id.data(), last_id.data() + last_id.size(), number);
    if (problem != std::errc() || end != last_id.data() + last_id.size() || number < 0)
      throw HttpError(400, "the field Last-Event-ID is not the id of an event of this node");
    stream.resume = StoreTime(milliseconds(number));
  }
  stream.channel->Send("retry: 3000\n\n");
  const std::lock_guard lock(mutex_);
  // Clients that have disconnected are noticed by sending to them.
  std::erase_if(streams_, [](const Stream& s) { return !s.channel->Send(": \n\n"); });
  if (streams_.size() >= options_.max_streams)
    throw HttpError(503, "too many clients listen to events", {{"Retry-After", "30"}});
  std::shared_ptr<HttpChannel> channel = stream.channel;
  streams_.push_back(std::move(stream));
  joined_ = true;
  wake_.notify_all();
  return channel;
}

std::size_t EventHub::streams() {
  const std::lock_guard lock(mutex_);
  return streams_.size();
}

void EventHub::Run(const std::stop_token& stop) {
  std::unique_ptr<JobStore> store;
  while (!stop.stop_requested()) {
    {
      std::unique_lock lock(mutex_);
      if (streams_.empty()) {
        store.reset();
        last_.reset();
        known_.clear();
        if (!wake_.wait(lock, stop, [this] { return joined_; })) return;
      }
      joined_ = false;
    }
    milliseconds pause = options_.period;
    const auto last = last_;
    try {
      if (!store) store = std::make_unique<JobStore>(store_);
      PollStore(*store);
    } catch (const std::exception& e) {
      spdlog::error("web: events wait for the store: {}", ToDisplayText(e.what()));
      store.reset();
      // Changes that were read and not sent are read again.
      last_ = last;
      known_.clear();
      last_counts_.clear();
      pause = kAfterFailure;
    }
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, stop, pause, [this] { return joined_; });
  }
}

void EventHub::PollStore(JobStore& store) {
  const auto clock = std::chrono::steady_clock::now();
  const bool comments = clock >= next_comment_;
  if (comments) {
    EndTheRefused();
    next_comment_ = clock + options_.keep_alive;
  }
  const StoreTime now = store.Now();
  const std::string changes = Changes(store, now);
  const std::string counts = Event("counts", now, counts_.Read(store));
  const std::string data = counts.substr(counts.find("data: "));
  std::string text = changes;
  if (data != last_counts_) text += counts;
  last_counts_ = data;
  if (comments) text += ": \n\n";
  SendToAll(text);
  Greet(store, now, changes + counts);
}

/// Returns the events of exams that changed since the last query.
std::string EventHub::Changes(JobStore& store, StoreTime now) {
  const StoreTime since = last_.value_or(now) - kOverlap;
  std::string text;
  const auto changed = store.search().ChangedSince(since, kMaxChanges);
  if (changed.size() == static_cast<std::size_t>(kMaxChanges)) {
    text += Event("reload", now, nlohmann::json::object());  // the newest may be missing
  }
  for (const ExamSearchResult& found : changed) {
    const nlohmann::json summary = ExamSummaryJson(found);
    std::string said = fmt::format("{} {} ", found.exam.last_received.time_since_epoch().count(),
                                   found.correction) +
                       summary.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
    std::string& known = known_[found.exam.id];
    if (known == said) continue;
    known = std::move(said);
    text += Event("exam", now, summary);
  }
  // Changes that are older than the overlap do not come again.
  if (known_.size() > 4 * kMaxChanges) known_.clear();
  last_ = now;
  return text;
}

/// Sends new clients the changes that they missed, and `news`: the last changes and the counts.
void EventHub::Greet(JobStore& store, StoreTime now, const std::string& news) {
  std::vector<Stream> fresh;
  {
    const std::lock_guard lock(mutex_);
    for (Stream& stream : streams_) {
      if (stream.greeted) continue;
      stream.greeted = true;
      fresh.push_back(stream);
    }
  }
  for (const Stream& stream : fresh) {
    std::string text;
    if (stream.resume) {
      const bool late = now - *stream.resume > kMaxResume;
      const auto missed = late
                              ? std::vector<ExamSearchResult>()
                              : store.search().ChangedSince(*stream.resume - kOverlap, kMaxChanges);
      if (late || missed.size() == static_cast<std::size_t>(kMaxChanges)) {
        text += Event("reload", now, nlohmann::json::object());
      } else {
        for (const ExamSearchResult& found : missed)
          text += Event("exam", now, ExamSummaryJson(found));
      }
    }
    stream.channel->Send(text + news);
  }
}

/// Ends the streams of clients whose session or token has ended.
void EventHub::EndTheRefused() {
  std::vector<Stream> streams;
  {
    const std::lock_guard lock(mutex_);
    streams = streams_;
  }
  // Called without the lock: each `goes_on` may wait for the store.
  const auto now = std::chrono::steady_clock::now();
  for (const Stream& stream : streams) {
    const bool old = now - stream.begun >= options_.max_duration;
    if (old || (stream.goes_on && !stream.goes_on())) stream.channel->End();
  }
}

void EventHub::SendToAll(const std::string& text) {
  if (text.empty()) return;
  const std::lock_guard lock(mutex_);
  std::erase_if(streams_, [&](const Stream& s) { return s.greeted && !s.channel->Send(text); });
}

}  // namespace mhcnn
