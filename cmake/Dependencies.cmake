# Debian packages for all but OpenVINO and LibTorch, which come as wheels (scripts/setup).
find_package(spdlog REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(tomlplusplus REQUIRED)
# Debian keeps OpenCVConfig.cmake in libopencv-dev, which brings every module; three are enough.
find_path(OPENCV_INCLUDE_DIR opencv2/core.hpp PATH_SUFFIXES opencv4 REQUIRED)
foreach(module core imgproc imgcodecs)
  find_library(OPENCV_${module} opencv_${module} REQUIRED)
  add_library(opencv_${module} INTERFACE IMPORTED)
  target_include_directories(opencv_${module} SYSTEM INTERFACE ${OPENCV_INCLUDE_DIR})
  target_link_libraries(opencv_${module} INTERFACE ${OPENCV_${module}})
endforeach()
# The name by which the program asks for imgcodecs at run time, e.g. libopencv_imgcodecs.so.406.
file(READ_SYMLINK "${OPENCV_imgcodecs}" MHCNN_IMGCODECS)
get_filename_component(MHCNN_IMGCODECS "${MHCNN_IMGCODECS}" NAME)
find_package(ZLIB REQUIRED)
find_package(JPEG REQUIRED)
find_package(PNG REQUIRED)
find_package(DCMTK REQUIRED)
# The toolkit's data dictionary, which the program carries.
file(GLOB DICTIONARY_DIRS /usr/share/libdcmtk* /usr/share/dcmtk* /usr/local/share/dcmtk*)
find_file(MHCNN_DICOM_DICTIONARY dicom.dic PATHS ${DICTIONARY_DIRS} REQUIRED NO_DEFAULT_PATH)
find_package(Eigen3 REQUIRED)
find_package(CLI11 REQUIRED)
find_package(pugixml REQUIRED)
find_package(OpenSSL REQUIRED COMPONENTS Crypto SSL)
find_package(Protobuf REQUIRED)
find_package(Threads REQUIRED)

# The package's own CMake files name programs of other packages and fail without them.
find_path(OPENJPEG_INCLUDE_DIR openjpeg.h PATH_SUFFIXES openjpeg-2.5 REQUIRED)
find_library(OPENJPEG_LIBRARY openjp2 REQUIRED)
add_library(openjp2 INTERFACE IMPORTED)
target_include_directories(openjp2 SYSTEM INTERFACE ${OPENJPEG_INCLUDE_DIR})
target_link_libraries(openjp2 INTERFACE ${OPENJPEG_LIBRARY})

# Without the package's CMake files, which want Tcl, Qt and wxWidgets.
find_path(PLPLOT_INCLUDE_DIR plplot/plplot.h REQUIRED)
find_library(PLPLOT_LIBRARY plplot REQUIRED)
add_library(plplot_c INTERFACE IMPORTED)
target_include_directories(plplot_c SYSTEM INTERFACE ${PLPLOT_INCLUDE_DIR})
target_link_libraries(plplot_c INTERFACE ${PLPLOT_LIBRARY})

find_path(NIFTI_INCLUDE_DIR nifti/nifti2_io.h REQUIRED)
find_library(NIFTI_LIBRARY nifti2 REQUIRED)
add_library(nifti2 INTERFACE IMPORTED)
target_include_directories(nifti2 SYSTEM INTERFACE ${NIFTI_INCLUDE_DIR} ${NIFTI_INCLUDE_DIR}/nifti)
target_link_libraries(nifti2 INTERFACE ${NIFTI_LIBRARY})

# Text and shapes of the summary page; the program carries the fonts.
find_package(PkgConfig REQUIRED)
pkg_check_modules(CAIRO REQUIRED IMPORTED_TARGET cairo)
pkg_check_modules(HARFBUZZ REQUIRED IMPORTED_TARGET harfbuzz>=4.0)
find_path(MHCNN_FONTS Inter-Regular.otf PATHS /usr/share/fonts/opentype/inter /usr/local/share/fonts REQUIRED NO_DEFAULT_PATH)

# The node: database, passwords, HTTP client, metrics, service manager. Debian's SOCI has no CMake files.
find_path(SOCI_INCLUDE_DIR soci/soci.h REQUIRED)
find_path(POSTGRESQL_INCLUDE_DIR libpq-fe.h PATH_SUFFIXES postgresql REQUIRED)
add_library(soci INTERFACE IMPORTED)
target_include_directories(soci SYSTEM INTERFACE ${SOCI_INCLUDE_DIR} ${SOCI_INCLUDE_DIR}/soci ${POSTGRESQL_INCLUDE_DIR})
foreach(part core sqlite3 postgresql)
  find_library(SOCI_${part} soci_${part} REQUIRED)
  target_link_libraries(soci INTERFACE ${SOCI_${part}})
endforeach()
find_library(SQLITE_LIBRARY sqlite3 REQUIRED)
find_library(POSTGRESQL_LIBRARY pq REQUIRED)
target_link_libraries(soci INTERFACE ${SQLITE_LIBRARY} ${POSTGRESQL_LIBRARY})
pkg_check_modules(CURL REQUIRED IMPORTED_TARGET libcurl)
pkg_check_modules(SODIUM REQUIRED IMPORTED_TARGET libsodium)
pkg_check_modules(SYSTEMD REQUIRED IMPORTED_TARGET libsystemd)
# The core alone: its package's CMake files want a second HTTP server.
find_path(PROMETHEUS_INCLUDE_DIR prometheus/registry.h REQUIRED)
find_library(PROMETHEUS_LIBRARY prometheus-cpp-core REQUIRED)
add_library(prometheus_core INTERFACE IMPORTED)
target_include_directories(prometheus_core SYSTEM INTERFACE ${PROMETHEUS_INCLUDE_DIR})
target_link_libraries(prometheus_core INTERFACE ${PROMETHEUS_LIBRARY})

add_library(mhcnn_libonnx INTERFACE)
add_library(mhcnn::libonnx ALIAS mhcnn_libonnx)
target_compile_definitions(mhcnn_libonnx INTERFACE ONNX_ML=1 ONNX_NAMESPACE=onnx)
target_link_libraries(mhcnn_libonnx INTERFACE onnx onnx_proto protobuf::libprotobuf)

file(GLOB MHCNN_SITE_PACKAGES "${MHCNN_DEPS_DIR}/venv/lib/python3*/site-packages")
find_package(OpenVINO REQUIRED COMPONENTS Runtime PATHS "${MHCNN_SITE_PACKAGES}/openvino/cmake" NO_DEFAULT_PATH)

# The version of LibTorch that training is built with and needs.
file(STRINGS requirements/train.txt torch REGEX "^torch==")
string(REGEX REPLACE "^torch==([0-9.]+).*" "\\1" MHCNN_TORCH_VERSION "${torch}")

if(MHCNN_TRAIN)
  # Not TorchConfig.cmake: its libtorch.so pulls CUDA in, which the CPU build does without.
  set(TORCH_ROOT "${MHCNN_SITE_PACKAGES}/torch")
  if(NOT EXISTS "${TORCH_ROOT}/lib/libtorch_cpu.so")
    message(FATAL_ERROR "LibTorch is missing: run scripts/setup, or configure with -DMHCNN_TRAIN=OFF")
  endif()
  set(TORCH_RUNTIME_DIR "${MHCNN_SITE_PACKAGES}/nvidia/cu13/lib")
  # The wheel carries an fmt of its own, which must not stand before the one spdlog is built with.
  set(TORCH_INCLUDE "${PROJECT_BINARY_DIR}/torch-include")
  file(GLOB entries "${TORCH_ROOT}/include/*")
  file(MAKE_DIRECTORY "${TORCH_INCLUDE}")
  foreach(entry ${entries})
    cmake_path(GET entry FILENAME name)
    if(NOT name STREQUAL "fmt")
      file(CREATE_LINK "${entry}" "${TORCH_INCLUDE}/${name}" SYMBOLIC)
    endif()
  endforeach()
  add_library(mhcnn_libtorch INTERFACE)
  add_library(mhcnn::libtorch ALIAS mhcnn_libtorch)
  target_include_directories(mhcnn_libtorch SYSTEM INTERFACE
    "${TORCH_INCLUDE}" "${TORCH_INCLUDE}/torch/csrc/api/include")
  target_link_libraries(mhcnn_libtorch INTERFACE
    "${TORCH_ROOT}/lib/libtorch_cpu.so" "${TORCH_ROOT}/lib/libc10.so" Threads::Threads)
  target_link_options(mhcnn_libtorch INTERFACE
    "LINKER:-rpath-link,${TORCH_RUNTIME_DIR}" "LINKER:--allow-shlib-undefined")
  if(MHCNN_CUDA)
    find_library(CUDART_LIBRARY NAMES libcudart.so.13 PATHS "${TORCH_RUNTIME_DIR}" NO_DEFAULT_PATH REQUIRED)
    target_link_libraries(mhcnn_libtorch INTERFACE "-Wl,--no-as-needed"
      "${TORCH_ROOT}/lib/libtorch_cuda.so" "${TORCH_ROOT}/lib/libc10_cuda.so" "${CUDART_LIBRARY}")
  endif()
endif()

# What several processes need to train together; empty without.
add_library(mhcnn_processes INTERFACE)
add_library(mhcnn::processes ALIAS mhcnn_processes)
if(MHCNN_TRAIN AND MHCNN_MPI)
  find_package(MPI COMPONENTS C)
  if(NOT MPI_C_FOUND)
    message(FATAL_ERROR "MPI is missing: run scripts/setup, or configure with -DMHCNN_MPI=OFF")
  endif()
  # Not the C++ bindings, which the standard gave up.
  target_compile_definitions(mhcnn_processes INTERFACE MHCNN_MPI=1 OMPI_SKIP_MPICXX=1 MPICH_SKIP_MPICXX=1)
  target_link_libraries(mhcnn_processes INTERFACE MPI::MPI_C)
  if(MHCNN_CUDA)
    find_path(NCCL_INCLUDE_DIR nccl.h PATHS "${MHCNN_SITE_PACKAGES}/nvidia/nccl/include" /usr/local/cuda/include)
    find_library(NCCL_LIBRARY NAMES nccl libnccl.so.2
                 PATHS "${MHCNN_SITE_PACKAGES}/nvidia/nccl/lib" /usr/local/cuda/lib64 /usr/local/cuda/lib)
    if(NCCL_INCLUDE_DIR AND NCCL_LIBRARY)
      set(MHCNN_NCCL ON)
      target_include_directories(mhcnn_processes SYSTEM INTERFACE "${NCCL_INCLUDE_DIR}")
      target_link_libraries(mhcnn_processes INTERFACE "${NCCL_LIBRARY}")
    else()
      message(WARNING "NCCL is missing: processes on CUDA devices sum their gradients through the host")
    endif()
  endif()
endif()

if(MHCNN_TESTS)
  find_package(GTest REQUIRED)
  include(GoogleTest)
endif()
