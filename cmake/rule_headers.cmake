# SPDX-License-Identifier: MIT
# calando/rules/all.h: the headers of all update rules, so that a new one is named once, in rules/list.h.
set(rule_headers ${PROJECT_BINARY_DIR}/generated/calando/rules/all.h)
file(GLOB rules CONFIGURE_DEPENDS RELATIVE ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/include/calando/rules/*.h)
list(REMOVE_ITEM rules calando/rules/list.h)
list(TRANSFORM rules REPLACE "(.+)" "#include \"\\1\"")
list(JOIN rules "\n" rules)
file(CONFIGURE OUTPUT ${rule_headers} CONTENT "// SPDX-License-Identifier: MIT\n#pragma once\n\n${rules}\n" @ONLY)
