// SPDX-License-Identifier: MIT
// The files that every report carries, embedded when the program is built (cmake/report_page.cmake).
#pragma once

#include <string_view>

namespace calando::training {

extern const std::string_view kReportPage;    // report_page.html: @name@ marks where the parts go
extern const std::string_view kReportStyle;   // report_page.css
extern const std::string_view kReportScript;  // report_page.js
extern const std::string_view kChartLibrary;  // Chart.js, MIT licence, its notice inside

}  // namespace calando::training
