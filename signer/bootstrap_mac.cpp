#include "signer/bootstrap_mac.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <utility>

namespace cpgw::signer {
namespace {

constexpr std::size_t kImsiKeyMost = 8;  // 15 or 14 digits
constexpr std::size_t kPinMost = 16;
constexpr std::size_t kKDigitsLeast = 5;  // ProvBoot 1.1, USERPINMAC

/// A key on the stack, wiped when it goes.
struct Key {
  std::array<std::byte, kImsiKeyMost + kPinMost> octets{};
  std::size_t size = 0;

  Key() = default;
  Key(const Key&) = delete;
  Key& operator=(const Key&) = delete;
  ~Key() { wipe(octets); }

  [[nodiscard]] OctetView view() const { return OctetView(octets).first(size); }
  void append(OctetView more) {
    std::ranges::copy(more, octets.begin() + static_cast<std::ptrdiff_t>(size));
    size += more.size();
  }
};

/// Semi-octets of EF_IMSI: the first nibble holds the parity of the count and the type IMSI (001),
/// then the digits, then a filler when their count is even.
void append_imsi(const Imsi& imsi, Key& key) {
  const OctetView digits = imsi.expose();
  const bool odd = digits.size() % 2 != 0;
  const auto digit = [&](std::size_t i) -> unsigned {
    return i < digits.size() ? to_u8(digits[i]) & 0x0FU : 0x0FU;
  };
  key.octets[key.size++] = static_cast<std::byte>((digit(0) << 4) | (odd ? 0x9U : 0x1U));
  for (std::size_t i = 1; i < digits.size(); i += 2) {
    key.octets[key.size++] = static_cast<std::byte>((digit(i + 1) << 4) | digit(i));
  }
}

Result<void> make_key(Security method, const Imsi* imsi, const UserPin* pin, Key& key) {
  if (method != Security::NETWPIN && method != Security::USERPIN &&
      method != Security::USERNETWPIN) {
    return fail(Errc::bad_method,
                "security " + std::string(to_string(method)) +
                    " has no MAC: use netwpin, userpin or usernetwpin here",
                at_field("security"));
  }
  const auto name = [&] { return std::string(to_string(method)); };
  if (needs_imsi(method) && imsi == nullptr) {
    return fail(Errc::missing_imsi, name() + " needs the IMSI of the card: give one",
                at_field("imsi"));
  }
  if (!needs_imsi(method) && imsi != nullptr) {
    return fail(Errc::unwanted, name() + " uses no IMSI: leave it out, or choose usernetwpin",
                at_field("imsi"));
  }
  if (needs_pin(method) && pin == nullptr) {
    return fail(Errc::missing_pin, name() + " needs a PIN: give one", at_field("pin"));
  }
  if (!needs_pin(method) && pin != nullptr) {
    return fail(Errc::unwanted, name() + " uses no PIN: leave it out, or choose usernetwpin",
                at_field("pin"));
  }
  if (imsi != nullptr) append_imsi(*imsi, key);
  if (pin != nullptr) key.append(pin->expose());
  return {};
}

/// m[i] = M'[i] mod 10, as many digits as K has.
void append_check_digits(const HmacDigest& m, std::size_t digits, std::span<std::byte> out) {
  for (std::size_t i = 0; i < digits; ++i) {
    out[i] = static_cast<std::byte>('0' + to_u8(m[i]) % 10);
  }
}

}  // namespace

std::string_view to_string(Security method) {
  switch (method) {
    case Security::NETWPIN: return "netwpin";
    case Security::USERPIN: return "userpin";
    case Security::USERNETWPIN: return "usernetwpin";
    case Security::USERPINMAC: return "userpinmac";
    case Security::none: return "none";
  }
  return "unknown";
}

Result<Security> security(std::string_view name) {
  for (const Security m : {Security::NETWPIN, Security::USERPIN, Security::USERNETWPIN,
                           Security::USERPINMAC, Security::none}) {
    if (name == to_string(m)) return m;
  }
  return fail(Errc::bad_method,
              "'" + std::string(name.substr(0, 24)) +
                  "' is no security method: one of none, netwpin, userpin, usernetwpin, "
                  "userpinmac expected",
              at_field("security"));
}

Secret imsi_key(const Imsi& imsi) {
  Key key;
  append_imsi(imsi, key);
  return Secret(key.view());
}

Result<MacText> BootstrapSigner::mac(Security method, const Imsi* imsi, const UserPin* pin,
                                     OctetView body) {
  Key key;
  if (auto made = make_key(method, imsi, pin, key); !made) return fail(std::move(made).error());
  HmacDigest m;
  if (auto done = hmac_.digest(key.view(), body, m); !done) return fail(std::move(done).error());
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  MacText text;
  for (std::size_t i = 0; i < m.size(); ++i) {
    text[2 * i] = kDigits[to_u8(m[i]) >> 4];
    text[2 * i + 1] = kDigits[to_u8(m[i]) & 15];
  }
  return text;
}

Result<Secret> BootstrapSigner::userpinmac_code(const UserPin& k, OctetView body) {
  const OctetView digits = k.expose();
  if (digits.size() < kKDigitsLeast) {
    return fail(Errc::weak_pin,
                "userpinmac needs 5 digits or more (these are " + std::to_string(digits.size()) +
                    "): draw 7 or more",
                at_field("pin"));
  }
  HmacDigest m;
  if (auto done = hmac_.digest(digits, body, m); !done) return fail(std::move(done).error());
  std::array<std::byte, 2 * kPinMost> code{};
  std::ranges::copy(digits, code.begin());
  append_check_digits(m, digits.size(), std::span(code).subspan(digits.size()));
  Secret out(OctetView(code).first(2 * digits.size()));
  wipe(code);
  wipe(m);
  return out;
}

Result<bool> verify_mac(Security method, const Imsi* imsi, const UserPin* pin, OctetView body,
                        std::string_view mac) {
  BootstrapSigner signer;
  auto computed = signer.mac(method, imsi, pin, body);
  if (!computed) return fail(std::move(computed).error());
  if (mac.size() != computed->size()) return false;
  MacText given;
  std::ranges::transform(mac, given.begin(), [](char c) {
    return c >= 'a' && c <= 'f' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  const bool same = CRYPTO_memcmp(given.data(), computed->data(), given.size()) == 0;
  wipe(std::as_writable_bytes(std::span(*computed)));
  return same;
}

Result<bool> verify_userpinmac(const Secret& code, OctetView body) {
  const OctetView digits = code.expose();
  const bool decimal = std::ranges::all_of(
      digits, [](std::byte b) { return b >= std::byte{'0'} && b <= std::byte{'9'}; });
  if (!decimal || digits.size() % 2 != 0 || digits.size() < 2 * kKDigitsLeast ||
      digits.size() > 2 * kPinMost) {
    return false;
  }
  const auto k = UserPin::parse(as_text(digits.first(digits.size() / 2)));
  if (!k) return false;
  BootstrapSigner signer;
  auto right = signer.userpinmac_code(*k, body);
  if (!right) return fail(std::move(right).error());
  return *right == code;
}

UserPin draw_pin(Random& random, unsigned digits) {
  const std::size_t wanted = std::clamp(digits, 5U, 16U);
  std::array<char, 16> text{};
  std::array<std::byte, 32> drawn{};
  std::size_t have = 0;
  while (have < wanted) {
    random.fill(drawn);
    for (const std::byte b : drawn) {
      // 250 is the largest multiple of 10 in an octet: above it some digits would be likelier.
      if (to_u8(b) < 250 && have < wanted) text[have++] = static_cast<char>('0' + to_u8(b) % 10);
    }
  }
  const auto pin = UserPin::parse(std::string_view(text.data(), wanted));
  wipe(drawn);
  wipe(std::as_writable_bytes(std::span(text)));
  return *pin;
}

}  // namespace cpgw::signer
