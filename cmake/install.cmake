# SPDX-License-Identifier: MIT
# Install and export of calando::calando, for find_package(calando).
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
install(TARGETS calando EXPORT calando FILE_SET HEADERS)
install(EXPORT calando NAMESPACE calando:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/calando
        FILE calandoTargets.cmake)
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/calandoConfig.cmake.in calandoConfig.cmake
                              INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/calando)
write_basic_package_version_file(calandoConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/calandoConfig.cmake ${PROJECT_BINARY_DIR}/calandoConfigVersion.cmake
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/calando)
