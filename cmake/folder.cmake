# SPDX-License-Identifier: MIT
# One call per folder of src/: its sources, its tests and its benchmarks, by their names' endings.
#
#   calando_folder(schedule DEPENDS spec LIBRARIES fmt::fmt)
#
# DEPENDS names the folders it may include: the dependency arrows of DESIGN.md, checked by the linker, because a
# test of a folder links that folder and what it depends on, and nothing else.
#
# APART: no part of the library calando, but of the program alone, so that users of the library need none of its LIBRARIES.
function(calando_folder name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "APART" "" "DEPENDS;LIBRARIES")
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${name}/*.cc)
  set(tests ${sources})
  set(benches ${sources})
  list(FILTER tests INCLUDE REGEX "_test\\.cc$")
  list(FILTER benches INCLUDE REGEX "_bench\\.cc$")
  list(FILTER sources EXCLUDE REGEX "_(test|bench)\\.cc$")

  add_library(calando_${name} OBJECT ${sources})
  target_link_libraries(calando_${name} PUBLIC calando_flags ${arg_LIBRARIES})
  set(reach ${arg_DEPENDS})
  foreach(other IN LISTS arg_DEPENDS)
    get_target_property(more calando_${other} CALANDO_REACH)
    list(APPEND reach ${more})
    target_link_libraries(calando_${name} PUBLIC $<TARGET_PROPERTY:calando_${other},CALANDO_LIBRARIES>)
  endforeach()
  list(REMOVE_DUPLICATES reach)
  set_target_properties(calando_${name} PROPERTIES CALANDO_REACH "${reach}" CALANDO_LIBRARIES "${arg_LIBRARIES}")
  if(NOT arg_APART)
    set_property(GLOBAL APPEND PROPERTY CALANDO_FOLDERS ${name})
  endif()

  set(objects calando_${name})
  foreach(other IN LISTS reach)
    list(APPEND objects calando_${other})
  endforeach()
  if(CALANDO_DEVELOPER AND tests)
    add_executable(calando_${name}_test ${tests})
    target_link_libraries(calando_${name}_test PRIVATE ${objects} GTest::gtest_main GTest::gmock)
    gtest_discover_tests(calando_${name}_test TEST_PREFIX "${name}." DISCOVERY_TIMEOUT 60)
  endif()
  if(CALANDO_DEVELOPER AND benches AND NOT CALANDO_PORTABLE)
    add_executable(calando_${name}_bench ${benches})
    target_link_libraries(calando_${name}_bench PRIVATE ${objects} benchmark::benchmark benchmark::benchmark_main)
  endif()
endfunction()
if(CALANDO_DEVELOPER)
  include(GoogleTest)
endif()
