# freshet_module(<name> [CONCURRENT] HEADERS ... [SOURCES ...] [LINKS ...] [PRIVATE_LINKS ...]
#                [TESTS ...] [TEST_LINKS ...] [BENCHES ...] [FUZZERS ...])
#
# One module folder: the library freshet_<name>; <name>_test with every TESTS file, headers of fixtures included;
# <name>_bench with every BENCHES file, which ctest runs once, briefly; and for each FUZZERS file x_fuzz.cc a target that
# libFuzzer drives in the asan preset (./dev fuzz) and that replays tests/corpora/<x>/ everywhere (ctest). CONCURRENT: more
# than one thread touches the module's objects, so its tests run under the thread sanitizer too.
#
# freshet_pytest(<name> FOLDER <folder> LABELS ... [NEEDS <target>...] [ENVIRONMENT <NAME=value>...] [SERIAL])
#
# One folder of pytest tests as one ctest test. NEEDS are built before it; SERIAL keeps other tests off the machine meanwhile.
#
# ctest labels: unit, concurrent, fuzz, bench, functional, crash, house, long. The targets `tests`, `concurrent_tests`,
# `benches` and `fuzzers` build what they run. Every test leaves its cases in ${FRESHET_RESULTS} as JUnit XML, for
# ./dev test to count.
add_library(freshet_pch STATIC ${PROJECT_SOURCE_DIR}/cmake/precompiled.cc)
target_link_libraries(freshet_pch PUBLIC freshet_build Boost::headers Boost::json fmt::fmt Threads::Threads)
target_precompile_headers(freshet_pch PRIVATE ${PROJECT_SOURCE_DIR}/cmake/precompiled.h)

# Test binaries share a second precompiled header that also holds GoogleTest.
add_library(freshet_test_pch STATIC ${PROJECT_SOURCE_DIR}/cmake/precompiled.cc)
target_link_libraries(freshet_test_pch PUBLIC freshet_build Boost::headers Boost::json fmt::fmt GTest::gmock Threads::Threads)
target_precompile_headers(freshet_test_pch PRIVATE ${PROJECT_SOURCE_DIR}/cmake/precompiled.h <gmock/gmock.h> <gtest/gtest.h>)

set(FRESHET_TEST_TIMEOUT 600 CACHE STRING "Seconds after which a test binary is stopped")
set(FRESHET_RESULTS ${CMAKE_BINARY_DIR}/results)

# Sanitizers' reports name functions and lines only when they find the symbolizer of this compiler's version.
set(FRESHET_TEST_ENVIRONMENT "UBSAN_OPTIONS=print_stacktrace=1")
find_program(FRESHET_SYMBOLIZER llvm-symbolizer-19)
if(FRESHET_SYMBOLIZER)
  list(APPEND FRESHET_TEST_ENVIRONMENT
    "ASAN_SYMBOLIZER_PATH=${FRESHET_SYMBOLIZER}"
    "TSAN_OPTIONS=external_symbolizer_path=${FRESHET_SYMBOLIZER} suppressions=${PROJECT_SOURCE_DIR}/cmake/tsan_suppressions.txt")
endif()

add_custom_target(tests)
add_custom_target(concurrent_tests)
add_custom_target(benches)
add_custom_target(fuzzers)
add_custom_target(headers_alone)

# freshet_check_headers(<name> <headers> <link>...): headers_alone compiles each header by itself, without the precompiled
# one. x_inl.h is the second half of x.h.
function(freshet_check_headers NAME HEADERS)
  list(FILTER HEADERS EXCLUDE REGEX "_inl.h$")
  if(NOT HEADERS)
    return()
  endif()
  foreach(header ${HEADERS})
    cmake_path(RELATIVE_PATH CMAKE_CURRENT_SOURCE_DIR BASE_DIRECTORY ${PROJECT_SOURCE_DIR}/src OUTPUT_VARIABLE folder)
    string(MAKE_C_IDENTIFIER ${header} file)
    set(alone ${CMAKE_CURRENT_BINARY_DIR}/headers_alone/${file}.cc)
    file(CONFIGURE OUTPUT ${alone} CONTENT "#include \"${folder}/${header}\"\n#include \"${folder}/${header}\"\n")
    list(APPEND sources ${alone})
  endforeach()
  add_library(headers_alone_${NAME} OBJECT EXCLUDE_FROM_ALL ${sources})
  target_compile_options(headers_alone_${NAME} PRIVATE -O0 -g0)
  target_link_libraries(headers_alone_${NAME} PRIVATE ${ARGN})
  add_dependencies(headers_alone headers_alone_${NAME})
endfunction()

