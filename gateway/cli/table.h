// Text tables for people.
#pragma once

#include <string>
#include <vector>

namespace cpgw::gateway::cli {

/// Columns as wide as their widest cell, two blanks between; a column whose every cell is a number
/// is set right. Control characters become '?'; a short row ends in empty cells.
[[nodiscard]] std::string table(const std::vector<std::string>& header,
                                const std::vector<std::vector<std::string>>& rows);

}  // namespace cpgw::gateway::cli
