#include "mhcnn/base/user_folder.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

namespace mhcnn {
namespace {

/// Sets a variable of the environment, or removes it, for the time of a test.
class Variable {
 public:
  Variable(const char* name, const char* value) : name_(name) {
    if (const char* before = std::getenv(name)) before_ = before;
    value ? ::setenv(name, value, 1) : ::unsetenv(name);
  }
  ~Variable() { before_ ? ::setenv(name_, before_->c_str(), 1) : ::unsetenv(name_); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  const char* name_;
  std::optional<std::string> before_;
};

TEST(UserFolder, FollowsTheSpecification) {
  const Variable home("HOME", "/home/anna");
  {
    const Variable cache("XDG_CACHE_HOME", "/var/tmp/c"), config("XDG_CONFIG_HOME", nullptr);
    EXPECT_EQ(UserCacheFolder(), "/var/tmp/c/mhcnn");
    EXPECT_EQ(UserConfigFolder(), "/home/anna/.config/mhcnn");
  }
  const Variable cache("XDG_CACHE_HOME", "relative"), config("XDG_CONFIG_HOME", "");
  EXPECT_EQ(UserCacheFolder(), "/home/anna/.cache/mhcnn");
  EXPECT_EQ(UserConfigFolder(), "/home/anna/.config/mhcnn");
}

TEST(UserFolder, ReturnsNothingWithoutHome) {
  const Variable home("HOME", nullptr), cache("XDG_CACHE_HOME", nullptr),
      config("XDG_CONFIG_HOME", nullptr);
  EXPECT_FALSE(UserCacheFolder().has_value());
  EXPECT_FALSE(UserConfigFolder().has_value());
}

}  // namespace
}  // namespace mhcnn
