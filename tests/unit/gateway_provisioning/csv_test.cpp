#include "gateway/provisioning/csv.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace cpgw::gateway::provisioning {
namespace {

// A row or error as one line of text, so that tables read easily.
std::vector<std::string> read_all(std::string_view text, std::size_t chunk, CsvLimits limits = {},
                                  CsvPlace start = {}) {
  CsvReader reader("r.csv", limits, start);
  std::vector<std::string> out;
  const auto drain = [&] {
    while (auto next = reader.next()) {
      std::string line;
      if (*next) {
        const CsvRow& row = ***next;
        line = std::to_string(row.number) + "@" + std::to_string(row.line);
        for (const auto field : row.fields) line += "|" + std::string(field);
        EXPECT_EQ(row.next_offset, reader.place().offset);
        EXPECT_EQ(row.number + 1, reader.place().row);
      } else {
        line = to_string(next->error());
      }
      out.push_back(line + " ->" + std::to_string(reader.place().offset) + "/" +
                    std::to_string(reader.place().line));
    }
  };
  for (std::size_t from = 0; from < text.size(); from += chunk) {
    reader.feed(text.substr(from, chunk));
    drain();
  }
  reader.finish();
  drain();
  return out;
}

struct Case {
  std::string_view name, text;
  std::vector<std::string> rows;
};

const std::vector<Case>& cases() {
  static const std::vector<Case> kCases{
      {"nothing", "", {}},
      {"only a line end", "\r\n\n", {}},
      {"one row without a line end", "a,b", {"1@1|a|b ->3/2"}},
      {"both line ends", "a,b\r\nc,d\n", {"1@1|a|b ->5/2", "2@2|c|d ->9/3"}},
      {"empty fields", ",\n,,\n", {"1@1|| ->2/2", "2@2||| ->5/3"}},
      {"empty lines take no number", "a\n\n\r\nb\n", {"1@1|a ->2/2", "2@4|b ->7/5"}},
      {"quotes", "\"a\"\"b\",\"\"\n\"\"\n", {"1@1|a\"b| ->10/2", "2@2| ->13/3"}},
      {"line ends inside quotes",
       "\"a\r\nb\nc\",d\ne\n",
       {"1@1|a\r\nb\nc|d ->11/4", "2@4|e ->13/5"}},
      {"a byte order mark", "\xEF\xBB\xBF\"n\",x\n1,2", {"1@1|n|x ->9/2", "2@2|1|2 ->12/3"}},
      {"blanks are content", " a , b\n", {"1@1| a | b ->7/2"}},
      {"text after a closing quote",
       "\"a\"b,c\nd\n",
       {"r.csv:1:4: after the closing quote a comma or the end of the line must come (offset 3, "
        "field row 1, field 1) [provisioning/csv-syntax] ->7/2",
        "2@2|d ->9/3"}},
      {"a quote in the middle",
       "x\na,b\"c\nd\n",
       {"1@1|x ->2/2",
        "r.csv:2:4: a quote inside a field that does not begin with one: quote the field and "
        "double it (offset 5, field row 2, field 2) [provisioning/csv-syntax] ->8/3",
        "3@3|d ->10/4"}},
      {"a stray opening quote loses only its own line",
       "1,\"x\n2,\"y\"\n3,z\n",
       {"r.csv:2:4: after the closing quote a comma or the end of the line must come (offset 8, "
        "field row 1, field 2) [provisioning/csv-syntax] ->5/2",
        "2@2|2|y ->11/3", "3@3|3|z ->15/4"}},
      {"a quote never closed",
       "1,\"x\n2,y\n",
       {"r.csv:3:1: the file ends inside a quoted field (offset 9, field row 1, field 2) "
        "[provisioning/csv-syntax] ->5/2",
        "2@2|2|y ->9/3"}},
      {"a lone carriage return",
       "a\rb\nc\n",
       {"r.csv:1:2: a carriage return must be followed by a line feed (offset 1, field row 1, "
        "field 2) [provisioning/csv-syntax] ->4/2",
        "2@2|c ->6/3"}},
      {"a carriage return at the end",
       "a\r",
       {"r.csv:1:2: a carriage return must be followed by a line feed (offset 1, field row 1, "
        "field 2) [provisioning/csv-syntax] ->2/1"}},
      {"a zero octet",
       std::string_view("a\0b\nc", 5),
       {"r.csv:1:2: a zero octet is no text (offset 1, field row 1, field 1) "
        "[provisioning/csv-syntax] ->4/2",
        "2@2|c ->5/3"}},
  };
  return kCases;
}

TEST(CsvReader, GivesTheSameRowsForEverySplit) {
  for (const Case& c : cases())
    for (std::size_t chunk = 1; chunk <= c.text.size() + 1; ++chunk)
      EXPECT_EQ(read_all(c.text, chunk), c.rows) << c.name << ", chunks of " << chunk;
}

TEST(CsvReader, BoundsRowsFieldsAndFieldCountAndReadsOn) {
  CsvLimits limits;
  limits.row_octets = 12;
  limits.field_octets = 6;
  limits.fields = 3;
  const std::string text =
      "1234567\nok\na,b,c,d\n\"12\n45\",\"12\n45\"\nab,cdefg,hij\nab,cde,fghi\n";
  for (std::size_t chunk = 1; chunk <= text.size(); ++chunk) {
    const auto rows = read_all(text, chunk, limits);
    ASSERT_EQ(rows.size(), 8U);
    EXPECT_NE(rows[0].find("a field may have 6 octets"), std::string::npos) << rows[0];
    EXPECT_EQ(rows[1], "2@2|ok ->11/3");
    EXPECT_NE(rows[2].find("a row may have 3 fields"), std::string::npos) << rows[2];
    EXPECT_NE(rows[3].find("a row may have 12 octets"), std::string::npos) << rows[3];
    EXPECT_NE(rows[4].find("quote"), std::string::npos) << rows[4];  // the rest of that row
    EXPECT_NE(rows[5].find("quote"), std::string::npos) << rows[5];
    EXPECT_NE(rows[6].find("a row may have 12 octets"), std::string::npos) << rows[6];
    EXPECT_EQ(rows[7], "8@8|ab|cde|fghi ->60/9");
  }
}

TEST(CsvReader, HoldsNoMoreThanARowAndAChunkWhenALineNeverEnds) {
  CsvLimits limits;
  limits.row_octets = 100;
  CsvReader reader("r.csv", limits);
  const std::string chunk(1000, 'x');
  for (int i = 0; i < 1000; ++i) {
    reader.feed(chunk);
    ASSERT_FALSE(reader.next());
  }
  reader.feed("\nlast");
  auto first = reader.next();
  ASSERT_TRUE(first);
  EXPECT_FALSE(*first);
  EXPECT_EQ(reader.place(), (CsvPlace{1'000'001, 2, 2}));
  reader.finish();
  auto second = reader.next();
  ASSERT_TRUE(second && *second);
  EXPECT_EQ((**second)->fields.front(), "last");
}

TEST(CsvReader, GoesOnFromAnyPlaceItTold) {
  const std::string text = "n,s\n1,\"a\nb\"\n\n2,\"x\"y\n3,c\r\n4,d";
  const auto whole = read_all(text, 7);
  CsvReader reader("r.csv");
  reader.feed(text);
  reader.finish();
  for (std::size_t done = 1; reader.next(); ++done) {
    const CsvPlace place = reader.place();
    const auto rest = read_all(std::string_view(text).substr(place.offset), 3, {}, place);
    EXPECT_EQ(rest, std::vector<std::string>(whole.begin() + static_cast<std::ptrdiff_t>(done),
                                             whole.end()));
  }
}

std::string quoted(const std::string& field) {
  std::string out = "\"";
  for (const char c : field) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + "\"";
}

RC_GTEST_PROP(CsvReaderProperty, ReadsBackWhatWasWritten, ()) {
  const auto character = rc::gen::elementOf(std::string("ab,\"\n\r \xC3\xA4"));
  const auto rows =
      *rc::gen::resize(15, rc::gen::container<std::vector<std::vector<std::string>>>(
                               rc::gen::nonEmpty(rc::gen::container<std::vector<std::string>>(
                                   rc::gen::container<std::string>(character)))));
  std::string text;
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) text += (i == 0 ? "" : ",") + quoted(row[i]);
    text += *rc::gen::elementOf(std::vector<std::string>{"\n", "\r\n"});
  }
  const std::size_t chunk = *rc::gen::inRange<std::size_t>(1, 50);
  CsvReader reader;
  std::vector<std::vector<std::string>> got;
  const auto drain = [&] {
    while (auto next = reader.next()) {
      RC_ASSERT(next->has_value());
      got.emplace_back((**next)->fields.begin(), (**next)->fields.end());
    }
  };
  for (std::size_t from = 0; from < text.size(); from += chunk) {
    reader.feed(std::string_view(text).substr(from, chunk));
    drain();
  }
  reader.finish();
  drain();
  RC_ASSERT(got == rows);
  RC_ASSERT(reader.place().offset == text.size());
}

RC_GTEST_PROP(CsvReaderProperty, AnyTextGivesTheSameForAnySplitAndEndsAtItsEnd, ()) {
  const auto text = *rc::gen::container<std::string>(
      rc::gen::elementOf(std::string("a,,\"\"\n\n\r", 8) + std::string(1, '\0')));
  const std::size_t chunk = *rc::gen::inRange<std::size_t>(1, 9);
  CsvLimits limits;
  limits.row_octets = 9;
  limits.field_octets = 4;
  limits.fields = 4;
  RC_ASSERT(read_all(text, chunk, limits) == read_all(text, text.size() + 1, limits));
}

}  // namespace
}  // namespace cpgw::gateway::provisioning
