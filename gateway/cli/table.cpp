#include "gateway/cli/table.h"

#include <algorithm>

#include "gateway/cli/io.h"

namespace cpgw::gateway::cli {
namespace {

/// Columns on a terminal: code points, not octets.
std::size_t width(const std::string& text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

bool is_number(const std::string& text) {
  return !text.empty() &&
         std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || c == '.'; });
}

}  // namespace

std::string table(const std::vector<std::string>& header,
                  const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::vector<std::string>> lines{header};
  lines.insert(lines.end(), rows.begin(), rows.end());
  std::vector<std::size_t> widths(header.size());
  std::vector<bool> right(header.size(), !rows.empty());
  for (std::size_t n = 0; n < lines.size(); ++n) {
    lines[n].resize(header.size());
    for (std::size_t i = 0; i < header.size(); ++i) {
      lines[n][i] = printable(lines[n][i]);
      widths[i] = std::max(widths[i], width(lines[n][i]));
      if (n > 0) right[i] = right[i] && is_number(lines[n][i]);
    }
  }
  std::string out;
  for (const auto& cells : lines) {
    std::string text;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const std::string pad(widths[i] - width(cells[i]), ' ');
      text += (i == 0 ? "" : "  ") + (right[i] ? pad + cells[i] : cells[i] + pad);
    }
    text.erase(text.find_last_not_of(' ') + 1);
    out += text + "\n";
  }
  return out;
}

}  // namespace cpgw::gateway::cli
