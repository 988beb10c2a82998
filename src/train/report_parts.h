// SPDX-License-Identifier: MIT
// The parts of the report's page, in the order in which they are read. Each gives HTML, empty where it has nothing to
// say, and adds the data of its charts.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "src/train/report.h"

namespace calando::training {

std::string key_figures(const ReportData& data);
std::string learning_part(const ReportData& data, nlohmann::ordered_json& charts);
std::string classes_part(const ClassificationReport& report, const std::string& scored_on);
std::string mistakes_part(const ClassificationReport& report);
std::string calibration_part(const ClassificationReport& report, nlohmann::ordered_json& charts);
std::string regression_part(const RegressionReport& report, const std::string& scored_on,
                            nlohmann::ordered_json& charts);
std::string coefficients_part(const CoefficientReport& report);
std::string data_part(const ReportData& data);
std::string run_part(const ReportData& data);

}  // namespace calando::training
