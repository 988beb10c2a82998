# SPDX-License-Identifier: MIT
# What every target of the project is compiled with.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

find_program(CALANDO_CCACHE ccache)
if(CALANDO_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CALANDO_CCACHE})
endif()

# No contraction: a fused multiply-add appears only where a kernel asks for one, so the same bits on every target.
add_library(calando_flags INTERFACE)
target_compile_options(calando_flags INTERFACE -Wall -Wextra -Wpedantic -Wshadow -ffp-contract=off)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  target_compile_options(calando_flags INTERFACE -Wno-restrict)  # GCC 12 sees overlaps in std::string (its bug 105651)
endif()
target_include_directories(calando_flags INTERFACE ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}
                                                   ${PROJECT_BINARY_DIR}/generated)
if(CALANDO_SANITIZE)
  target_compile_options(calando_flags INTERFACE -fsanitize=address,undefined -fno-sanitize-recover=all
                                                 -fno-omit-frame-pointer)
  target_link_options(calando_flags INTERFACE -fsanitize=address,undefined)
endif()
if(CALANDO_PORTABLE)
  target_compile_definitions(calando_flags INTERFACE CALANDO_PORTABLE=1)
endif()
