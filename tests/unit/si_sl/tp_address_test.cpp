#include "si_sl/tp_address.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "si_sl/tpdu.h"
#include "tests/unit/si_sl/vector_file.h"

namespace cpgw::si_sl {
namespace {

using test::read_vectors;
using test::Vector;

std::string written(const TpAddress& address) {
  Octets out;
  const auto done = write_address(address, "address", out);
  if (!done) return std::string(done.error().code.name());
  return to_hex(out, HexCase::upper);
}

TEST(TpAddress, GoesBothWaysToTheOctet) {
  struct Case {
    TpAddress address;
    std::string octets;
  };
  for (const Case& c : {
           Case{{0x91, "12025550123"}, "0B912120550521F3"},
           Case{{0x81, "1"}, "0181F1"},
           Case{{0xA1, "*#abc0"}, "06A1BADC0E"},
           Case{{0x91, std::string(20, '9')}, "149199999999999999999999"},
           Case{{kAlphanumeric, "Operator"}, "0ED04F78591EA6BFE5"},
           Case{{kAlphanumeric, "1234567"}, "0DD031D98C56B3DD00"},
           Case{{kAlphanumeric, "A"}, "02D041"},
           Case{{kAlphanumeric, "€"}, "04D09B32"},
           Case{{kAlphanumeric, "@@@@@@@@@@@"}, "14D000000000000000000000"},
       }) {
    EXPECT_EQ(written(c.address), c.octets);
    const Octets octets = Vector::hex(c.octets);
    OctetReader in(octets);
    const auto read = read_address(in, "address");
    ASSERT_TRUE(read) << to_string(read.error());
    EXPECT_EQ(*read, c.address);
    EXPECT_TRUE(in.empty());
  }
}

TEST(TpAddress, RefusesWhatItCannotHold) {
  EXPECT_EQ(written({0x91, ""}), "si_sl/too-long");
  EXPECT_EQ(written({0x91, std::string(21, '1')}), "si_sl/too-long");
  EXPECT_EQ(written({0x91, "+1"}), "si_sl/bad-value");
  EXPECT_EQ(written({0x11, "1"}), "si_sl/bad-value");
  EXPECT_EQ(written({kAlphanumeric, ""}), "si_sl/too-long");
  EXPECT_EQ(written({kAlphanumeric, "€€€€€12"}), "si_sl/too-long");
  EXPECT_EQ(written({kAlphanumeric, "Я"}), "si_sl/bad-value");
  EXPECT_EQ(written({kAlphanumeric, "a\xFF"}), "si_sl/bad-value");
}

RC_GTEST_PROP(TpAddressProperty, AnyTextOfTheAlphabetReadsBack,
              (const std::vector<std::uint8_t>& letters)) {
  TpAddress address{kAlphanumeric, {}};
  for (const std::uint8_t l : letters) {
    if (address.value.size() < 11) address.value += "@ABCxyz 019"[l % 11];
  }
  RC_PRE(!address.value.empty());
  Octets out;
  RC_ASSERT(write_address(address, "a", out).has_value());
  OctetReader in(out);
  RC_ASSERT(*read_address(in, "a") == address);
}

TEST(AtPdu, EveryVectorReadsAndWritesBack) {
  std::size_t pdus = 0;
  for (const Vector& v : read_vectors("wsp/tpdus.txt")) {
    if (!v.has("at_pdu")) continue;
    SCOPED_TRACE(v.text("id"));
    const Octets octets = v.octets("at_pdu");
    const auto pdu = read_at_pdu(octets);
    ASSERT_TRUE(pdu) << to_string(pdu.error());
    EXPECT_EQ(pdu->service_centre.value, v.text("service_centre"));
    EXPECT_EQ(pdu->tpdu.size(), v.number("at_length"));
    EXPECT_EQ(to_hex(pdu->tpdu), v.text("hex"));
    Octets again;
    ASSERT_TRUE(write_at_pdu(*pdu, again));
    EXPECT_EQ(to_hex(again, HexCase::upper), v.text("at_pdu"));
    ++pdus;
  }
  EXPECT_EQ(pdus, 7U);
}

TEST(AtPdu, SaysWhatIsWrongWithTheServiceCentre) {
  struct Case {
    std::string octets;
    Errc errc;
    std::size_t offset;
    std::string field;
  };
  for (const Case& c : {
           Case{"", Errc::truncated, 0, "service_centre"},
           Case{"00", Errc::truncated, 1, "tpdu"},
           Case{"0191", Errc::malformed, 0, "service_centre"},
           Case{"0C91", Errc::malformed, 0, "service_centre"},
           Case{"0391", Errc::truncated, 1, "service_centre"},
           Case{"0391F121", Errc::malformed, 2, "service_centre"},
           Case{"029121", Errc::truncated, 3, "tpdu"},
       }) {
    const auto pdu = read_at_pdu(Vector::hex(c.octets));
    ASSERT_FALSE(pdu) << c.octets;
    EXPECT_EQ(pdu.error().code, Code(c.errc)) << c.octets << to_string(pdu.error());
    EXPECT_EQ(pdu.error().at.offset, c.offset) << c.octets;
    EXPECT_EQ(pdu.error().at.field, c.field) << c.octets;
  }
  const auto field = [](const TpAddress& address) {
    Octets out;
    const auto done = write_at_pdu({address, {}}, out);
    EXPECT_TRUE(out.empty());
    return done ? std::string() : done.error().at.field;
  };
  EXPECT_EQ(field({kAlphanumeric, "SMSC"}), "service_centre.type");
  EXPECT_EQ(field({0x11, "12"}), "service_centre.type");
  EXPECT_EQ(field({0x91, "12+"}), "service_centre");
}

}  // namespace
}  // namespace cpgw::si_sl
