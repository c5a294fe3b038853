#include "mhcnn/base/guarded_memory.h"

#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <mutex>

namespace mhcnn {
namespace {

/// A mapping, or none: then `end` is 0. All of it is read in a signal handler. `changes` is odd
/// while the ends change, and another number afterwards.
struct Slot {
  std::atomic<bool> taken{false};
  std::atomic<unsigned> changes{0};
  std::atomic<std::uintptr_t> begin{0};
  std::atomic<std::uintptr_t> end{0};
  std::atomic<bool> lost{false};

  void Set(std::uintptr_t from, std::uintptr_t to) {
    ++changes;
    begin = from;
    end = to;
    ++changes;
  }
};

std::array<Slot, 256> slots;  // NOLINT(cppcoreguidelines-avoid-non-const-global-variables)
static_assert(std::atomic<std::uintptr_t>::is_always_lock_free);
static_assert(std::atomic<unsigned>::is_always_lock_free);

std::uintptr_t page_bytes = 0;  // NOLINT(cppcoreguidelines-avoid-non-const-global-variables)
/// Action for a signal for other memory.
struct sigaction earlier {};  // NOLINT(cppcoreguidelines-avoid-non-const-global-variables)

/// Replaces the page of `address` and all pages behind it by zeros, to the end of its mapping.
/// Returns false if no guarded mapping contains the address. This thread uses the mapping, so its
/// slot does not change meanwhile. Calls no function but mmap, because it runs in a signal handler.
bool ReplaceLostPages(void* address) {
  const auto at = reinterpret_cast<std::uintptr_t>(address);
  for (Slot& slot : slots) {
    const unsigned before = slot.changes;
    const std::uintptr_t begin = slot.begin, end = slot.end;
    if (before % 2 != 0 || slot.changes != before || at < begin || at >= end) continue;
    slot.lost = true;  // before another thread can read a zero
    const std::uintptr_t before_it = at % page_bytes;
    void* zeros = ::mmap(static_cast<char*>(address) - before_it, end - at + before_it, PROT_READ,
                         MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    return zeros != MAP_FAILED;
  }
  return false;
}

void OnBusError(int signal, siginfo_t* info, void* context) {
  const int saved = errno;
  // If a program sent the signal, its address has no meaning.
  const bool replaced = info->si_code > 0 && ReplaceLostPages(info->si_addr);
  errno = saved;
  if (replaced) return;
  if ((earlier.sa_flags & SA_SIGINFO) != 0) {
    earlier.sa_sigaction(signal, info, context);
  } else if (earlier.sa_handler == SIG_IGN && info->si_code <= 0) {
    return;
  } else if (earlier.sa_handler != SIG_DFL && earlier.sa_handler != SIG_IGN) {
    earlier.sa_handler(signal);
  } else {
    ::signal(signal, SIG_DFL);
    ::raise(signal);  // ends the program when this handler is left
  }
}

void InstallHandler() {
  static std::once_flag once;
  std::call_once(once, [] {
    page_bytes = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
    struct sigaction action {};
    action.sa_sigaction = OnBusError;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    ::sigemptyset(&action.sa_mask);
    ::sigaction(SIGBUS, &action, &earlier);
  });
}

}  // namespace

GuardedMemory::GuardedMemory(const void* begin, std::size_t size) {
  InstallHandler();
  const auto first = reinterpret_cast<std::uintptr_t>(begin);
  for (std::size_t i = 0; i < slots.size() && slot_ < 0; ++i) {
    if (slots[i].taken.exchange(true)) continue;
    slots[i].lost = false;
    slots[i].Set(first, first + size);
    slot_ = static_cast<int>(i);
  }
}

GuardedMemory::~GuardedMemory() {
  if (slot_ < 0) return;
  Slot& slot = slots[static_cast<std::size_t>(slot_)];
  slot.Set(0, 0);
  slot.taken = false;
}

bool GuardedMemory::Lost() const {
  return slot_ >= 0 && slots[static_cast<std::size_t>(slot_)].lost;
}

}  // namespace mhcnn
