#include "mhcnn/jobs/role.h"

#include <gtest/gtest.h>

#include <array>

namespace mhcnn {
namespace {

constexpr std::array kAll{Role::kSender, Role::kViewer, Role::kReader, Role::kAdministrator};

TEST(Role, HasName) {
  EXPECT_STREQ(RoleName(Role::kSender), "sender");
  EXPECT_STREQ(RoleName(Role::kAdministrator), "administrator");
  for (const Role role : kAll) EXPECT_EQ(ParseRole(RoleName(role)), role);
  for (const char* word : {"", "Reader", "root", "reader "}) EXPECT_FALSE(ParseRole(word)) << word;
}

TEST(Role, KeepsItsNumberInTheStore) {
  for (std::size_t i = 0; i < kAll.size(); ++i) EXPECT_EQ(static_cast<std::size_t>(kAll[i]), i);
}

TEST(Role, FollowsPermissionTable) {
  // Rows: who asks; columns: what is asked for; both in the order sender, viewer, reader,
  // administrator.
  constexpr bool kTable[4][4] = {{true, false, false, false},
                                 {false, true, false, false},
                                 {true, true, true, false},
                                 {true, true, true, true}};
  for (std::size_t has = 0; has < 4; ++has) {
    for (std::size_t least = 0; least < 4; ++least) {
      EXPECT_EQ(RolePermits(kAll[has], kAll[least]), kTable[has][least])
          << RoleName(kAll[has]) << " for " << RoleName(kAll[least]);
    }
  }
}

}  // namespace
}  // namespace mhcnn
