#include "signer/bootstrap_mac.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <optional>
#include <string>

#include "tests/unit/si_sl/vector_file.h"
#include "tests/unit/signer/chosen_random.h"

namespace cpgw::signer {
namespace {

using test::read_vectors;
using test::Vector;

struct Inputs {
  std::optional<Imsi> imsi;
  std::optional<UserPin> pin;
  [[nodiscard]] const Imsi* imsi_or_null() const { return imsi ? &*imsi : nullptr; }
  [[nodiscard]] const UserPin* pin_or_null() const { return pin ? &*pin : nullptr; }
};
Inputs inputs(const Vector& v) {
  Inputs in;
  if (v.has("imsi")) in.imsi.emplace(*Imsi::parse(v.text("imsi")));
  if (v.has("pin")) in.pin.emplace(*UserPin::parse(v.text("pin")));
  return in;
}
std::string text(const MacText& mac) { return {mac.data(), mac.size()}; }
std::string text(const Secret& secret) { return std::string(as_text(secret.expose())); }
Imsi imsi(std::string_view digits) { return *Imsi::parse(digits); }
UserPin pin(std::string_view digits) { return *UserPin::parse(digits); }

TEST(BootstrapMac, MatchesEveryVectorAndVerifiesIt) {
  BootstrapSigner signer;
  std::size_t macs = 0;
  for (const Vector& v : read_vectors("mac/bootstrap.txt")) {
    SCOPED_TRACE(v.text("id"));
    const auto method = security(v.text("method"));
    ASSERT_TRUE(method);
    if (*method == Security::USERPINMAC) continue;
    const Inputs in = inputs(v);
    const Octets body = v.octets("body");
    const auto mac = signer.mac(*method, in.imsi_or_null(), in.pin_or_null(), body);
    ASSERT_TRUE(mac) << to_string(mac.error());
    EXPECT_EQ(text(*mac), v.text("mac"));
    EXPECT_TRUE(
        verify_mac(*method, in.imsi_or_null(), in.pin_or_null(), body, v.text("mac")).value());
    ++macs;
  }
  EXPECT_EQ(macs, 10U);
}

TEST(BootstrapMac, GivesTheCodesOfTheUserpinmacVectors) {
  BootstrapSigner signer;
  std::size_t codes = 0;
  for (const Vector& v : read_vectors("mac/bootstrap.txt")) {
    if (!v.has("code")) continue;
    SCOPED_TRACE(v.text("id"));
    const Octets body = v.octets("body");
    const auto code = signer.userpinmac_code(pin(v.text("pin")), body);
    ASSERT_TRUE(code) << to_string(code.error());
    EXPECT_EQ(text(*code), v.text("code"));
    EXPECT_TRUE(verify_userpinmac(Secret(v.text("code")), body).value());
    ++codes;
  }
  EXPECT_EQ(codes, 2U);
}

TEST(BootstrapMac, MakesTheImsiKeysOfTheStandard) {
  for (const Vector& v : read_vectors("mac/imsi_keys.txt")) {
    SCOPED_TRACE(v.text("imsi"));
    EXPECT_EQ(to_hex(imsi_key(imsi(v.text("imsi"))).expose(), HexCase::upper), v.text("key"));
  }
}

TEST(BootstrapMac, GivesAnImsiKeyForEveryLength) {
  for (std::size_t digits = 6; digits <= 15; ++digits) {
    const Secret key = imsi_key(imsi(std::string_view("123456789012345").substr(0, digits)));
    EXPECT_EQ(key.size(), digits / 2 + 1) << digits;
    EXPECT_EQ(to_u8(key.expose().front()) & 0x0F, digits % 2 != 0 ? 9 : 1) << digits;
    EXPECT_EQ(to_u8(key.expose().back()) >> 4 == 0x0F, digits % 2 == 0) << digits;
  }
}

/// What the openssl command says of a key and a file.
std::string openssl_hmac(const std::string& key_hex, const std::string& file) {
  const std::string command = "openssl dgst -sha1 -mac HMAC -macopt hexkey:" + key_hex + " " + file;
  FILE* pipe = ::popen(command.c_str(), "r");
  if (pipe == nullptr) return "no openssl";
  std::array<char, 256> line{};
  const bool got = std::fgets(line.data(), line.size(), pipe) != nullptr;
  const int status = ::pclose(pipe);
  std::string answer = got && status == 0 ? line.data() : "";
  const std::size_t equals = answer.find("= ");
  return equals == std::string::npos ? answer : answer.substr(equals + 2, 40);
}

TEST(BootstrapMac, AgreesWithTheOpensslCommand) {
  std::array<char, 32> folder{"/tmp/cpgw-mac-XXXXXX"};
  ASSERT_NE(::mkdtemp(folder.data()), nullptr);
  const std::string file = std::string(folder.data()) + "/body";
  BootstrapSigner signer;
  test::ChosenRandom random;
  // Sizes around SHA-1's block and its padding.
  for (const std::size_t octets : {1U, 54U, 55U, 56U, 63U, 64U, 65U, 119U, 128U, 262U, 4096U}) {
    Octets body(octets);
    random.fill(body);
    FILE* out = std::fopen(file.c_str(), "wb");
    ASSERT_NE(out, nullptr);
    ASSERT_EQ(std::fwrite(body.data(), 1, body.size(), out), body.size());
    ASSERT_EQ(std::fclose(out), 0);

    const Imsi i = imsi("00101012345678");
    const UserPin p = pin("0042");
    const std::string key = to_hex(imsi_key(i).expose()) + to_hex(p.expose());
    const auto mac = signer.mac(Security::USERNETWPIN, &i, &p, body);
    ASSERT_TRUE(mac);
    std::string judged = openssl_hmac(key, file);
    for (char& c : judged) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    EXPECT_EQ(text(*mac), judged) << octets << " octets";
  }
  EXPECT_EQ(std::remove(file.c_str()), 0);
  EXPECT_EQ(std::remove(folder.data()), 0);
}

TEST(BootstrapMac, RefusesWhatTheMethodDoesNotTake) {
  BootstrapSigner signer;
  const Imsi i = imsi("001010123456789");
  const UserPin p = pin("1234");
  const Octets body(6);
  struct Case {
    Security method;
    const Imsi* imsi;
    const UserPin* pin;
    Errc errc;
    std::string field;
  };
  for (const Case& c : {
           Case{Security::NETWPIN, nullptr, nullptr, Errc::missing_imsi, "imsi"},
           Case{Security::NETWPIN, &i, &p, Errc::unwanted, "pin"},
           Case{Security::USERPIN, nullptr, nullptr, Errc::missing_pin, "pin"},
           Case{Security::USERPIN, &i, &p, Errc::unwanted, "imsi"},
           Case{Security::USERNETWPIN, &i, nullptr, Errc::missing_pin, "pin"},
           Case{Security::USERNETWPIN, nullptr, &p, Errc::missing_imsi, "imsi"},
           Case{Security::USERPINMAC, nullptr, &p, Errc::bad_method, "security"},
           Case{Security::none, nullptr, nullptr, Errc::bad_method, "security"},
           Case{static_cast<Security>(4), &i, &p, Errc::bad_method, "security"},
       }) {
    const auto mac = signer.mac(c.method, c.imsi, c.pin, body);
    ASSERT_FALSE(mac);
    EXPECT_EQ(mac.error().code, Code(c.errc)) << to_string(mac.error());
    EXPECT_EQ(mac.error().at.field, c.field);
    EXPECT_EQ(mac.error().message.find("1234"), std::string::npos);
    EXPECT_EQ(verify_mac(c.method, c.imsi, c.pin, body, "").error().code, Code(c.errc));
  }
}

TEST(BootstrapMac, TakesLowerCaseAndRefusesEveryChangedDigit) {
  BootstrapSigner signer;
  const Imsi i = imsi("001010123456789");
  const Octets body = *from_hex("030B6A004501");
  const std::string mac = text(*signer.mac(Security::NETWPIN, &i, nullptr, body));
  const auto holds = [&](std::string_view m) {
    return verify_mac(Security::NETWPIN, &i, nullptr, body, m).value();
  };
  std::string lower = mac;
  for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  EXPECT_TRUE(holds(lower));
  for (std::size_t at = 0; at < mac.size(); ++at) {
    for (const char c : std::string_view("0123456789ABCDEFG\0@g", 20)) {
      std::string changed = mac;
      changed[at] = c;
      EXPECT_EQ(holds(changed), c == mac[at]) << at << c;
    }
    EXPECT_FALSE(holds(std::string_view(mac).substr(0, at)));
  }
  EXPECT_FALSE(holds(mac + "0"));
}

TEST(BootstrapMac, ChangesWithEveryOctetOfTheBody) {
  BootstrapSigner signer;
  const UserPin p = pin("1234");
  const Octets body = *from_hex("030B6A0045C65601870706034142000101");
  const auto mac = signer.mac(Security::USERPIN, nullptr, &p, body);
  for (std::size_t at = 0; at < body.size(); ++at) {
    Octets changed = body;
    changed[at] ^= std::byte{1};
    EXPECT_NE(signer.mac(Security::USERPIN, nullptr, &p, changed), mac) << at;
  }
}

TEST(Userpinmac, RefusesShortDigitsAndWrongCodes) {
  BootstrapSigner signer;
  const Octets body = *from_hex("030B6A004501");
  EXPECT_EQ(signer.userpinmac_code(pin("1234"), body).error().code, Code(Errc::weak_pin));
  for (const std::string_view k : {"12345", "1234567", "1234567890123456"}) {
    const std::string code = text(*signer.userpinmac_code(pin(k), body));
    EXPECT_EQ(code.size(), 2 * k.size());
    EXPECT_TRUE(verify_userpinmac(Secret(code), body).value());
    for (std::size_t at = k.size(); at < code.size(); ++at) {
      std::string changed = code;
      changed[at] = changed[at] == '9' ? '0' : static_cast<char>(changed[at] + 1);
      EXPECT_FALSE(verify_userpinmac(Secret(changed), body).value());
    }
    EXPECT_FALSE(verify_userpinmac(Secret(code + "0"), body).value());
  }
  for (const std::string_view bad : {"", "1", "12345678", "1234a678901234", "           ",
                                     "123456789012345678901234567890123456"}) {
    EXPECT_FALSE(verify_userpinmac(Secret(bad), body).value()) << bad;
  }
}

TEST(Security, NamesReadBackAndOthersAreRefused) {
  for (const Security m : {Security::NETWPIN, Security::USERPIN, Security::USERNETWPIN,
                           Security::USERPINMAC, Security::none}) {
    EXPECT_EQ(security(to_string(m)).value(), m);
  }
  for (const std::string_view bad : {"", "NETWPIN", "netwpin ", "pin"}) {
    EXPECT_EQ(security(bad).error().code, Code(Errc::bad_method)) << bad;
  }
}

TEST(DrawPin, DropsOctetsThatWouldFavourSomeDigits) {
  test::ChosenRandom random(*from_hex("FF FE FA F9 00 FB 0A 13 F0"));
  EXPECT_EQ(draw_pin(random, 5), pin("90090"));
}

TEST(DrawPin, GivesTheWantedDigitsWithinTheLimits) {
  test::ChosenRandom random;
  for (unsigned digits = 0; digits <= 20; ++digits) {
    EXPECT_EQ(draw_pin(random, digits).expose().size(), std::clamp(digits, 5U, 16U));
  }
}

TEST(DrawPin, DrawsEveryDigitAboutAsOften) {
  // Every octet value is drawn once, in sixteen runs of sixteen.
  Octets octets;
  for (unsigned i = 0; i < 256; ++i) octets.push_back(static_cast<std::byte>(i));
  std::array<unsigned, 10> seen{};
  for (unsigned start = 0; start < 256; start += 16) {
    test::ChosenRandom random(Octets(octets.begin() + start, octets.end()));
    const UserPin drawn = draw_pin(random, 16);
    for (const std::byte b : drawn.expose()) ++seen[to_u8(b) - '0'];
  }
  for (const unsigned n : seen) EXPECT_NEAR(n, 25.6, 2.0);
}

}  // namespace
}  // namespace cpgw::signer
