# SPDX-License-Identifier: MIT
# The files that every report carries, as a source of the program: those of src/train and Chart.js as the system has it.
#
# Run as a script it writes that source; included it makes the rule and adds the source to calando_train.
if(CMAKE_SCRIPT_MODE_FILE)
  set(source "// Made from the files that report_page.h names.\n#include \"src/train/report_page.h\"\n\nnamespace calando::training {\n")
  foreach(pair IN ITEMS Page=${PAGE} Style=${STYLE} Script=${SCRIPT} Library=${LIBRARY})
    string(REGEX MATCH "^([A-Za-z]+)=(.*)$" matched "${pair}")
    set(name kReport${CMAKE_MATCH_1})
    set(file "${CMAKE_MATCH_2}")
    if(name STREQUAL kReportLibrary)
      set(name kChartLibrary)
    endif()
    file(READ "${file}" text)
    if(text MATCHES "\\)embedded\"" OR (NOT name STREQUAL kReportPage AND text MATCHES "</(script|style)"))
      message(FATAL_ERROR "${file} cannot be embedded: it ends the text it would stand in")
    endif()
    string(APPEND source "\nconst std::string_view ${name} = R\"embedded(${text})embedded\";\n")
  endforeach()
  file(WRITE "${OUTPUT}" "${source}\n}  // namespace calando::training\n")
  return()
endif()

find_file(CALANDO_CHART_LIBRARY chart.min.js PATHS /usr/share/javascript PATH_SUFFIXES chart.js REQUIRED
          DOC "Chart.js, of Debian's libjs-chart.js")
set(report_page ${PROJECT_BINARY_DIR}/generated/report_page.cc)
set(page_files ${PROJECT_SOURCE_DIR}/src/train/report_page)
add_custom_command(
  OUTPUT ${report_page}
  COMMAND ${CMAKE_COMMAND} -D OUTPUT=${report_page} -D PAGE=${page_files}.html -D STYLE=${page_files}.css
          -D SCRIPT=${page_files}.js -D LIBRARY=${CALANDO_CHART_LIBRARY} -P ${CMAKE_CURRENT_LIST_FILE}
  DEPENDS ${page_files}.html ${page_files}.css ${page_files}.js ${CALANDO_CHART_LIBRARY} ${CMAKE_CURRENT_LIST_FILE}
  COMMENT "Embedding the report's page" VERBATIM)
# Clang counts a string's length against the 65536 that every compiler must take.
set_source_files_properties(${report_page} PROPERTIES COMPILE_OPTIONS -Wno-overlength-strings)
target_sources(calando_train PRIVATE ${report_page})
