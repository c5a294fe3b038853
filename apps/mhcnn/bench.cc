#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <sstream>

#include "command.h"
#include "mhcnn/base/error.h"
#include "mhcnn/base/parallel.h"
#include "mhcnn/base/shipped_file.h"
#include "mhcnn/batch/inputs.h"
#include "mhcnn/dicom/reader.h"
#include "mhcnn/dicom/writer.h"
#include "mhcnn/phantom/phantom.h"

namespace mhcnn::cli {
namespace {

namespace fs = std::filesystem;

struct Arguments {
  std::vector<fs::path> inputs;
  std::string python;
  int repeats = 5, rows = 3518, columns = 2800;
  int wanted = 768;  ///< longer side that predict needs for the model `fast`
};

/// Wall-clock seconds of the work itself and the peak memory of a process that does nothing else.
struct Measured {
  double seconds = 0, megabytes = 0;
};

/// Runs `work` in a process of its own; nothing where it fails.
std::optional<Measured> InChild(const std::function<void()>& work) {
  int channel[2];
  if (::pipe(channel) != 0) throw Error(ErrorCode::kIo, "no pipe can be made");
  std::fflush(nullptr);
  const pid_t child = ::fork();
  if (child < 0) throw Error(ErrorCode::kIo, "no process can be started");
  if (child == 0) {
    ::close(channel[0]);
    double seconds = -1;
    try {
      const auto start = std::chrono::steady_clock::now();
      work();
      seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    } catch (...) {
    }
    const bool told = ::write(channel[1], &seconds, sizeof seconds) == sizeof seconds;
    ::_exit(told && seconds >= 0 ? 0 : 1);
  }
  ::close(channel[1]);
  Measured measured;
  const bool told = ::read(channel[0], &measured.seconds, sizeof(double)) == sizeof(double);
  ::close(channel[0]);
  int status = 0;
  rusage usage{};
  ::wait4(child, &status, 0, &usage);
  if (!told || measured.seconds < 0) return std::nullopt;
  measured.megabytes = static_cast<double>(usage.ru_maxrss) / 1024;
  return measured;
}

std::string Quoted(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

/// Returns a file of the clone in which the program was built. An installed program has none.
fs::path InClone(const std::string& name) {
  return (FindOwnBinary().parent_path() / "../../.." / name).lexically_normal();
}

/// Returns the measurement of bench/read_pydicom.py, or its reason.
std::optional<Measured> ByPydicom(const std::string& python, const fs::path& file,
                                  std::string& reason) {
  const std::string script = InClone("bench/read_pydicom.py").string();
  const std::string command =
      Quoted(python) + " " + Quoted(script) + " " + Quoted(file.string()) + " 2>/dev/null";
  const std::unique_ptr<FILE, int (*)(FILE*)> output(::popen(command.c_str(), "r"), ::pclose);
  std::array<char, 256> line{};
  if (!output || !std::fgets(line.data(), line.size(), output.get())) {
    reason = "pydicom cannot be run";
    return std::nullopt;
  }
  std::istringstream text(line.data());
  Measured measured;
  if (text >> measured.seconds >> measured.megabytes) {
    measured.megabytes /= 1024;
    return measured;
  }
  reason = std::string(line.data()).substr(6);
  if (!reason.empty() && reason.back() == '\n') reason.pop_back();
  return std::nullopt;
}

template <typename Field>
double Median(std::vector<Measured> runs, Field field) {
  std::sort(runs.begin(), runs.end(),
            [&](const auto& a, const auto& b) { return a.*field < b.*field; });
  return runs[runs.size() / 2].*field;
}

/// Makes one phantom in each syntax of the writer, in a folder of its own. It runs in a child, so
/// that its memory is not counted with that of reading.
void MakeFiles(const Arguments& a, const fs::path& folder) {
  InChild([&] {
    PhantomOptions options;
    options.height = a.rows;
    options.width = a.columns;
    const Phantom phantom = MakePhantom(options, 1, 1);
    DicomWriteOptions write;
    for (const TransferSyntax syntax : AllTransferSyntaxes()) {
      try {
        write.syntax = syntax;
        WriteDicomMammogram(folder / (std::string(TransferSyntaxName(syntax)) + ".dcm"),
                            phantom.mammogram, write);
      } catch (const Error&) {
        // The syntax is for images of fewer bits.
      }
    }
  });
}

void Row(const Arguments& a, const fs::path& file, const std::string& name) {
  std::vector<Measured> whole, reduced, judge;
  std::string reason;
  for (int i = 0; i < a.repeats; ++i) {  // in turns, so that a busy moment affects all alike
    if (const auto m = InChild([&] { ReadMammogram(file); })) whole.push_back(*m);
    if (const auto m = InChild([&] {
          DicomReadOptions options;
          options.wanted_long_side = a.wanted;
          ReadMammogram(file, options);
        })) {
      reduced.push_back(*m);
    }
    if (const auto m = ByPydicom(a.python, file, reason)) judge.push_back(*m);
  }
  if (whole.empty() || reduced.empty()) {
    fmt::print("{:<28} cannot be read; run mhcnn inspect to see the reason\n", name);
    return;
  }
  const double seconds = Median(whole, &Measured::seconds),
               fast = Median(reduced, &Measured::seconds);
  fmt::print("{:<28} {:>7.3f} {:>6.0f} {:>9.3f} {:>6.0f}", name, seconds,
             Median(whole, &Measured::megabytes), fast, Median(reduced, &Measured::megabytes));
  if (judge.empty()) {
    fmt::print("   {}\n", reason);
    return;
  }
  const double theirs = Median(judge, &Measured::seconds);
  fmt::print(" {:>9.3f} {:>6.0f} {:>8.2f} {:>8.2f}\n", theirs, Median(judge, &Measured::megabytes),
             theirs / seconds, theirs / fast);
}

int Run(const Arguments& given) {
  Arguments a = given;
  if (a.python.empty()) {
    const fs::path own = InClone(".deps/venv/bin/python");
    a.python = fs::exists(own) ? own.string() : "python3";
  }
  std::string made = (fs::temp_directory_path() / "mhcnn-bench-XXXXXX").string();
  std::vector<std::pair<fs::path, std::string>> files;
  if (a.inputs.empty()) {
    if (::mkdtemp(made.data()) == nullptr)
      throw Error(ErrorCode::kIo, "no folder can be made", made);
    MakeFiles(a, made);
    for (const auto& item : CollectImages({made}, "").items) {
      files.emplace_back(item.path, item.path.stem().string());
    }
  } else {
    for (const auto& item : CollectImages(a.inputs, "").items) {
      if (item.member.empty()) files.emplace_back(item.path, item.path.filename().string());
    }
  }
  fmt::print("median of {} runs in turns, each in a separate process, {} processors\n", a.repeats,
             AvailableThreads());
  if (a.inputs.empty()) fmt::print("phantom of {} x {} pixels, 12 bits\n", a.columns, a.rows);
  fmt::print("{:<28} {:>14} {:>16} {:>16} {:>17}\n", "", "whole", "as predict reads", "pydicom",
             "pydicom / mhcnn");
  fmt::print("{:<28} {:>7} {:>6} {:>9} {:>6} {:>9} {:>6} {:>8} {:>8}\n", "", "s", "MB", "s", "MB",
             "s", "MB", "whole", "predict");
  for (const auto& [file, name] : files) Row(a, file, name);
  std::error_code ec;
  if (a.inputs.empty()) fs::remove_all(made, ec);
  return kSuccess;
}

}  // namespace

void AddBench(CLI::App& app, int& status) {
  auto a = std::make_shared<Arguments>();
  CLI::App* bench = app.add_subcommand("bench",
                                       "measure the speed of reading or training, and the speed of "
                                       "a Python library in the same run");
  bench->require_subcommand(1);
  bench->add_subcommand("train",
                        "measure the time of a training step, also with PyTorch (runs the program "
                        "mhcnn-train; mhcnn bench train --help lists its options)");
  CLI::App* read = bench->add_subcommand(
      "read", "measure time and memory for reading DICOM files, also with pydicom");
  read->add_option(
      "inputs", a->inputs,
      "DICOM files or folders to read (default: a phantom made in each transfer syntax)");
  read->add_option("--python", a->python, "path of a Python that has pydicom and its codecs");
  read->add_option("--repeats", a->repeats, "how often each file is read")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  read->add_option("--rows", a->rows, "height of the phantom images in pixels")
      ->check(CLI::Range(64, 6000));
  read->add_option("--columns", a->columns, "width of the phantom images in pixels")
      ->check(CLI::Range(64, 6000));
  read->add_option("--wanted", a->wanted,
                   "longer side in pixels of the picture that predict asks for")
      ->check(CLI::Range(1, 20000))
      ->capture_default_str();
  read->callback([a, &status] { status = Run(*a); });
}

}  // namespace mhcnn::cli
