#include "mhcnn/jobs/idempotency_keys.h"

#include <gtest/gtest.h>

#include "mhcnn/testing/job_stores.h"

namespace mhcnn {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using testing_support::JobStoreTest;
using State = IdempotencyKeys::State;

class RequestKeysTest : public JobStoreTest {
 protected:
  IdempotencyKeys& keys() { return store().request_keys(); }
};
MHCNN_ON_BOTH_DATABASES(RequestKeysTest);

TEST_P(RequestKeysTest, GivesTheAnswerOfTheFirstRequest) {
  EXPECT_EQ(keys().Begin("k").state, State::kNew);
  EXPECT_EQ(keys().Begin("k").state, State::kInProgress);
  EXPECT_EQ(keys().Begin("other").state, State::kNew);
  keys().Answer("k", "digest", 200, "{\"a\": \"\xc3\xa9\"}");
  keys().Release("k");  // an answer stays
  const auto found = keys().Begin("k");
  EXPECT_EQ(found.state, State::kAnswered);
  EXPECT_EQ(found.request, "digest");
  EXPECT_EQ(found.status, 200);
  EXPECT_EQ(found.body, "{\"a\": \"\xc3\xa9\"}");
}

TEST_P(RequestKeysTest, AReleasedKeyIsNewAgain) {
  keys().Begin("k");
  keys().Release("k");
  EXPECT_EQ(keys().Begin("k").state, State::kNew);
}

TEST_P(RequestKeysTest, KeysEndWithTheirTime) {
  keys().Begin("broken off");
  keys().Begin("answered");
  keys().Answer("answered", "digest", 200, "");
  clock_.Advance(kIdempotencyKeyTimeout - minutes(1));
  EXPECT_EQ(keys().Begin("broken off").state, State::kInProgress);
  clock_.Advance(minutes(2));
  EXPECT_EQ(keys().Begin("broken off").state, State::kNew);
  EXPECT_EQ(keys().Begin("answered").state, State::kAnswered);
  clock_.Advance(kIdempotencyKeyLifetime);
  EXPECT_EQ(keys().Begin("answered").state, State::kNew);
}

TEST_P(RequestKeysTest, PurgesWhatIsOlder) {
  keys().Begin("old");
  clock_.Advance(hours(2));
  keys().Begin("new");
  EXPECT_EQ(keys().Purge(clock_.Now() - hours(1)), 1);
  EXPECT_EQ(keys().Begin("new").state, State::kInProgress);
  EXPECT_EQ(keys().Begin("old").state, State::kNew);
}

}  // namespace
}  // namespace mhcnn
