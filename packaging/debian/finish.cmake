# CPack runs this on the staged files: what Debian's policy wants and other installations do not.
# Compressed man pages and changelog, `copyright`, overrides of lintian with their reasons; no second copies of licences.
if(DEFINED ENV{SOURCE_DATE_EPOCH})
  execute_process(COMMAND date -u -R -d "@$ENV{SOURCE_DATE_EPOCH}" OUTPUT_VARIABLE date OUTPUT_STRIP_TRAILING_WHITESPACE)
else()
  execute_process(COMMAND date -u -R OUTPUT_VARIABLE date OUTPUT_STRIP_TRAILING_WHITESPACE)
endif()
set(packages "program=mhcnn" "library=${CPACK_DEBIAN_LIBRARY_PACKAGE_NAME}" "development=libmhcnn-dev" "training=mhcnn-train")
foreach(entry ${packages})
  string(REPLACE "=" ";" entry "${entry}")
  list(GET entry 0 component)
  list(GET entry 1 package)
  set(root "${CPACK_TEMPORARY_DIRECTORY}/${component}/usr")
  if(NOT IS_DIRECTORY "${root}")
    continue()
  endif()
  set(doc "${root}/share/doc/${package}")
  file(MAKE_DIRECTORY "${doc}")
  file(REMOVE "${doc}/LICENSE" "${doc}/openvino/LICENSE")
  configure_file("${CPACK_MHCNN_DEBIAN_DIR}/copyright" "${doc}/copyright" COPYONLY)
  file(WRITE "${doc}/changelog" "mhcnn (${CPACK_PACKAGE_VERSION}) unstable; urgency=medium

  * See CHANGELOG.md in /usr/share/doc/mhcnn.

 -- ${CPACK_PACKAGE_CONTACT}  ${date}
")
  file(GLOB compressed "${doc}/changelog" "${root}/share/man/man1/*.1")
  foreach(file ${compressed})
    execute_process(COMMAND gzip -9n "${file}" COMMAND_ERROR_IS_FATAL ANY)
  endforeach()
  set(overrides "${CPACK_MHCNN_DEBIAN_DIR}/${component}.lintian-overrides")
  if(EXISTS "${overrides}")
    file(MAKE_DIRECTORY "${root}/share/lintian/overrides")
    configure_file("${overrides}" "${root}/share/lintian/overrides/${package}" COPYONLY)
  endif()
endforeach()
