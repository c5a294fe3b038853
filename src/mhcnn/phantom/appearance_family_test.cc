#include "mhcnn/phantom/appearance_family.h"

#include <gtest/gtest.h>

#include <set>

#include "mhcnn/base/error.h"
#include "mhcnn/phantom/appearance.h"

namespace mhcnn::phantom {
namespace {

TEST(Appearance, FindsFamiliesByName) {
  EXPECT_EQ(FindAppearanceFamilies({}).size(), AppearanceFamilies().size());
  std::set<std::string> names;
  for (const AppearanceFamily& family : AppearanceFamilies()) names.insert(family.name);
  EXPECT_EQ(names.size(), AppearanceFamilies().size());
  ASSERT_EQ(FindAppearanceFamilies({"film-steep"}).size(), 1u);
  try {
    FindAppearanceFamilies({"film", "xerox"});
    FAIL() << "accepted";
  } catch (const Error& e) {
    EXPECT_NE(e.problem().find("xerox"), std::string::npos);
    EXPECT_NE(e.problem().find("digital-crisp"), std::string::npos) << e.problem();
  }
}

}  // namespace
}  // namespace mhcnn::phantom
