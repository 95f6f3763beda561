#include "gateway/provisioning/csv.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace cpgw::gateway::provisioning {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

}  // namespace

CsvReader::CsvReader(std::string file, CsvLimits limits, CsvPlace start)
    : file_(std::move(file)), limits_(limits), place_(start), mark_checked_(start.offset != 0) {}

void CsvReader::feed(std::string_view chunk) {
  buffer_.erase(0, begin_);
  scan_ -= begin_;
  line_start_ -= std::min(line_start_, begin_);
  begin_ = 0;
  buffer_.append(chunk);
}

void CsvReader::start_row(std::size_t begin) {
  place_.offset += begin - begin_;
  begin_ = scan_ = line_start_ = begin;
  state_ = State::field_start;
  any_ = false;
  inner_lines_ = 0;
  values_.clear();
  ends_.clear();
}

void CsvReader::end_field() {
  ends_.push_back(values_.size());
  state_ = State::field_start;
}

CsvReader::Step CsvReader::wrong(Errc code, std::string what) {
  Position at;
  at.file = file_;
  constexpr std::uint64_t kMost = std::numeric_limits<std::uint32_t>::max();
  at.line = static_cast<std::uint32_t>(std::min(place_.line + inner_lines_, kMost));
  at.column = static_cast<std::uint32_t>(scan_ - line_start_ + 1);
  at.offset = place_.offset + (scan_ - begin_);
  at.field = fmt::format("row {}, field {}", place_.row, ends_.size() + 1);
  error_ = Error(code, std::move(what), std::move(at));
  return Step::wrong;
}

// Reads on until the row in work is complete, wrong, or the input is used up.
CsvReader::Step CsvReader::scan() {
  while (scan_ < buffer_.size()) {
    if (scan_ - begin_ >= limits_.row_octets)
      return wrong(Errc::limit, fmt::format("a row may have {} octets", limits_.row_octets));
    const char c = buffer_[scan_];
    if (state_ == State::carriage_return) {
      if (c != '\n') {
        --scan_;
        return wrong(Errc::csv_syntax, "a carriage return must be followed by a line feed");
      }
      ++scan_;
      return any_ ? Step::row : Step::blank;
    }
    if (c == '\0') return wrong(Errc::csv_syntax, "a zero octet is no text");
    if (state_ == State::quoted) {
      if (c == '"') {
        state_ = State::quote_seen;
      } else {
        values_.push_back(c);
        if (c == '\n') {
          ++inner_lines_;
          line_start_ = scan_ + 1;
        }
      }
    } else if (c == '"' && state_ == State::field_start) {
      any_ = true;
      state_ = State::quoted;
    } else if (c == '"' && state_ == State::quote_seen) {
      values_.push_back('"');
      state_ = State::quoted;
    } else if (c == ',') {
      any_ = true;
      if (ends_.size() + 1 >= limits_.fields)
        return wrong(Errc::limit, fmt::format("a row may have {} fields", limits_.fields));
      end_field();
    } else if (c == '\n') {
      if (any_) end_field();
      ++scan_;
      return any_ ? Step::row : Step::blank;
    } else if (c == '\r') {
      if (any_) end_field();
      state_ = State::carriage_return;
    } else if (state_ == State::quote_seen) {
      return wrong(Errc::csv_syntax,
                   "after the closing quote a comma or the end of the line must come");
    } else if (c == '"') {
      return wrong(
          Errc::csv_syntax,
          "a quote inside a field that does not begin with one: quote the field and double it");
    } else {
      any_ = true;
      state_ = State::plain;
      values_.push_back(c);
    }
    if (values_.size() - (ends_.empty() ? 0 : ends_.back()) > limits_.field_octets)
      return wrong(Errc::limit, fmt::format("a field may have {} octets", limits_.field_octets));
    ++scan_;
  }
  if (!finished_ || begin_ == buffer_.size()) return Step::more;
  if (state_ == State::quoted)
    return wrong(Errc::csv_syntax, "the file ends inside a quoted field");
  if (state_ == State::carriage_return) {
    --scan_;
    return wrong(Errc::csv_syntax, "a carriage return must be followed by a line feed");
  }
  end_field();
  return Step::row;
}

std::optional<Result<const CsvRow*>> CsvReader::next() {
  if (!mark_checked_) {
    const auto front = std::string_view(buffer_).substr(0, kByteOrderMark.size());
    if (front.size() < kByteOrderMark.size() && kByteOrderMark.starts_with(front) && !finished_)
      return std::nullopt;
    mark_checked_ = true;
    if (front == kByteOrderMark) start_row(kByteOrderMark.size());
  }
  if (row_.number != 0) {  // the row given last
    start_row(scan_);
    row_.number = 0;
  }
  for (;;) {
    if (!error_) {
      switch (scan()) {
        case Step::more: return std::nullopt;
        case Step::blank:
          ++place_.line;
          start_row(scan_);
          continue;
        case Step::wrong: break;
        case Step::row: {
          row_.number = place_.row++;
          row_.line = place_.line;
          row_.offset = place_.offset;
          row_.next_offset = place_.offset + (scan_ - begin_);
          row_.fields.clear();
          std::size_t from = 0;
          for (const std::size_t end : ends_) {
            row_.fields.push_back(std::string_view(values_).substr(from, end - from));
            from = end;
          }
          place_.line += inner_lines_ + 1;
          place_.offset = row_.next_offset;
          begin_ = scan_;
          return &row_;
        }
      }
    }
    // An error is told when its line has ended, so that place() is where the next row starts.
    const std::size_t line_end = buffer_.find('\n', begin_);
    if (line_end == std::string::npos) {
      if (!finished_) {
        start_row(buffer_.size());
        return std::nullopt;
      }
      start_row(buffer_.size());
    } else {
      start_row(line_end + 1);
      ++place_.line;
    }
    ++place_.row;
    Error told = std::move(*error_);
    error_.reset();
    return fail(std::move(told));
  }
}

}  // namespace cpgw::gateway::provisioning