function(freshet_module NAME)
  cmake_parse_arguments(ARG "CONCURRENT" "" "HEADERS;SOURCES;LINKS;PRIVATE_LINKS;TESTS;TEST_LINKS;BENCHES;FUZZERS" ${ARGN})
  set(library freshet_${NAME})
  if(ARG_SOURCES)
    add_library(${library} STATIC ${ARG_SOURCES} ${ARG_HEADERS})
    target_precompile_headers(${library} REUSE_FROM freshet_pch)
    target_link_libraries(${library} PUBLIC freshet_build Boost::headers fmt::fmt ${ARG_LINKS} PRIVATE ${ARG_PRIVATE_LINKS})
  else()
    add_library(${library} INTERFACE)
    target_link_libraries(${library} INTERFACE freshet_build Boost::headers fmt::fmt ${ARG_LINKS})
  endif()

  # Shows libFuzzer which branches an input takes. -fsanitize=fuzzer-no-link would do it too, but not beside a precompiled header.
  if(ARG_FUZZERS AND ARG_SOURCES AND FRESHET_SANITIZE MATCHES "address")
    target_compile_options(${library} PRIVATE -fsanitize-coverage=inline-8bit-counters,pc-table,trace-cmp)
  endif()

  freshet_check_headers(${NAME} "${ARG_HEADERS}" ${library})

  if(ARG_TESTS)
    add_executable(${NAME}_test ${ARG_TESTS})
    target_precompile_headers(${NAME}_test REUSE_FROM freshet_test_pch)
    target_link_libraries(${NAME}_test PRIVATE ${library} ${ARG_TEST_LINKS} GTest::gmock GTest::gtest_main)
    add_test(NAME ${NAME}_test COMMAND ${NAME}_test)
    set(test_headers ${ARG_TESTS})
    list(FILTER test_headers INCLUDE REGEX "\\.h$")
    freshet_check_headers(${NAME}_test "${test_headers}" ${library} ${ARG_TEST_LINKS} GTest::gmock)
    set(labels unit)
    add_dependencies(tests ${NAME}_test)
    if(ARG_CONCURRENT)
      list(APPEND labels concurrent)
      add_dependencies(concurrent_tests ${NAME}_test)
    endif()
    set_tests_properties(${NAME}_test PROPERTIES LABELS "${labels}" TIMEOUT ${FRESHET_TEST_TIMEOUT}
      ENVIRONMENT "${FRESHET_TEST_ENVIRONMENT};GTEST_OUTPUT=xml:${FRESHET_RESULTS}/${NAME}_test.xml")
  endif()

  if(ARG_BENCHES)
    add_executable(${NAME}_bench ${ARG_BENCHES})
    target_precompile_headers(${NAME}_bench REUSE_FROM freshet_pch)
    target_link_libraries(${NAME}_bench PRIVATE ${library} ${ARG_TEST_LINKS} benchmark::benchmark_main)
    add_test(NAME ${NAME}_bench_once COMMAND ${NAME}_bench --benchmark_min_time=0.001)
    add_dependencies(benches ${NAME}_bench)
    set_tests_properties(${NAME}_bench_once PROPERTIES LABELS "bench" TIMEOUT ${FRESHET_TEST_TIMEOUT})
  endif()

  foreach(source ${ARG_FUZZERS})
    string(REGEX REPLACE "(.*/)?([^/]+)_fuzz.cc$" "\\2" fuzzer ${source})
    add_executable(${fuzzer}_fuzz ${source})
    target_link_libraries(${fuzzer}_fuzz PRIVATE ${library} ${ARG_TEST_LINKS})
    if(FRESHET_SANITIZE MATCHES "address")
      target_link_options(${fuzzer}_fuzz PRIVATE -fsanitize=fuzzer)
      target_compile_options(${fuzzer}_fuzz PRIVATE -fsanitize=fuzzer-no-link)
    else()
      target_sources(${fuzzer}_fuzz PRIVATE ${PROJECT_SOURCE_DIR}/cmake/fuzz_replay.cc)
    endif()
    add_dependencies(tests ${fuzzer}_fuzz)
    add_dependencies(fuzzers ${fuzzer}_fuzz)
    set(corpus ${PROJECT_SOURCE_DIR}/tests/corpora/${fuzzer})
    if(FRESHET_SANITIZE MATCHES "address")
      add_test(NAME ${fuzzer}_fuzz_replay COMMAND ${fuzzer}_fuzz -runs=0 ${corpus})
    else()
      add_test(NAME ${fuzzer}_fuzz_replay COMMAND ${fuzzer}_fuzz ${corpus})
    endif()
    set_tests_properties(${fuzzer}_fuzz_replay PROPERTIES LABELS "fuzz" TIMEOUT ${FRESHET_TEST_TIMEOUT}
      ENVIRONMENT "${FRESHET_TEST_ENVIRONMENT}")
  endforeach()
endfunction()

function(freshet_pytest NAME)
  cmake_parse_arguments(ARG "SERIAL" "FOLDER" "LABELS;NEEDS;ENVIRONMENT" ${ARGN})
  set(environment ${FRESHET_TEST_ENVIRONMENT} "FRESHET_BUILD=${CMAKE_BINARY_DIR}" ${ARG_ENVIRONMENT})
  add_test(NAME ${NAME}
    COMMAND Python3::Interpreter -B -m pytest -q -p no:cacheprovider --junit-xml=${FRESHET_RESULTS}/${NAME}.xml ${ARG_FOLDER}
    WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  set_tests_properties(${NAME} PROPERTIES LABELS "${ARG_LABELS}" TIMEOUT ${FRESHET_TEST_TIMEOUT}
    ENVIRONMENT "${environment}")
  if(ARG_SERIAL)
    set_tests_properties(${NAME} PROPERTIES RUN_SERIAL ON)
  endif()
  if(ARG_NEEDS)
    add_dependencies(tests ${ARG_NEEDS})
    if("concurrent" IN_LIST ARG_LABELS)
      add_dependencies(concurrent_tests ${ARG_NEEDS})
    endif()
  endif()
endfunction()
