# Compiler, linker, cache and sanitizer settings that every target shares.
set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)

if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang" OR CMAKE_CXX_COMPILER_VERSION VERSION_LESS 19)
  message(FATAL_ERROR "freshet builds with clang 19; run ./dev setup and configure with a preset (./dev build).")
endif()

# ccache needs to be told that a precompiled header's time stamp does not matter.
find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${CCACHE})
endif()

set(CMAKE_CXX_FLAGS_RELEASE "-O2 -g1 -DNDEBUG -fno-plt")
set(CMAKE_CXX_FLAGS_DEBUG "-O0 -g1")
set(CMAKE_CXX_FLAGS_SANITIZE "-O1 -g1 -fno-omit-frame-pointer")

set(FRESHET_SANITIZE "" CACHE STRING "Sanitizers to build with, as for -fsanitize=")

# Everything that a freshet target is compiled and linked with.
add_library(freshet_build INTERFACE)
target_compile_options(freshet_build INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Wimplicit-fallthrough
  -Wthread-safety -Wthread-safety-beta -Werror)
target_compile_options(freshet_build INTERFACE "SHELL:-Xclang -fno-pch-timestamp")
target_link_options(freshet_build INTERFACE -fuse-ld=mold)
target_include_directories(freshet_build INTERFACE ${PROJECT_SOURCE_DIR}/src)
target_compile_definitions(freshet_build INTERFACE
  BOOST_ASIO_NO_DEPRECATED
  BOOST_ASIO_SEPARATE_COMPILATION
  BOOST_BEAST_SEPARATE_COMPILATION
  BOOST_BEAST_USE_STD_STRING_VIEW)
if(FRESHET_SANITIZE)
  target_compile_options(freshet_build INTERFACE
    -fsanitize=${FRESHET_SANITIZE} -fno-sanitize-recover=all)
  target_link_options(freshet_build INTERFACE -fsanitize=${FRESHET_SANITIZE})
endif()
