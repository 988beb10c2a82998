# SPDX-License-Identifier: MIT
# The concept cards as a source of the program: every concepts/*.md.
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
  return()
endif()

set(deck ${PROJECT_BINARY_DIR}/generated/deck.cc)
file(GLOB cards CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/concepts/*.md)
add_custom_command(
  OUTPUT ${deck}
  COMMAND ${CMAKE_COMMAND} -D OUTPUT=${deck} -D FOLDER=${PROJECT_SOURCE_DIR}/concepts -P ${CMAKE_CURRENT_LIST_FILE}
  DEPENDS ${cards} ${CMAKE_CURRENT_LIST_FILE}
  COMMENT "Embedding the concept cards" VERBATIM)
target_sources(calando_cards PRIVATE ${deck})
