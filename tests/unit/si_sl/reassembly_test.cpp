#include "si_sl/reassembly.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tests/unit/si_sl/parts.h"
#include "tests/unit/si_sl/vector_file.h"

namespace cpgw::si_sl {
namespace {

using cpgw::test::Vector;
using std::chrono::minutes;
using test::at;
using test::parts_of;
using test::pattern;

TEST(Reassembly, PutsTogetherInAnyOrderAndTakesDuplicatesSilently) {
  const Octets push = pattern(300);
  const auto parts = parts_of(push, 7, {});
  Reassembler reassembler;
  EXPECT_FALSE(reassembler.add("+1", parts[2].whole(), true, at({})).value());
  EXPECT_FALSE(reassembler.add("+1", parts[2].whole(), true, at({})).value());
  EXPECT_FALSE(reassembler.add("+1", parts[0].whole(), true, at({})).value());
  EXPECT_EQ(reassembler.open_messages(), 1U);
  const auto message = reassembler.add("+1", parts[1].whole(), true, at({})).value();
  ASSERT_TRUE(message);
  EXPECT_EQ(message->data, push);
  EXPECT_EQ(message->destination_port, 2948);
  EXPECT_EQ(message->source_port, 9200);
  EXPECT_EQ(message->parts, 3);
  EXPECT_EQ(reassembler.open_messages(), 0U);
  EXPECT_EQ(reassembler.given_up(), 0U);
}

TEST(Reassembly, GivesASinglePartAtOnce) {
  Reassembler reassembler;
  const auto parts = parts_of(as_octets("hello"), 7, {});
  const auto push = reassembler.add("+1", parts[0].whole(), true, at({})).value();
  ASSERT_TRUE(push);
  EXPECT_EQ(as_text(push->data), "hello");
  EXPECT_EQ(push->destination_port, 2948);
  const auto plain = reassembler.add("+1", as_octets("\x06 no header"), false, at({})).value();
  ASSERT_TRUE(plain);
  EXPECT_EQ(as_text(plain->data), "\x06 no header");
  EXPECT_EQ(plain->destination_port, 0);
  const auto one_of_one =
      reassembler.add("+1", Vector::hex("05000301010141"), true, at({})).value();
  ASSERT_TRUE(one_of_one);
  EXPECT_EQ(as_text(one_of_one->data), "A");
  EXPECT_EQ(reassembler.open_messages(), 0U);
}

TEST(Reassembly, KeepsMessagesApart) {
  Reassembler reassembler;
  const auto narrow = parts_of(pattern(200), 7, {});
  const auto wide = parts_of(pattern(200), 7, {.wide_reference = true});
  const auto other = parts_of(pattern(200), 8, {});
  const auto longer = parts_of(pattern(300), 7, {});
  for (const auto* parts : {&narrow, &wide, &other, &longer}) {
    EXPECT_FALSE(reassembler.add("+1", (*parts)[0].whole(), true, at({})).value());
    EXPECT_FALSE(reassembler.add("+2", (*parts)[0].whole(), true, at({})).value());
  }
  EXPECT_EQ(reassembler.open_messages(), 8U);
}

TEST(Reassembly, ReportsAContradictionAndKeepsTheFirst) {
  const Octets push = pattern(200);
  auto parts = parts_of(push, 7, {});
  Reassembler reassembler;
  EXPECT_FALSE(reassembler.add("+1", parts[0].whole(), true, at({})).value());
  Part changed = parts[0];
  changed.user_data[50] ^= std::byte{1};
  EXPECT_EQ(reassembler.add("+1", changed.whole(), true, at({})).error().code,
            Code(Errc::conflict));
  const auto elsewhere = parts_of(push, 7, {.destination_port = 2949});
  EXPECT_EQ(reassembler.add("+1", elsewhere[1].whole(), true, at({})).error().code,
            Code(Errc::conflict));
  const auto message = reassembler.add("+1", parts[1].whole(), true, at({})).value();
  ASSERT_TRUE(message);
  EXPECT_EQ(message->data, push);
}

TEST(Reassembly, GivesUpAfterItsPatience) {
  const auto parts = parts_of(pattern(200), 7, {});
  Reassembler reassembler(10, minutes(1));
  EXPECT_FALSE(reassembler.add("+1", parts[0].whole(), true, at(minutes(0))).value());
  EXPECT_FALSE(reassembler.add("+2", parts[0].whole(), true, at(minutes(1))).value());
  EXPECT_TRUE(reassembler.add("+2", parts[1].whole(), true, at(minutes(2))).value());
  EXPECT_EQ(reassembler.given_up(), 1U);
  EXPECT_FALSE(reassembler.add("+1", parts[1].whole(), true, at(minutes(2))).value());
  EXPECT_EQ(reassembler.open_messages(), 1U);
}

TEST(Reassembly, DropsTheOldestWhenFull) {
  const auto parts = parts_of(pattern(200), 7, {});
  Reassembler reassembler(3);
  for (const std::string_view from : {"+1", "+2", "+3", "+4"}) {
    EXPECT_FALSE(reassembler.add(from, parts[0].whole(), true, at({})).value());
  }
  EXPECT_EQ(reassembler.open_messages(), 3U);
  EXPECT_EQ(reassembler.given_up(), 1U);
  EXPECT_TRUE(reassembler.add("+2", parts[1].whole(), true, at({})).value());
  EXPECT_FALSE(reassembler.add("+1", parts[1].whole(), true, at({})).value());
}

TEST(Reassembly, IsBoundedInWhatOnePartMayBring) {
  Reassembler reassembler;
  Octets part = Vector::hex("050003010201");
  part.resize(256);
  EXPECT_EQ(reassembler.add("+1", part, true, at({})).error().code, Code(Errc::too_long));
  part.resize(255);
  EXPECT_EQ(reassembler.add(std::string(65, '1'), part, true, at({})).error().code,
            Code(Errc::too_long));
  EXPECT_TRUE(reassembler.add("+1", part, true, at({})));
  EXPECT_EQ(reassembler.add("+1", Vector::hex("0500030102"), true, at({})).error().code,
            Code(Errc::truncated));
}

/// What `reassembler` has to tell: "defect reference number/total -missing ..." of each.
std::string told(Reassembler& reassembler) {
  std::string all;
  for (const DefectReport& r : reassembler.take_defects()) {
    if (!all.empty()) all += ", ";
    all += to_string(r.defect);
    if (r.reference) all += " " + std::to_string(*r.reference);
    if (r.number != 0) all += " " + std::to_string(r.number);
    if (r.total != 0) all += "/" + std::to_string(r.total);
    for (const std::uint8_t n : r.missing) all += " -" + std::to_string(n);
  }
  return all;
}

/// What is told after these user data fields have come from one originator.
std::string told_of(const std::vector<std::string>& parts) {
  Reassembler reassembler;
  for (const std::string& digits : parts) {
    static_cast<void>(reassembler.add("+1", Vector::hex(digits), true, at({})));
  }
  return told(reassembler);
}

TEST(Defects, EveryOneIsNamed) {
  const std::string ports = "05040B8423F0";
  struct Case {
    std::vector<std::string> parts;
    std::string told;
  };
  for (const Case& c : {
           Case{{"06" + ports + "41"}, ""},
           Case{{"0B" + ports + "000307020141", "0B" + ports + "000307020242"}, ""},
           Case{{"00"}, "missing-port"},
           Case{{"05000307020141", "05000307020242"}, "missing-port 7 2/2"},
           Case{{"0B" + ports + "000307020141", "05000307020242"}, "missing-port 7 2/2"},
           Case{{"0B" + ports + "000307020141", "0B05040B8523F0000307020242"},
                "ports-changed 7 2/2"},
           Case{{"0B" + ports + "000307000141"}, "total-zero"},
           Case{{"0B" + ports + "000307020041"}, "number-zero"},
           Case{{"0B" + ports + "000307020341"}, "number-over-total"},
           Case{{"0B" + ports + "0003"}, "malformed-header"},
           Case{{"0B" + ports + "000307020141", "0B" + ports + "000307030242"},
                "total-changed 7 2/3"},
           Case{{"0B" + ports + "000307020141", "0B" + ports + "000307020141"}, "repeated 7 1/2"},
           Case{{"0B" + ports + "000307020141", "0B" + ports + "000307020142"},
                "conflicting-repeat 7 1/2"},
           Case{{"0B" + ports + "000307020141", "0C" + ports + "08040007020242"},
                "mixed-reference-widths 7 2/2"},
           Case{{"11" + ports + "0003070201080400070201"}, "mixed-reference-widths 7 1/2"},
           Case{{"0C" + ports + ports + "41"}, "duplicate-element"},
           Case{{"09" + ports + "7001AA41"}, "unknown-element"},
       }) {
    EXPECT_EQ(told_of(c.parts), c.told) << c.parts.front();
  }
}

TEST(Defects, TellWhatNeverCame) {
  const auto parts = parts_of(pattern(500), 7, {});
  ASSERT_EQ(parts.size(), 4U);
  Reassembler reassembler(2, minutes(1));
  EXPECT_FALSE(*reassembler.add("+1", parts[2].whole(), true, at({})));
  reassembler.expire(at(minutes(1)));
  EXPECT_EQ(told(reassembler), "");
  reassembler.expire(at(minutes(1) + std::chrono::milliseconds(1)));
  EXPECT_EQ(told(reassembler), "timed-out 7/4 -1 -2 -4");
  for (const std::string_view from : {"+1", "+2", "+3"}) {
    EXPECT_FALSE(*reassembler.add(from, parts[0].whole(), true, at(minutes(2))));
  }
  const auto reports = reassembler.take_defects();
  ASSERT_EQ(reports.size(), 1U);
  EXPECT_EQ(reports[0].defect, Defect::crowded_out);
  EXPECT_EQ(reports[0].originator, "+1");
  EXPECT_EQ(reports[0].missing, (std::vector<std::uint8_t>{2, 3, 4}));
  EXPECT_EQ(reassembler.given_up(), 2U);
}

TEST(Defects, OfAnOriginatorNotAskedForAreKeptShort) {
  Reassembler reassembler;
  EXPECT_TRUE(*reassembler.add(std::string(70, '1'), as_octets("x"), false, at({})));
  EXPECT_EQ(reassembler.take_defects().at(0).originator, std::string(64, '1'));
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(*reassembler.add("1", as_octets("x"), false, at({})));
  EXPECT_EQ(reassembler.take_defects().size(), 64U);
  EXPECT_EQ(reassembler.defects_lost(), 36U);
  EXPECT_TRUE(reassembler.take_defects().empty());
}

TEST(Defects, HaveADifferentNameEach) {
  std::set<std::string_view> names;
  for (int d = 0; d <= static_cast<int>(Defect::crowded_out); ++d) {
    names.insert(to_string(static_cast<Defect>(d)));
  }
  EXPECT_EQ(names.size(), static_cast<std::size_t>(Defect::crowded_out) + 1);
}

RC_GTEST_PROP(ReassemblyProperty, MessagesOfManySendersMixedComeOutWholeAndWithoutADefect,
              (std::uint8_t senders)) {
  struct Piece {
    std::string from;
    Part part;
  };
  std::vector<Piece> pieces;
  std::map<std::string, Octets> sent;
  for (int s = 0; s < senders % 5 + 1; ++s) {
    const auto octets = *rc::gen::inRange<std::size_t>(0, 1500);
    const bool wide = *rc::gen::arbitrary<bool>();
    const std::string from = "+" + std::to_string(s);
    sent[from] = pattern(octets);
    for (const Part& p : parts_of(sent[from], 7, {.wide_reference = wide, .part_limit = 255})) {
      pieces.push_back({from, p});
    }
  }
  for (std::size_t i = pieces.size(); i > 1; --i) {
    std::swap(pieces[i - 1], pieces[*rc::gen::inRange<std::size_t>(0, i)]);
  }
  Reassembler reassembler;
  for (const Piece& piece : pieces) {
    const auto message = reassembler.add(piece.from, piece.part.whole(), true, at({}));
    RC_ASSERT(message.has_value());
    if (*message) {
      RC_ASSERT((*message)->data == sent.at(piece.from));
      sent.erase(piece.from);
    }
  }
  RC_ASSERT(sent.empty());
  RC_ASSERT(reassembler.take_defects().empty());
  RC_ASSERT(reassembler.open_messages() == 0U);
}

}  // namespace
}  // namespace cpgw::si_sl
