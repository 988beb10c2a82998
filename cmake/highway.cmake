# SPDX-License-Identifier: MIT
# Debian's package of Highway has pkg-config files and a broken or absent CMake package, depending on the release.
find_library(CALANDO_HWY_LIBRARY hwy REQUIRED)
find_path(CALANDO_HWY_INCLUDE hwy/highway.h REQUIRED)
add_library(calando_hwy INTERFACE)
target_include_directories(calando_hwy SYSTEM INTERFACE ${CALANDO_HWY_INCLUDE})
target_link_libraries(calando_hwy INTERFACE ${CALANDO_HWY_LIBRARY})
