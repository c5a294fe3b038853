#include "mhcnn/jobs/role.h"

#include <algorithm>
#include <array>

namespace mhcnn {
namespace {

/// Words of the roles, in the order of Role.
constexpr std::array<const char*, 4> kWords{"sender", "viewer", "reader", "administrator"};

}  // namespace

const char* RoleName(Role role) { return kWords.at(static_cast<std::size_t>(role)); }

std::optional<Role> ParseRole(std::string_view word) {
  const auto found = std::ranges::find(kWords, word);
  if (found == kWords.end()) return std::nullopt;
  return static_cast<Role>(found - kWords.begin());
}

bool RolePermits(Role has, Role least) {
  if (least == Role::kSender) return has != Role::kViewer;
  return has != Role::kSender && has >= least;
}

}  // namespace mhcnn
