# Headers of other projects that most sources include, parsed once: mhcnn_headers for the layers, mhcnn_test_headers for their tests,
# mhcnn_command_headers for the commands of mhcnn. A source still includes what it uses: the preset `fuzz` builds without these.
set(MHCNN_COMMON_HEADERS
  <algorithm> <array> <chrono> <cmath> <filesystem> <functional> <map> <memory> <mutex> <optional> <regex> <set> <string> <vector>
  <fmt/format.h> <fmt/ranges.h> <nlohmann/json.hpp> <opencv2/imgproc.hpp>)

# mhcnn_precompiled(<target> [LINK ...] [HEADERS ...]): the common headers and these.
function(mhcnn_precompiled target)
  cmake_parse_arguments(ARG "" "" "LINK;HEADERS" ${ARGN})
  add_library(${target} OBJECT "${PROJECT_SOURCE_DIR}/cmake/precompiled.cc")
  target_link_libraries(${target} PRIVATE spdlog::spdlog nlohmann_json::nlohmann_json tomlplusplus::tomlplusplus opencv_core
                                          opencv_imgproc ${ARG_LINK} mhcnn::flags)
  target_precompile_headers(${target} PRIVATE ${MHCNN_COMMON_HEADERS} ${ARG_HEADERS})
endfunction()

mhcnn_precompiled(mhcnn_headers)
mhcnn_precompiled(mhcnn_command_headers LINK CLI11::CLI11 HEADERS <CLI/CLI.hpp>)
if(MHCNN_TESTS)
  mhcnn_precompiled(mhcnn_test_headers LINK mhcnn::test_flags GTest::gtest_main GTest::gmock HEADERS <gmock/gmock.h> <gtest/gtest.h>)
endif()
