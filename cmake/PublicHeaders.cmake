# The headers that other programs include, in include/: no type of OpenCV or of another library stands in them.
add_library(mhcnn_public INTERFACE)
add_library(mhcnn::public ALIAS mhcnn_public)
set(MHCNN_PUBLIC_INCLUDE "${PROJECT_BINARY_DIR}/include")
configure_file(include/mhcnn/version.h.in "${MHCNN_PUBLIC_INCLUDE}/mhcnn/version.h" @ONLY)
target_include_directories(mhcnn_public INTERFACE include "${MHCNN_PUBLIC_INCLUDE}")
