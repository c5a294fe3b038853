# `cmake --install`: what an installation contains, and where.
#   PREFIX/bin                    the programs
#   PREFIX/lib/mhcnn              OpenVINO's libraries, for these programs alone (MHCNN_PRIVATE_LIBDIR)
#   PREFIX/lib/mhcnn/libtorch-V   links to LibTorch (component training_links) or, with Debian packages, LibTorch (mhcnn-train-libtorch)
#   PREFIX/share/mhcnn            models, recipes, examples, VERSION: what ShippedFile() finds
#   PREFIX/share/doc/mhcnn        documents, licences
#   PREFIX/share/man, completions for bash, zsh and fish, the unit of systemd
# Components: program, library, development, training, training_links.
# A program of the build folder contains the paths of the libraries on this machine; `cmake --install` replaces them, but their lengths stay. With
# MHCNN_INSTALL_RPATH it has the paths of an installed program, and finds the libraries by links below the build folder.
include(GNUInstallDirs)
set(MHCNN_PRIVATE_LIBDIR "lib/mhcnn" CACHE STRING "Folder of private shared libraries, below the prefix")
set(MHCNN_SYSTEMD_DIR "lib/systemd" CACHE STRING "Folder of the units of systemd, below the prefix")
set(MHCNN_DATADIR "${CMAKE_INSTALL_DATADIR}/mhcnn")
set(MHCNN_DOCDIR "${CMAKE_INSTALL_DATADIR}/doc/mhcnn")
find_program(MHCNN_PYTHON NAMES python3 HINTS "${MHCNN_DEPS_DIR}/venv/bin")

# mhcnn_rpath(<variable> <from> <folder>...): the search path of what is installed in the folder `from`; all are below the prefix.
function(mhcnn_rpath variable from)
  set(path "")
  foreach(folder ${ARGN})
    file(RELATIVE_PATH relative "/prefix/${from}" "/prefix/${folder}")
    list(APPEND path "$ORIGIN/${relative}")
  endforeach()
  set(${variable} "${path}" PARENT_SCOPE)
endfunction()

# mhcnn_link_libraries(<variable> <folder> <file>...): links to these files below the build folder; the variable gets their paths.
function(mhcnn_link_libraries variable folder)
  set(links "")
  file(MAKE_DIRECTORY "${PROJECT_BINARY_DIR}/${folder}")
  foreach(library ${ARGN})
    cmake_path(GET library FILENAME name)
    file(CREATE_LINK "${library}" "${PROJECT_BINARY_DIR}/${folder}/${name}" SYMBOLIC)
    list(APPEND links "${PROJECT_BINARY_DIR}/${folder}/${name}")
  endforeach()
  set(${variable} "${links}" PARENT_SCOPE)
endfunction()

# What OpenVINO opens when `mhcnn` runs a model on a CPU (LD_DEBUG=libs shows it): its core, the reader of ONNX, the CPU plugin, the plugin
# that joins inputs, TBB and its parts. The wheel has 70 MB more: plugins of other devices, readers of other formats.
set(OPENVINO_LIBDIR "${MHCNN_SITE_PACKAGES}/openvino/libs")
file(GLOB OPENVINO_RUNTIME
  "${OPENVINO_LIBDIR}/libopenvino.so.*" "${OPENVINO_LIBDIR}/libopenvino_onnx_frontend.so.*"
  "${OPENVINO_LIBDIR}/libopenvino_ir_frontend.so.*"  # opens compiled networks of the cache
  "${OPENVINO_LIBDIR}/libopenvino_intel_cpu_plugin.so" "${OPENVINO_LIBDIR}/libopenvino_auto_batch_plugin.so"
  "${OPENVINO_LIBDIR}/libtbb.so.*" "${OPENVINO_LIBDIR}/libtbbmalloc.so.*" "${OPENVINO_LIBDIR}/libtbbbind*.so.*"
  "${OPENVINO_LIBDIR}/libhwloc.so.*")
file(GLOB OPENVINO_LICENSES "${MHCNN_SITE_PACKAGES}/openvino-*.dist-info/licenses/LICENSE"
                            "${MHCNN_SITE_PACKAGES}/openvino-*.dist-info/licenses/licensing/*.txt")

mhcnn_rpath(rpath "${CMAKE_INSTALL_BINDIR}" "${MHCNN_PRIVATE_LIBDIR}")
set_target_properties(mhcnn PROPERTIES INSTALL_RPATH "${rpath}" BUILD_WITH_INSTALL_RPATH ${MHCNN_INSTALL_RPATH})
mhcnn_link_libraries(links "${MHCNN_PRIVATE_LIBDIR}" ${OPENVINO_RUNTIME})
install(TARGETS mhcnn RUNTIME COMPONENT program)
install(FILES ${OPENVINO_RUNTIME} DESTINATION "${MHCNN_PRIVATE_LIBDIR}" COMPONENT program)

