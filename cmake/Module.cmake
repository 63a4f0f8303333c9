# freshet_module(<name> HEADERS ... [SOURCES ...] [LINKS ...] [PRIVATE_LINKS ...]
#                [TESTS ...] [TEST_LINKS ...] [BENCHES ...] [FUZZERS ...])
#
# One module folder: the library freshet_<name>; <name>_test with every TESTS file; <name>_bench with every BENCHES file, which
# ctest runs once, briefly; and for each FUZZERS file x_fuzz.cc a target that libFuzzer drives in the asan preset
# (./dev fuzz) and that replays tests/corpora/<x>/ everywhere (ctest).
add_library(freshet_pch STATIC ${PROJECT_SOURCE_DIR}/cmake/precompiled.cc)
target_link_libraries(freshet_pch PUBLIC freshet_build Boost::headers Boost::json fmt::fmt Threads::Threads)
target_precompile_headers(freshet_pch PRIVATE ${PROJECT_SOURCE_DIR}/cmake/precompiled.h)

# Test binaries share a second precompiled header that also holds GoogleTest.
add_library(freshet_test_pch STATIC ${PROJECT_SOURCE_DIR}/cmake/precompiled.cc)
target_link_libraries(freshet_test_pch PUBLIC freshet_build Boost::headers Boost::json fmt::fmt GTest::gmock Threads::Threads)
target_precompile_headers(freshet_test_pch PRIVATE ${PROJECT_SOURCE_DIR}/cmake/precompiled.h <gmock/gmock.h> <gtest/gtest.h>)

set(FRESHET_TEST_TIMEOUT 600 CACHE STRING "Seconds after which a test binary is stopped")

function(freshet_module NAME)
  cmake_parse_arguments(ARG "" "" "HEADERS;SOURCES;LINKS;PRIVATE_LINKS;TESTS;TEST_LINKS;BENCHES;FUZZERS" ${ARGN})
  set(library freshet_${NAME})
  if(ARG_SOURCES)
    add_library(${library} STATIC ${ARG_SOURCES} ${ARG_HEADERS})
    target_precompile_headers(${library} REUSE_FROM freshet_pch)
    target_link_libraries(${library} PUBLIC freshet_build Boost::headers fmt::fmt ${ARG_LINKS} PRIVATE ${ARG_PRIVATE_LINKS})
  else()
    add_library(${library} INTERFACE)
    target_link_libraries(${library} INTERFACE freshet_build Boost::headers fmt::fmt ${ARG_LINKS})
  endif()

  foreach(header ${ARG_HEADERS})
    list(APPEND headers ${CMAKE_CURRENT_SOURCE_DIR}/${header})
  endforeach()
  set_property(GLOBAL APPEND PROPERTY FRESHET_HEADERS ${headers})

  if(ARG_TESTS)
    add_executable(${NAME}_test ${ARG_TESTS})
    target_precompile_headers(${NAME}_test REUSE_FROM freshet_test_pch)
    target_link_libraries(${NAME}_test PRIVATE ${library} ${ARG_TEST_LINKS} GTest::gmock GTest::gtest_main)
    add_test(NAME ${NAME}_test COMMAND ${NAME}_test)
    set_tests_properties(${NAME}_test PROPERTIES LABELS "unit" TIMEOUT ${FRESHET_TEST_TIMEOUT})
  endif()

  if(ARG_BENCHES)
    add_executable(${NAME}_bench ${ARG_BENCHES})
    target_precompile_headers(${NAME}_bench REUSE_FROM freshet_pch)
    target_link_libraries(${NAME}_bench PRIVATE ${library} ${ARG_TEST_LINKS} benchmark::benchmark_main)
    add_test(NAME ${NAME}_bench_once COMMAND ${NAME}_bench --benchmark_min_time=0.001)
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
    set(corpus ${PROJECT_SOURCE_DIR}/tests/corpora/${fuzzer})
    if(FRESHET_SANITIZE MATCHES "address")
      add_test(NAME ${fuzzer}_fuzz_replay COMMAND ${fuzzer}_fuzz -runs=0 ${corpus})
    else()
      add_test(NAME ${fuzzer}_fuzz_replay COMMAND ${fuzzer}_fuzz ${corpus})
    endif()
    set_tests_properties(${fuzzer}_fuzz_replay PROPERTIES LABELS "fuzz" TIMEOUT ${FRESHET_TEST_TIMEOUT})
  endforeach()
endfunction()
