// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

namespace calando {

/// Which data to train on, and how to read them. Texts are those of the command line; an empty one leaves the choice to the data.
struct DataOptions {
  std::string path;                // a table, LIBSVM text, .npy, IDX, or a folder of IDX files
  std::string target;              // the column to predict; the file of labels where path is .npy or IDX
  std::string task;                // classification or regression
  std::string validation;          // a file, or a share from 0 to 1
  std::string test;                // a file
  std::string header;              // yes or no
  std::string missing = "impute";  // impute, drop or refuse
  std::vector<std::string> categorical;
  std::vector<std::string> numeric;
  std::vector<std::string> ignore;  // columns that are no features
  std::vector<std::string> missing_words;
};

}  // namespace calando
