#include <execinfo.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <new>

#include "command.h"
#include "mhcnn/base/error.h"
#include "mhcnn/base/interrupt.h"
#include "mhcnn/base/log.h"
#include "mhcnn/base/version.h"
#include "mhcnn/infer/shortage.h"
#include "mhcnn/infer/train_program.h"

namespace {

namespace fs = std::filesystem;

/// Runs mhcnn-train from the folder of this program for `mhcnn train …`, as git does for commands.
int RunTraining(char** arguments) {
  const mhcnn::TrainProgram train = mhcnn::FindTrainProgram();
  if (train.problem.empty()) ::execv(train.path.c_str(), arguments);
  if (!fs::exists(train.path)) ::execvp("mhcnn-train", arguments);
  std::fprintf(stderr, "error: %s\n",
               train.problem.empty() ? "mhcnn-train cannot be started" : train.problem.c_str());
  return mhcnn::kWrongUsage;
}

/// Prints an error in one line.
void PrintError(const std::exception& thrown) {
  const auto shortage = mhcnn::ShortageError(thrown);
  std::fprintf(stderr, "error: %s\n", shortage ? shortage->what() : thrown.what());
}

/// Prints one line for an exception that no one caught, mostly in a thread of a library, in place
/// of a core dump. The results of a batch so far are in its journal.
[[noreturn]] void EndWithMessage() {
  // A second exception, from the lines below, ends the process at once.
  std::set_terminate([] { ::_exit(mhcnn::kSomeFailed); });
  try {
    if (const auto thrown = std::current_exception()) std::rethrow_exception(thrown);
    // The engine gives up a list of running threads where the next one cannot be started.
    std::fputs(
        "error: a library ended the process, as it does if no more threads can be started; give "
        "the process more memory, or use fewer --threads\n",
        stderr);
  } catch (const std::bad_alloc&) {  // no text is made, which may need memory
    std::fputs(
        "error: more memory is needed than there is; give the process more memory, or use fewer "
        "--threads\n",
        stderr);
  } catch (const std::exception& e) {
    PrintError(e);
  } catch (...) {
    std::fputs("error: an internal error that was not expected\n", stderr);
  }
  ::_exit(mhcnn::kSomeFailed);
}

/// Prepares the process so that its messages appear in all cases.
void PrepareProcess() {
  std::set_terminate(EndWithMessage);
  // A write beyond the limit of the size of a file then fails like one to a full disk.
  std::signal(SIGXFSZ, SIG_IGN);
  // The C library opens libgcc_s at the first end of a thread by pthread_exit, and ends the process
  // if there is not enough memory for it then: it is opened now.
  void* frame = nullptr;
  ::backtrace(&frame, 1);
}

}  // namespace

int main(int argc, char** argv) {
  PrepareProcess();
  if (argc > 1 && std::string_view(argv[1]) == "train") return RunTraining(argv + 1);
  if (argc > 2 && std::string_view(argv[1]) == "bench" && std::string_view(argv[2]) == "train") {
    std::swap(argv[1], argv[2]);  // train bench …
    return RunTraining(argv + 1);
  }
  mhcnn::InitLogging(0);
  mhcnn::CatchInterrupts();
  CLI::App app{
      "MH-CNN: dense-tissue segmentation, percent density and BI-RADS density category from "
      "mammograms.\nA research tool, not a medical device.",
      "mhcnn"};
  app.require_subcommand(1);
  app.set_version_flag("--version", std::string("mhcnn ") + mhcnn::Version());
  app.add_subcommand("train",
                     "train a model on your own or public images (runs the program mhcnn-train; "
                     "mhcnn train --help lists its options)");
  int status = mhcnn::kSuccess;
  mhcnn::cli::AddPredict(app, status);
  mhcnn::cli::AddMerge(app, status);
  mhcnn::cli::AddPlan(app, status);
  mhcnn::cli::AddInspect(app, status);
  mhcnn::cli::AddImport(app, status);
  mhcnn::cli::AddExport(app, status);
  mhcnn::cli::AddPhantom(app, status);
  mhcnn::cli::AddPrepare(app, status);
  mhcnn::cli::AddEvaluate(app, status);
  mhcnn::cli::AddCompare(app, status);
  mhcnn::cli::AddCalibrate(app, status);
  mhcnn::cli::AddDrift(app, status);
  mhcnn::cli::AddServe(app, status);
  mhcnn::cli::AddWork(app, status);
  mhcnn::cli::AddDeliver(app, status);
  mhcnn::cli::AddWeb(app, status);
  mhcnn::cli::AddMaintain(app, status);
  mhcnn::cli::AddJobs(app, status);
  mhcnn::cli::AddUsers(app, status);
  mhcnn::cli::AddTokens(app, status);
  mhcnn::cli::AddBench(app, status);
  mhcnn::cli::AddReceive(app, status);
  mhcnn::cli::AddWatch(app, status);
  mhcnn::cli::AddTune(app, status);
  mhcnn::cli::AddDoctor(app, status);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? mhcnn::kSuccess : mhcnn::kWrongUsage;
  } catch (const mhcnn::Error& e) {
    std::fprintf(stderr, "error: %s\n", e.what());
    return mhcnn::ExitStatus(e.code());
  } catch (const std::exception& e) {
    PrintError(e);
    return mhcnn::kSomeFailed;
  }
  return status;
}
