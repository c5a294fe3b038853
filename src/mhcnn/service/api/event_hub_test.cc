#include "mhcnn/service/api/event_hub.h"

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <string>
#include <thread>

#include "mhcnn/service/web/http_message.h"
#include "mhcnn/testing/job_stores.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn {
namespace {

using namespace std::chrono_literals;

class EventHubTest : public ::testing::Test {
 protected:
  EventHubTest() { options_.period = 20ms; }
  /// Returns the text that a stream has sent, once it contains `part`.
  static std::string Heard(HttpChannel& channel, const std::string& part) {
    std::string all;
    for (int i = 0; i < 500 && all.find(part) == std::string::npos; ++i) {
      all += channel.Take();
      std::this_thread::sleep_for(10ms);
    }
    EXPECT_NE(all.find(part), std::string::npos) << part << " in " << all;
    return all;
  }
  /// Returns whether a stream ends, once its text was read.
  static bool Ends(HttpChannel& channel) {
    for (int i = 0; i < 500 && !channel.ended(); ++i) {
      channel.Take();
      std::this_thread::sleep_for(10ms);
    }
    return channel.ended();
  }
  void AddImage(const std::string& study) {
    store_.objects().Add(testing_support::SampleImage(study + ".1", study), {});
  }

  testing_support::ScratchFolder scratch_;
  JobStoreOptions at_{
      .url = "sqlite:" + (scratch_ / "node.db").string(), .password = {}, .clock = {}};
  JobStore store_{at_};
  NodeCounts counts_;
  EventHubOptions options_;
};

TEST_F(EventHubTest, TellsAllClientsWhatChanges) {
  EventHub hub(at_, counts_, options_);
  const auto one = hub.Open(""), two = hub.Open("");
  EXPECT_EQ(Heard(*one, "event: counts").find("retry: 3000\n\n"), 0u);
  Heard(*two, "event: counts");
  AddImage("1.2.3");
  for (const auto& stream : {one, two}) {
    const std::string heard = Heard(*stream, "\"study_uid\":\"1.2.3\"");
    EXPECT_NE(heard.find("event: exam\ndata: {"), std::string::npos) << heard;
    EXPECT_NE(heard.find("id: "), std::string::npos);
  }
  one->Abandon();
  AddImage("1.2.4");
  Heard(*two, "1.2.4");
  EXPECT_EQ(hub.streams(), 1u);
}

TEST_F(EventHubTest, ResumesAfterAnEvent) {
  const auto before = std::to_string(store_.Now().time_since_epoch().count());
  AddImage("1.2.3");
  EventHub hub(at_, counts_, options_);
  const auto stream = hub.Open(before);
  Heard(*stream, "1.2.3");
  const auto late = hub.Open("1000");
  Heard(*late, "event: reload");
}

TEST_F(EventHubTest, EndsTheStreamOfASessionThatEnded) {
  options_.keep_alive = 20ms;
  EventHub hub(at_, counts_, options_);
  std::atomic<bool> goes_on = true;
  const auto session = hub.Open("", [&] { return goes_on.load(); });
  const auto other = hub.Open("");
  Heard(*session, "event: counts");
  Heard(*session, ": \n\n");
  EXPECT_FALSE(session->ended());
  goes_on = false;
  EXPECT_TRUE(Ends(*session));
  EXPECT_FALSE(other->ended());
  AddImage("1.2.3");
  Heard(*other, "1.2.3");
  EXPECT_EQ(session->Take(), "") << "nothing more is said to it";
  EXPECT_EQ(hub.streams(), 1u);
}

TEST_F(EventHubTest, EndsAStreamThatIsOld) {
  options_.keep_alive = 20ms;
  options_.max_duration = 100ms;
  EventHub hub(at_, counts_, options_);
  const auto stream = hub.Open("");
  EXPECT_TRUE(Ends(*stream));
}

TEST_F(EventHubTest, LimitsItsClientsAndEndsTheirStreams) {
  options_.max_streams = 2;
  std::shared_ptr<HttpChannel> one, two;
  {
    EventHub hub(at_, counts_, options_);
    one = hub.Open("");
    two = hub.Open("");
    try {
      hub.Open("");
      FAIL() << "a third client was taken";
    } catch (const HttpError& e) {
      EXPECT_EQ(e.status(), 503);
    }
    one->Abandon();
    EXPECT_NO_THROW(hub.Open(""));
    EXPECT_THROW(hub.Open("x"), HttpError);
  }
  EXPECT_FALSE(two->Send("x"));
}

}  // namespace
}  // namespace mhcnn
