# Warnings, sanitizers and link habits of our own targets: link mhcnn::flags to get them.
add_library(mhcnn_flags INTERFACE)
add_library(mhcnn::flags ALIAS mhcnn_flags)
# -fPIC for all, programs too: precompiled headers are shared between libraries and programs, and the libraries go into shared ones.
target_compile_options(mhcnn_flags INTERFACE -fPIC -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor
  # g++ 12 warns falsely where it inlines std::string (GCC bugs 105651, 105329, 105762).
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict;-Wno-array-bounds;-Wno-stringop-overflow;-Wno-stringop-overread>)
if(MHCNN_WERROR AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(mhcnn_flags INTERFACE -Werror)
endif()

# Sources that call others and have no loops of their own over pixels: optimising them takes a third of their compile time and gains
# nothing. g++ 12 warns falsely at -O1, as it does under sanitizers.
add_library(mhcnn_glue_flags INTERFACE)
add_library(mhcnn::glue_flags ALIAS mhcnn_glue_flags)
target_compile_options(mhcnn_glue_flags INTERFACE $<$<CONFIG:Release>:-O1>
  $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
# Tests run once; optimising them takes longer than it saves.
add_library(mhcnn_test_flags INTERFACE)
add_library(mhcnn::test_flags ALIAS mhcnn_test_flags)
target_link_libraries(mhcnn_test_flags INTERFACE mhcnn::glue_flags)

if(MHCNN_SANITIZE)
  target_compile_options(mhcnn_flags INTERFACE -fsanitize=${MHCNN_SANITIZE} -fno-sanitize-recover=all
                                               -fno-omit-frame-pointer)
  target_link_options(mhcnn_flags INTERFACE -fsanitize=${MHCNN_SANITIZE})
  # g++ 12 under sanitizers warns falsely inside <regex> (GCC bug 105562).
  target_compile_options(mhcnn_flags INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
endif()

if(MHCNN_FUZZ)
  target_compile_options(mhcnn_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()

# An object that was compiled in one build folder comes out of the cache in the others: paths count from the build folder, and
# precompiled headers are taken for what is in them.
find_program(MHCNN_CCACHE ccache)
if(MHCNN_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CMAKE_COMMAND}" -E env "CCACHE_BASEDIR=${PROJECT_SOURCE_DIR}"
    "CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime" "${MHCNN_CCACHE}")
endif()
find_program(MHCNN_MOLD mold)
if(MHCNN_MOLD)
  add_link_options(-fuse-ld=mold)
endif()