file(WRITE "${PROJECT_BINARY_DIR}/packaging/VERSION" "${PROJECT_VERSION}\n")
install(FILES "${PROJECT_BINARY_DIR}/packaging/VERSION" DESTINATION "${MHCNN_DATADIR}" COMPONENT program)
install(FILES models/mhcnn-fast.onnx models/mhcnn-accurate.onnx models/README.md DESTINATION "${MHCNN_DATADIR}/models"
        COMPONENT program)
install(DIRECTORY examples/phantom-exam DESTINATION "${MHCNN_DATADIR}/examples" COMPONENT program)

install(DIRECTORY docs/ DESTINATION "${MHCNN_DOCDIR}" COMPONENT program FILES_MATCHING PATTERN "*.md" PATTERN "images" EXCLUDE)
install(FILES README.md DESTINATION "${MHCNN_DOCDIR}" RENAME overview.md COMPONENT program)
install(FILES CHANGELOG.md LICENSE THIRD_PARTY_LICENSES.md CITATION.cff SECURITY.md DESTINATION "${MHCNN_DOCDIR}" COMPONENT program)
install(FILES ${OPENVINO_LICENSES} DESTINATION "${MHCNN_DOCDIR}/openvino" COMPONENT program)
# Licences of data that the program contains: the fonts Inter, DCMTK's dictionary, and others.
install(FILES packaging/debian/copyright DESTINATION "${MHCNN_DOCDIR}" COMPONENT program)

