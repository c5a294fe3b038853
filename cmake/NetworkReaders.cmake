# The sanitizer build's small form of the service layers: what reads bytes of a network peer, and its tests. The libraries of these
# layers need most others, which would take many minutes under sanitizers; these sources need `base` and `dicom` alone.
if(NOT MHCNN_TESTS OR NOT MHCNN_SANITIZE)
  return()
endif()
set(reader_sources "")
set(reader_tests "")
foreach(unit web/bearer_token web/http_message web/http_query web/multipart_reader web/percent_decoding web/security_fields
        access/request_client access/cookies api/zip_file deliver/stow_answer dicomweb/media_ranges peer_list
        receive/part10_head commitment_result)
  list(APPEND reader_sources "${PROJECT_SOURCE_DIR}/src/mhcnn/service/${unit}.cc")
  list(APPEND reader_tests "${PROJECT_SOURCE_DIR}/src/mhcnn/service/${unit}_test.cc")
endforeach()
add_library(mhcnn_network_readers STATIC ${reader_sources})
add_library(mhcnn::network_readers ALIAS mhcnn_network_readers)
target_include_directories(mhcnn_network_readers PUBLIC "${PROJECT_SOURCE_DIR}/src")
target_link_libraries(mhcnn_network_readers PUBLIC mhcnn::dicom DCMTK::DCMTK OpenSSL::SSL PRIVATE mhcnn::flags)
target_precompile_headers(mhcnn_network_readers REUSE_FROM mhcnn_headers)
add_executable(network_readers_test ${reader_tests})
target_link_libraries(network_readers_test PRIVATE mhcnn::network_readers zip mhcnn::testing mhcnn::flags mhcnn::test_flags)
target_precompile_headers(network_readers_test REUSE_FROM mhcnn_test_headers)
add_dependencies(sanitized_tests network_readers_test)
gtest_discover_tests(network_readers_test PROPERTIES LABELS sanitized TEST_PREFIX "network_readers/" DISCOVERY_TIMEOUT 120
                     WORKING_DIRECTORY "${PROJECT_SOURCE_DIR}")
