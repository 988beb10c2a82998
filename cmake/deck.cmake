# SPDX-License-Identifier: MIT
# The concept cards and the page of their site as sources of the program: every concepts/*.md, and src/cards/site_page.*.
#
# Run as a script it writes that source; included it makes the rule and adds the source to calando_cards.
if(CMAKE_SCRIPT_MODE_FILE)
  file(GLOB cards ${FOLDER}/*.md)
  list(SORT cards)
  set(source "// Made from concepts/*.md.\n#include \"src/cards/deck.h\"\n\nnamespace calando::cards {\n\nconst std::vector<CardFile> kCardFiles = {\n")
  foreach(card IN LISTS cards)
    get_filename_component(id ${card} NAME_WE)
    file(READ ${card} text)
    if(text MATCHES "\\)embedded\"")
      message(FATAL_ERROR "${card} cannot be embedded: it ends the text it would stand in")
    endif()
    string(APPEND source "    {\"${id}\", R\"embedded(${text})embedded\"},\n")
  endforeach()
  file(WRITE "${OUTPUT}" "${source}};\n\n}  // namespace calando::cards\n")
  set(source "// Made from src/cards/site_page.*.\n#include \"src/cards/site.h\"\n\nnamespace calando::cards {\n")
  foreach(pair IN ITEMS Page=html Style=css Script=js)
    string(REGEX MATCH "^(.*)=(.*)$" matched "${pair}")
    set(name kSite${CMAKE_MATCH_1})
    file(READ "${PAGE}.${CMAKE_MATCH_2}" text)
    string(APPEND source "\nconst std::string_view ${name} = R\"embedded(${text})embedded\";\n")
  endforeach()
  file(WRITE "${SITE}" "${source}\n}  // namespace calando::cards\n")
  return()
endif()

set(deck ${PROJECT_BINARY_DIR}/generated/deck.cc)
set(site ${PROJECT_BINARY_DIR}/generated/site_page.cc)
set(page ${PROJECT_SOURCE_DIR}/src/cards/site_page)
file(GLOB cards CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/concepts/*.md)
add_custom_command(
  OUTPUT ${deck} ${site}
  COMMAND ${CMAKE_COMMAND} -D OUTPUT=${deck} -D FOLDER=${PROJECT_SOURCE_DIR}/concepts -D SITE=${site} -D PAGE=${page}
          -P ${CMAKE_CURRENT_LIST_FILE}
  DEPENDS ${cards} ${page}.html ${page}.css ${page}.js ${CMAKE_CURRENT_LIST_FILE}
  COMMENT "Embedding the concept cards" VERBATIM)
set_source_files_properties(${deck} ${site} PROPERTIES COMPILE_OPTIONS -Wno-overlength-strings)
target_sources(calando_cards PRIVATE ${deck} ${site})
