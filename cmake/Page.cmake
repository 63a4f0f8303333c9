# The page of web/, built once for all presets and carried by the program: FRESHET_PAGE_SOURCE defines its files.
#
# ninja asks tools/page/build.py again whenever a file or folder that it named in the depfile has changed; it builds only
# when their content has, and pack.py writes only what differs.
set(FRESHET_PAGE_SOURCE ${CMAKE_CURRENT_BINARY_DIR}/generated/page_files.cc)
set(page_depfile ${CMAKE_CURRENT_BINARY_DIR}/generated/page_files.d)
add_custom_command(OUTPUT ${FRESHET_PAGE_SOURCE}
  COMMAND Python3::Interpreter -B ${PROJECT_SOURCE_DIR}/tools/page/build.py ${PROJECT_SOURCE_DIR}
          --depfile ${page_depfile} --target ${FRESHET_PAGE_SOURCE}
  COMMAND Python3::Interpreter -B ${PROJECT_SOURCE_DIR}/tools/page/pack.py ${PROJECT_SOURCE_DIR}/build/web
          ${FRESHET_PAGE_SOURCE}
  DEPENDS ${PROJECT_SOURCE_DIR}/tools/page/build.py ${PROJECT_SOURCE_DIR}/tools/page/pack.py
  DEPFILE ${page_depfile}
  COMMENT "Packing the page"
  USES_TERMINAL
  VERBATIM)
