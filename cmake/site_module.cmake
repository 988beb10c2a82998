# SPDX-License-Identifier: MIT
# The cards' computations as one script with its WebAssembly inside, for the page of `calando explain --site`.
#
# Configured with Emscripten's toolchain (preset site, `make site`). Of /usr/include only the header-only libraries are seen: the rest is
# for another machine.
set(headers ${PROJECT_BINARY_DIR}/headers)
file(MAKE_DIRECTORY ${headers})
foreach(library fmt nlohmann)
  if(NOT EXISTS ${headers}/${library})
    file(CREATE_LINK /usr/include/${library} ${headers}/${library} SYMBOLIC)
  endif()
endforeach()
add_library(site_headers INTERFACE)
target_include_directories(site_headers SYSTEM INTERFACE ${headers})
target_compile_definitions(site_headers INTERFACE FMT_HEADER_ONLY=1)
add_library(fmt::fmt-header-only ALIAS site_headers)
add_library(nlohmann_json::nlohmann_json ALIAS site_headers)
add_compile_options(-fwasm-exceptions "SHELL:-include ${PROJECT_SOURCE_DIR}/tools/site/standard.h")
add_link_options(-O1 -fwasm-exceptions)    # from -O2 on Emscripten wants packages of Node that Debian only recommends
