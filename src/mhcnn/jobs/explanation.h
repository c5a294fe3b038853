#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "mhcnn/jobs/job_store.h"

namespace mhcnn {

/// A moment for people: "2026-11-28 15:04:05 UTC".
std::string ShownTime(StoreTime time);

/// Plain sentences that say why an exam has no result, or where its results are: what it waits for
/// and until when, what failed, and what to do. They name no patient.
std::vector<std::string> ExplainExam(JobStore& store, const Exam& exam);

/// Percent density and category of an exam from its summary: "23.4 %, category b"; "" where it has
/// none.
std::string ShownDensity(const Exam& exam);

/// Everything the store knows about an exam: its fields, the sentences of ExplainExam(), images,
/// objects that are not measured, jobs, results, deliveries, priors, corrections
/// and history.
nlohmann::json ExamToJson(JobStore& store, const Exam& exam);

/// The fields of an exam alone.
nlohmann::json ExamToJson(const Exam& exam);

}  // namespace mhcnn
