#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "mhcnn/jobs/job_store.h"

namespace mhcnn {

/// Returns a moment for people: "2026-11-28 15:04:05 UTC".
std::string ToDisplayTime(StoreTime time);

/// Returns sentences that explain why an exam has no result, or where its results are: what it
/// waits for and until when, what failed, and what to do. They name no patient.
std::vector<std::string> ExplainExam(JobStore& store, const Exam& exam);

/// Returns percent density and category of an exam from its summary: "23.4 %, category b"; "" if it
/// has none.
std::string DescribeDensity(const Exam& exam);

/// Returns everything the store has about an exam: its fields, the sentences of ExplainExam(),
/// images, objects that are not measured, jobs, results, deliveries, priors, corrections and
/// history.
nlohmann::json ExamToJson(JobStore& store, const Exam& exam);

/// Returns only the fields of an exam.
nlohmann::json ExamToJson(const Exam& exam);

}  // namespace mhcnn
