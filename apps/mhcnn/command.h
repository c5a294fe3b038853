#pragma once

#include <CLI/CLI.hpp>

#include "mhcnn/base/exit_status.h"

namespace mhcnn::cli {

/// Adds a command with its options to `app`, and sets a callback that stores the exit status in
/// `status`.
void AddPredict(CLI::App& app, int& status);
void AddImport(CLI::App& app, int& status);
void AddInspect(CLI::App& app, int& status);
void AddExport(CLI::App& app, int& status);
void AddPhantom(CLI::App& app, int& status);
void AddPrepare(CLI::App& app, int& status);
void AddDoctor(CLI::App& app, int& status);
void AddMerge(CLI::App& app, int& status);
void AddPlan(CLI::App& app, int& status);
void AddBench(CLI::App& app, int& status);
void AddEvaluate(CLI::App& app, int& status);
void AddCompare(CLI::App& app, int& status);
void AddDrift(CLI::App& app, int& status);
void AddCalibrate(CLI::App& app, int& status);
void AddJobs(CLI::App& app, int& status);
void AddUsers(CLI::App& app, int& status);
void AddTokens(CLI::App& app, int& status);
void AddReceive(CLI::App& app, int& status);
void AddWatch(CLI::App& app, int& status);
void AddServe(CLI::App& app, int& status);
void AddWork(CLI::App& app, int& status);
void AddDeliver(CLI::App& app, int& status);
void AddWeb(CLI::App& app, int& status);
void AddMaintain(CLI::App& app, int& status);
void AddTune(CLI::App& app, int& status);

}  // namespace mhcnn::cli
