#include "carriers/smpp/pdu.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "carriers/smpp/status.h"
#include "tests/unit/carriers/vectors.h"

namespace cpgw::carriers::smpp {
namespace {

std::vector<Vector> vectors() { return read_vectors("pdus.txt"); }

TEST(SmppPdu, ReadsEveryVectorAsItsFieldsSay) {
  const auto all = vectors();
  ASSERT_EQ(all.size(), 36u);
  for (const Vector& v : all) {
    Pdu pdu;
    const auto read = decode(v.octets, pdu);
    ASSERT_TRUE(read) << v.name << ": " << to_string(read.error());
    const auto lines = describe(pdu);
    for (const auto& [name, value] : v.expected) {
      if (name == "command_status") {
        EXPECT_EQ(std::to_string(pdu.command_status), value) << v.name;
        continue;
      }
      if (!fields_of(pdu.command_id)) continue;
      const std::string shown = name.starts_with("tlv:") ? "tlv " + name.substr(4) : name;
      const auto line = std::ranges::find(lines, shown, [](const auto& l) { return l.first; });
      ASSERT_NE(line, lines.end()) << v.name << " lacks " << shown;
      EXPECT_EQ(line->second, value) << v.name << "." << shown;
    }
  }
}

TEST(SmppPdu, WritesEveryVectorOctetForOctet) {
  for (const Vector& v : vectors()) {
    Pdu pdu;
    ASSERT_TRUE(decode(v.octets, pdu)) << v.name;
    Octets again;
    ASSERT_TRUE(encode(pdu, again)) << v.name;
    EXPECT_EQ(to_hex(again), to_hex(v.octets)) << v.name;
  }
}

TEST(SmppPdu, RefusesEveryTruncationWithAPositionAndCrashesOnNone) {
  for (const Vector& v : vectors()) {
    for (std::size_t n = 0; n < v.octets.size(); ++n) {
      Octets cut(v.octets.begin(), v.octets.begin() + static_cast<std::ptrdiff_t>(n));
      Pdu pdu;
      EXPECT_FALSE(decode(cut, pdu)) << v.name << " cut at " << n;
      if (n < 4) continue;
      // The same with a command_length that agrees: either a value or an error with its offset.
      cut[0] = cut[1] = std::byte{0};
      cut[2] = std::byte{static_cast<std::uint8_t>(n >> 8)};
      cut[3] = std::byte{static_cast<std::uint8_t>(n)};
      if (const auto read = decode(cut, pdu); !read) {
        ASSERT_TRUE(read.error().at.offset) << v.name << " cut at " << n;
        EXPECT_LE(*read.error().at.offset, n);
      }
    }
  }
}

TEST(SmppPdu, SurvivesEverySingleOctetCorruption) {
  for (const Vector& v : vectors()) {
    for (std::size_t i = 4; i < v.octets.size(); ++i) {
      for (const unsigned value : {0x00u, 0x01u, 0x7Fu, 0x80u, 0xFFu}) {
        Octets bad = v.octets;
        bad[i] = std::byte{static_cast<std::uint8_t>(value)};
        Pdu pdu;
        if (const auto read = decode(bad, pdu)) {
          Octets again;
          ASSERT_TRUE(encode(pdu, again)) << v.name << " octet " << i;
          EXPECT_EQ(again, bad) << v.name << " octet " << i;
        } else {
          EXPECT_TRUE(read.error().at.offset);
        }
      }
    }
  }
}

TEST(SmppPdu, NeverShowsAPassword) {
  Pdu bind;
  bind.command_id = CommandId::bind_transceiver;
  bind.password = "secret08";
  for (const auto& [name, value] : describe(bind)) {
    EXPECT_EQ(value.find("secret08"), std::string::npos) << name;
  }
}

TEST(SmppPdu, RefusesToWriteTextThatDoesNotFit) {
  for (const std::string& text : {std::string("nine char"), std::string("a\0b", 3)}) {
    Pdu bind;
    bind.command_id = CommandId::bind_transceiver;
    bind.password = text;
    Octets out = {std::byte{7}};
    const auto written = encode(bind, out);
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().at.field, "bind_transceiver.password");
    EXPECT_EQ(to_string(written.error()).find(text), std::string::npos);
    EXPECT_EQ(out, Octets{std::byte{7}}) << "nothing may be left behind";
  }
}

TEST(SmppPdu, RefusesAnOptionalParameterPastTheEndWithItsOwnStatus) {
  const auto octets = from_hex("00000016 80000004 00000000 00000001 3100 04 28 00 05").value();
  Octets wrong = octets;
  wrong[3] = std::byte{static_cast<std::uint8_t>(octets.size())};
  Pdu pdu;
  const auto read = decode(wrong, pdu);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, Code(Errc::bad_tlv));
  EXPECT_EQ(reject_status(read.error()), status::ESME_RINVPARLEN);
  EXPECT_EQ(pdu.message_id, "1") << "what came before the fault is kept";
}

