#include "mhcnn/service/api/node_counts.h"

#include <nlohmann/json.hpp>

namespace mhcnn {

nlohmann::json NodeCounts::Read(JobStore& store) {
  const std::lock_guard lock(mutex_);
  const auto now = Clock::now();
  if (read_ && now - *read_ < std::chrono::seconds(1)) return counts_;
  if (!added_ || now - *added_ >= std::chrono::minutes(1)) {
    bytes_ = store.retention().Bytes();
    added_ = now;
  }
  nlohmann::json exams = nlohmann::json::object(), deliveries = nlohmann::json::object();
  const auto of_state = store.exams().Counts();
  for (std::size_t i = 0; i < of_state.size(); ++i)
    exams[ExamStateName(static_cast<ExamState>(i))] = of_state[i];
  for (const auto& count : store.deliveries().Counts())
    deliveries[count.destination][DeliveryStateName(count.state)] = count.count;
  const auto [waiting, running] = store.work().Counts();
  counts_ = {{"exams", exams},
             {"jobs", {{"waiting", waiting}, {"running", running}}},
             {"deliveries", deliveries},
             {"bytes", bytes_}};
  read_ = now;
  return counts_;
}

}  // namespace mhcnn
