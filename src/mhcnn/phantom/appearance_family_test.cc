#include "mhcnn/phantom/appearance_family.h"

#include <gtest/gtest.h>

#include <set>

#include "mhcnn/base/error.h"
#include "mhcnn/phantom/appearance.h"

namespace mhcnn::phantom {
namespace {

TEST(Appearance, FindsFamiliesByName) {
  EXPECT_EQ(LookFamiliesNamed({}).size(), LookFamilies().size());
  std::set<std::string> names;
  for (const AppearanceFamily& family : LookFamilies()) names.insert(family.name);
  EXPECT_EQ(names.size(), LookFamilies().size());
  ASSERT_EQ(LookFamiliesNamed({"film-steep"}).size(), 1u);
  try {
    LookFamiliesNamed({"film", "xerox"});
    FAIL() << "accepted";
  } catch (const Error& e) {
    EXPECT_NE(e.problem().find("xerox"), std::string::npos);
    EXPECT_NE(e.problem().find("digital-crisp"), std::string::npos) << e.problem();
  }
}

}  // namespace
}  // namespace mhcnn::phantom