# The unit names the program by the path of the installation.
install(CODE "
  file(READ \"${PROJECT_SOURCE_DIR}/packaging/systemd/mhcnn.service\" unit)
  string(REPLACE \"/usr/bin/mhcnn\" \"\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_BINDIR}/mhcnn\" unit \"\${unit}\")
  file(WRITE \"${PROJECT_BINARY_DIR}/packaging/mhcnn.service\" \"\${unit}\")" COMPONENT program)
install(FILES "${PROJECT_BINARY_DIR}/packaging/mhcnn.service" DESTINATION "${MHCNN_SYSTEMD_DIR}/system" COMPONENT program)

# mhcnn_manual(<program> <component>): man pages and completions from the program's own --help, made when it is installed.
function(mhcnn_manual program component)
  if(NOT MHCNN_PYTHON)
    message(WARNING "python3 is missing: `cmake --install` installs no man pages and completions of ${program}")
    return()
  endif()
  set(made "${PROJECT_BINARY_DIR}/packaging/${program}")
  install(CODE "
    file(REMOVE_RECURSE \"${made}\")
    execute_process(COMMAND \"${MHCNN_PYTHON}\" \"${PROJECT_SOURCE_DIR}/packaging/make_manual.py\"
                            \"${CMAKE_RUNTIME_OUTPUT_DIRECTORY}/${program}\" \"${made}\" COMMAND_ERROR_IS_FATAL ANY)"
    COMPONENT ${component})
  install(DIRECTORY "${made}/man/" DESTINATION "${CMAKE_INSTALL_MANDIR}/man1" COMPONENT ${component})
  install(DIRECTORY "${made}/completions/bash/" DESTINATION "${CMAKE_INSTALL_DATADIR}/bash-completion/completions"
          COMPONENT ${component})
  install(DIRECTORY "${made}/completions/zsh/" DESTINATION "${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions"
          COMPONENT ${component})
  install(DIRECTORY "${made}/completions/fish/" DESTINATION "${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d"
          COMPONENT ${component})
endfunction()
mhcnn_manual(mhcnn program)

# libmhcnn: one shared library with the functions of include/mhcnn alone. A static one would ask a program for all its private libraries.
# The ABI is that of a minor version before 1.0 and of a major version after: SOVERSION and the inline namespace say so.
if(NOT MHCNN_SANITIZE AND NOT MHCNN_FUZZ)
  if(PROJECT_VERSION_MAJOR EQUAL 0)
    set(MHCNN_SOVERSION "${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR}")
    set(compatibility SameMinorVersion)
  else()
    set(MHCNN_SOVERSION "${PROJECT_VERSION_MAJOR}")
    set(compatibility SameMajorVersion)
  endif()
  add_library(mhcnn_shared SHARED cmake/precompiled.cc)
  target_link_libraries(mhcnn_shared PRIVATE "$<LINK_LIBRARY:WHOLE_ARCHIVE,mhcnn_library>" 
    "-Wl,--no-as-needed,${OPENCV_imgcodecs},--as-needed" mhcnn::flags)
  target_link_options(mhcnn_shared PRIVATE "LINKER:--as-needed" "LINKER:--version-script=${PROJECT_SOURCE_DIR}/cmake/libmhcnn.map")
  target_compile_features(mhcnn_shared INTERFACE cxx_std_20)
  file(GLOB public_headers include/mhcnn/*.h)
  target_sources(mhcnn_shared INTERFACE FILE_SET HEADERS BASE_DIRS include "${MHCNN_PUBLIC_INCLUDE}"
                 FILES ${public_headers} "${MHCNN_PUBLIC_INCLUDE}/mhcnn/version.h")
  mhcnn_rpath(rpath "${CMAKE_INSTALL_LIBDIR}" "${MHCNN_PRIVATE_LIBDIR}")
  set_target_properties(mhcnn_shared PROPERTIES OUTPUT_NAME mhcnn EXPORT_NAME mhcnn VERSION "${PROJECT_VERSION}"
    SOVERSION "${MHCNN_SOVERSION}" INSTALL_RPATH "${rpath}" BUILD_WITH_INSTALL_RPATH ${MHCNN_INSTALL_RPATH} LIBRARY_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/lib")

  set(MHCNN_CMAKEDIR "${CMAKE_INSTALL_LIBDIR}/cmake/mhcnn")
  install(TARGETS mhcnn_shared EXPORT mhcnn
    LIBRARY COMPONENT library NAMELINK_COMPONENT development
    FILE_SET HEADERS COMPONENT development)
  install(EXPORT mhcnn NAMESPACE mhcnn:: FILE mhcnnTargets.cmake DESTINATION "${MHCNN_CMAKEDIR}" COMPONENT development)
  include(CMakePackageConfigHelpers)
  configure_package_config_file(cmake/mhcnnConfig.cmake.in "${PROJECT_BINARY_DIR}/packaging/mhcnnConfig.cmake"
    INSTALL_DESTINATION "${MHCNN_CMAKEDIR}" PATH_VARS MHCNN_DATADIR)
  write_basic_package_version_file("${PROJECT_BINARY_DIR}/packaging/mhcnnConfigVersion.cmake" COMPATIBILITY ${compatibility})
  install(FILES "${PROJECT_BINARY_DIR}/packaging/mhcnnConfig.cmake" "${PROJECT_BINARY_DIR}/packaging/mhcnnConfigVersion.cmake"
          DESTINATION "${MHCNN_CMAKEDIR}" COMPONENT development)
  install(DIRECTORY examples/cpp DESTINATION "${MHCNN_DATADIR}/examples" COMPONENT development)
endif()

# LibTorch takes 457 MB and has no stable ABI: the folder that mhcnn-train finds it in is named by its version. `cmake --install` makes links
# there to the wheel, which stays where scripts/setup put it; mhcnn-train-libtorch of the Debian package puts the files of that wheel there.
if(MHCNN_TRAIN)
  set(libtorch "${MHCNN_PRIVATE_LIBDIR}/libtorch-${MHCNN_TORCH_VERSION}")
  if(MHCNN_CUDA)
    set_target_properties(mhcnn-train PROPERTIES INSTALL_RPATH "${TORCH_ROOT}/lib;${TORCH_RUNTIME_DIR}")
  else()
    mhcnn_rpath(rpath "${CMAKE_INSTALL_BINDIR}" "${libtorch}")
    set_target_properties(mhcnn-train PROPERTIES INSTALL_RPATH "${rpath}" BUILD_WITH_INSTALL_RPATH ${MHCNN_INSTALL_RPATH})
    mhcnn_link_libraries(links "${libtorch}" "${TORCH_ROOT}/lib/libtorch_cpu.so" "${TORCH_ROOT}/lib/libc10.so"
      "${TORCH_ROOT}/lib/libgomp.so.1" "${TORCH_RUNTIME_DIR}/libcudart.so.13" "${TORCH_RUNTIME_DIR}/libcupti.so.13")
    install(FILES ${links} DESTINATION "${libtorch}" COMPONENT training_links)
  endif()
  install(TARGETS mhcnn-train RUNTIME COMPONENT training)
  install(FILES models/mhcnn-fast.safetensors models/mhcnn-accurate.safetensors DESTINATION "${MHCNN_DATADIR}/models"
          COMPONENT training)
  install(DIRECTORY recipes DESTINATION "${MHCNN_DATADIR}" COMPONENT training)
  mhcnn_manual(mhcnn-train training)
  # The wheels that mhcnn-train-libtorch fetches are those that scripts/setup installs.
  file(STRINGS requirements/train.txt pins REGEX "^(torch|nvidia-)")
  list(JOIN pins "\n" pins)
  file(WRITE "${PROJECT_BINARY_DIR}/packaging/libtorch.txt" "${pins}\n")
  install(FILES "${PROJECT_BINARY_DIR}/packaging/libtorch.txt" DESTINATION "${MHCNN_DATADIR}" COMPONENT training)
  install(PROGRAMS packaging/train/libtorch.py DESTINATION "${CMAKE_INSTALL_BINDIR}" RENAME mhcnn-train-libtorch COMPONENT training)
  install(FILES packaging/train/mhcnn-train-libtorch.1 DESTINATION "${CMAKE_INSTALL_MANDIR}/man1" COMPONENT training)
endif()

include(Package)
