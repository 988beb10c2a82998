# SPDX-License-Identifier: MIT
# The module itself, made small (the page is to stay under 5 MB): the cards without what only a terminal, a mail or a disk needs.
file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/cards/*.cc)
list(FILTER sources EXCLUDE REGEX "_(test|bench)\\.cc$")
list(FILTER sources EXCLUDE REGEX "/(mail|mail_parts|feed|stories|daily|raster|explain_html|explain_text|markdown|site)\\.cc$")
set(training network_rows row_kernels scores report_classes report_text model_options class_weights run_plan split preprocessing)
list(TRANSFORM training PREPEND ${PROJECT_SOURCE_DIR}/src/train/)
list(TRANSFORM training APPEND .cc)
add_executable(calando_cards ${sources} ${training} ${PROJECT_SOURCE_DIR}/tools/site/module.cc)
foreach(folder cpu spec io plot schedule optimizer bellman similarity search)
  target_link_libraries(calando_cards PRIVATE calando_${folder})
endforeach()
target_link_options(calando_cards PRIVATE
  -sBINARYEN_EXTRA_PASSES=-Oz -sSINGLE_FILE=1 -sMODULARIZE=1 -sEXPORT_NAME=calandoModule -sENVIRONMENT=web,node -sALLOW_MEMORY_GROWTH=1
  -sEXPORTED_FUNCTIONS=_calando_answer,_malloc,_free -sEXPORTED_RUNTIME_METHODS=ccall
  "SHELL:--extern-post-js ${PROJECT_SOURCE_DIR}/tools/site/ready.js")
set_target_properties(calando_cards PROPERTIES SUFFIX .js RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR})
