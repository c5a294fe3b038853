# CPack: Debian packages of the components of Install.cmake; scripts/package.sh makes them.
#   mhcnn          program, OpenVINO's libraries, models, documents, unit of systemd
#   libmhcnn0.3    the shared library for other programs (libmhcnnMAJOR from 1.0 on)
#   libmhcnn-dev   its headers and CMake files
#   mhcnn-train    training, in a build with MHCNN_TRAIN; without LibTorch, which mhcnn-train-libtorch of it fetches
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME mhcnn)
set(CPACK_PACKAGE_VERSION "${PROJECT_VERSION}")
set(CPACK_PACKAGE_CONTACT "The MH-CNN developers <mhcnn@invalid.example>")
set(CPACK_PACKAGE_VENDOR "The MH-CNN developers")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_VERBATIM_VARIABLES ON)
set(CPACK_COMPONENTS_ALL program library development)
if(MHCNN_TRAIN AND NOT MHCNN_CUDA)
  list(APPEND CPACK_COMPONENTS_ALL training)
endif()
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
    OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_PRE_BUILD_SCRIPTS "${PROJECT_SOURCE_DIR}/packaging/debian/finish.cmake")
set(CPACK_MHCNN_DEBIAN_DIR "${PROJECT_SOURCE_DIR}/packaging/debian")

set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
set(CPACK_DEBIAN_PACKAGE_SECTION science)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS "${OPENVINO_LIBDIR}")
if(MHCNN_TRAIN)
  list(APPEND CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS "${TORCH_ROOT}/lib" "${TORCH_RUNTIME_DIR}")
endif()

set(CPACK_DEBIAN_PROGRAM_PACKAGE_NAME mhcnn)
set(CPACK_COMPONENT_PROGRAM_DESCRIPTION "breast density from mammograms
Measures the mask of dense tissue, the percent density and the BI-RADS
density category of mammograms with a convolutional network, for files,
batches and as a node beside a PACS. Contains the models and the inference
engine; needs no GPU and no network.
.
A research tool, not a medical device.")
# Loaded at run time (image/opencv_codecs.h), so that the linker's list lacks it.
string(REGEX REPLACE "^.*\\.so\\." "libopencv-imgcodecs" CPACK_DEBIAN_PROGRAM_PACKAGE_DEPENDS "${MHCNN_IMGCODECS}")
set(CPACK_DEBIAN_PROGRAM_PACKAGE_CONTROL_EXTRA "${PROJECT_SOURCE_DIR}/packaging/debian/postinst"
    "${PROJECT_SOURCE_DIR}/packaging/debian/prerm" "${PROJECT_SOURCE_DIR}/packaging/debian/postrm")
set(CPACK_DEBIAN_PROGRAM_PACKAGE_CONTROL_STRICT_PERMISSION ON)

set(CPACK_DEBIAN_LIBRARY_PACKAGE_NAME "libmhcnn${MHCNN_SOVERSION}")
set(CPACK_DEBIAN_LIBRARY_PACKAGE_SECTION libs)
set(CPACK_DEBIAN_LIBRARY_PACKAGE_DEPENDS "mhcnn (= ${PROJECT_VERSION})")
# Not CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS: it would offer the private libraries to other packages.
file(WRITE "${PROJECT_BINARY_DIR}/packaging/shlibs" "libmhcnn ${MHCNN_SOVERSION} libmhcnn${MHCNN_SOVERSION} (>= ${PROJECT_VERSION})\n")
set(CPACK_DEBIAN_LIBRARY_PACKAGE_CONTROL_EXTRA "${PROJECT_SOURCE_DIR}/packaging/debian/triggers" "${PROJECT_BINARY_DIR}/packaging/shlibs")
set(CPACK_DEBIAN_LIBRARY_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_COMPONENT_LIBRARY_DESCRIPTION "breast density from mammograms - shared library
Measures mammograms from other programs: files, buffers, pixels, exams.
.
A research tool, not a medical device.")
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME libmhcnn-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SHLIBDEPS OFF)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS "libmhcnn${MHCNN_SOVERSION} (= ${PROJECT_VERSION})")
set(CPACK_COMPONENT_DEVELOPMENT_DESCRIPTION "breast density from mammograms - development files
Headers and CMake files of libmhcnn, and an example.
.
A research tool, not a medical device.")

set(CPACK_DEBIAN_TRAINING_PACKAGE_NAME mhcnn-train)
set(CPACK_DEBIAN_TRAINING_PACKAGE_DEPENDS "mhcnn (= ${PROJECT_VERSION}), ${CPACK_DEBIAN_PROGRAM_PACKAGE_DEPENDS}, python3, python3-pip")
set(CPACK_DEBIAN_TRAINING_PACKAGE_SUGGESTS "openmpi-bin")
set(CPACK_DEBIAN_TRAINING_PACKAGE_CONTROL_EXTRA "${PROJECT_SOURCE_DIR}/packaging/train/postinst"
    "${PROJECT_SOURCE_DIR}/packaging/train/prerm")
set(CPACK_DEBIAN_TRAINING_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_COMPONENT_TRAINING_DESCRIPTION "breast density from mammograms - training
Trains and fine-tunes the network of mhcnn on your own images, with
recipes. Needs LibTorch, which the package does not contain: the command
mhcnn-train-libtorch downloads it (540 MB).
.
A research tool, not a medical device.")
include(CPack)
