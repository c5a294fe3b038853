#pragma once

/// In this layer the types of the programs that use the library are v0::Result and so on.
#define MHCNN_BUILDING_LIBRARY 1
#include "mhcnn/analyze/result.h"
#include "mhcnn/base/error.h"
#include "mhcnn/mhcnn.h"
#include "mhcnn/results/studies.h"

namespace mhcnn {

namespace v0 {
/// All that is known of a result.
struct ResultDetail {
  mhcnn::Result result;  ///< the result as the command writes it
};
}  // namespace v0

/// Returns the same error for a program.
v0::Error ToPublic(const Error& error);
/// Returns the same result for a program; keeps the whole of it in `detail`.
v0::Result ToPublic(Result result);
/// Returns the same exam for a program.
v0::ExamResult ToPublic(const StudyResult& study, std::vector<v0::Result> images);

}  // namespace mhcnn