RC_GTEST_PROP(SmppPdu, ReadsBackWhatItWrote, ()) {
  Pdu pdu;
  pdu.command_id = *rc::gen::element(CommandId::submit_sm, CommandId::deliver_sm);
  pdu.sequence_number = *rc::gen::arbitrary<std::uint32_t>();
  pdu.source_addr = *rc::gen::resize(20, rc::gen::string<std::string>());
  std::erase(pdu.source_addr, '\0');
  pdu.source_addr.resize(std::min<std::size_t>(pdu.source_addr.size(), 20));
  pdu.esm_class = *rc::gen::arbitrary<std::uint8_t>();
  pdu.data_coding = *rc::gen::arbitrary<std::uint8_t>();
  const auto body = *rc::gen::arbitrary<std::vector<std::uint8_t>>();
  const auto octets = std::as_bytes(std::span(body)).first(std::min<std::size_t>(body.size(), 255));
  pdu.short_message.assign(octets.begin(), octets.end());
  for (const auto number : *rc::gen::arbitrary<std::vector<std::uint16_t>>()) {
    pdu.add(number, octets);
  }
  Octets wire;
  RC_ASSERT(encode(pdu, wire).has_value());
  Pdu back;
  RC_ASSERT(decode(wire, back).has_value());
  RC_ASSERT(back == pdu);
}

RC_GTEST_PROP(SmppFramer, GivesTheSamePdusHoweverTheStreamIsCut, ()) {
  Octets stream;
  std::vector<Octets> sent;
  for (const Vector& v : vectors()) {
    sent.push_back(v.octets);
    stream.insert(stream.end(), v.octets.begin(), v.octets.end());
  }
  Framer framer;
  std::vector<Octets> got;
  for (OctetView rest = stream; !rest.empty();) {
    const auto n = std::min<std::size_t>(*rc::gen::inRange<std::size_t>(1, 400), rest.size());
    framer.feed(rest.first(n));
    rest = rest.subspan(n);
    for (;;) {
      const auto next = framer.next();
      RC_ASSERT(next.has_value());
      if (!*next) break;
      got.emplace_back((*next)->begin(), (*next)->end());
    }
  }
  RC_ASSERT(got == sent);
  RC_ASSERT(framer.partial() == 0u);
}

TEST(SmppFramer, LosesTheBoundariesAtAWildLengthAndSaysWhatThePeerMaySpeak) {
  const struct {
    const char* hex;
    const char* hint;
  } cases[] = {{"0000000f", "15 is outside"}, {"00011171", "70001 is outside"},
               {"16030100", "TLS"},           {"48545450", "HTTP"},
               {"ffffffff", "4294967295"},    {"00000000", "0 is outside"}};
  for (const auto& c : cases) {
    Framer framer;
    framer.feed(from_hex(c.hex).value());
    for (int again = 0; again < 2; ++again) {
      const auto next = framer.next();
      ASSERT_FALSE(next) << c.hex;
      EXPECT_EQ(next.error().code, Code(Errc::framing));
      EXPECT_NE(next.error().message.find(c.hint), std::string::npos) << next.error().message;
      framer.feed(from_hex("0000001000000015000000000000000600").value());
    }
  }
}

TEST(SmppFramer, WaitsForAWholePduOfTheLargestSize) {
  Framer framer;
  Octets wire(kMostPduOctets);
  wire[1] = std::byte{0x01};
  wire[2] = std::byte{0x11};
  wire[3] = std::byte{0x70};
  framer.feed(OctetView(wire).first(wire.size() - 1));
  EXPECT_FALSE(framer.next().value());
  framer.feed(OctetView(wire).last(1));
  const auto whole = framer.next().value();
  ASSERT_TRUE(whole);
  EXPECT_EQ(whole->size(), kMostPduOctets);
}

}  // namespace
}  // namespace cpgw::carriers::smpp
