#include "gateway/provisioning/mac_check.h"

#include <algorithm>
#include <array>

#include "gateway/provisioning/mac_trials.h"
#include "signer/hmac_sha1.h"
#include "wbxml/decoder.h"

namespace cpgw::gateway::provisioning {
namespace {

using enum MacMistake;
using signer::Security;

struct Row {
  MacMistake mistake;
  std::string_view id, text, remedy;
};
constexpr auto kRows = std::to_array<Row>({
    {unsigned_push, "unsigned", "neither SEC nor MAC: the push is not signed",
     "sign it: most phones refuse what is not"},
    {no_sec, "no-sec", "MAC is there and SEC is not",
     "write SEC (parameter 0x11) right after the content type, before MAC"},
    {no_mac, "no-mac", "SEC is there and MAC is not",
     "write MAC (parameter 0x12) right after SEC; only USERPINMAC goes without"},
    {not_hex, "not-hex", "MAC is not 40 hexadecimal digits",
     "write the 20 octets of HMAC-SHA1 as 40 digits of text"},
    {lower_case, "lower-case", "the digits a to f of MAC are lower case",
     "write them in upper case: some phones compare the text"},
    {wrong_method, "wrong-method", "SEC names another method than the MAC was made by",
     "set SEC to the method, or make the MAC by the one it names"},
    {imsi_as_ascii, "imsi-as-ascii", "the IMSI went in as characters",
     "use its semi-octets as in EF_IMSI (3GPP TS 31.102, 4.2.2)"},
    {nibbles_not_swapped, "nibbles-not-swapped", "the halves of the IMSI's octets are not swapped",
     "the earlier digit stands in the low half of each octet"},
    {filler_zero, "filler-zero", "the IMSI is filled up with 0",
     "fill an even count of digits up with F"},
    {wrong_parity, "wrong-parity", "the first half octet tells the wrong parity",
     "9 for an odd count of digits, 1 for an even one"},
    {parity_missing, "parity-missing", "the half octet before the IMSI's digits is missing",
     "begin with 9 for an odd count of digits, with 1 for an even one"},
    {last_digit_lost, "last-digit-lost", "an IMSI of an even count of digits lost its last",
     "begin with 1 and fill up with F; no digit is dropped"},
    {length_octet_included, "length-octet-included", "the length octet of EF_IMSI went in",
     "leave the first octet of EF_IMSI out"},
    {pin_before_imsi, "pin-before-imsi", "the PIN stands before the IMSI",
     "the key is the IMSI's octets, then the PIN"},
    {pin_with_terminator, "pin-with-terminator", "a zero octet ends the digits",
     "the key ends with the last digit"},
    {pin_as_semi_octets, "pin-as-semi-octets", "the PIN went in as semi-octets",
     "a PIN goes in as characters"},
    {over_headers, "over-headers", "the MAC covers headers, too",
     "sign the body alone: from its version octet to its end"},
    {over_pdu, "over-pdu", "the MAC covers the whole push",
     "sign the body alone: from its version octet to its end"},
    {over_other_encoding, "over-other-encoding", "the MAC covers another encoding of the document",
     "sign the octets that are sent, and change none of them afterwards"},
    {over_xml, "over-xml", "the MAC covers the document as XML",
     "sign the WBXML octets that are sent"},
    {over_cut_body, "over-cut-body", "the MAC covers the front of the body only",
     "sign the body to its last octet"},
    {body_cut, "body-cut", "the body ends inside the document: octets are missing",
     "send every octet that was signed, and look at what cuts the push into parts"},
    {digits_in_place_of_hmac, "digits-in-place-of-hmac",
     "check digits of USERPINMAC stand where the HMAC belongs",
     "write the HMAC-SHA1 as 40 hexadecimal digits, or set SEC to 3 and tell the user the code"},
    {hmac_in_place_of_digits, "hmac-in-place-of-digits",
     "an HMAC under the PIN stands where the user types check digits",
     "leave MAC out and give the user the PIN with its check digits, or set SEC to 1"},
});
static_assert(std::ranges::is_sorted(kRows, {}, &Row::mistake));
constexpr auto kAll = [] {
  std::array<MacMistake, kRows.size()> all{};
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = kRows[i].mistake;
  return all;
}();

const Row& row_of(MacMistake mistake) { return *std::ranges::find(kRows, mistake, &Row::mistake); }

constexpr std::size_t kMacDigits = 40;

std::optional<signer::HmacDigest> digest_of(std::string_view mac) {
  if (mac.size() != kMacDigits) return std::nullopt;
  const auto octets = from_hex(mac);
  if (!octets || octets->size() != kMacDigits / 2) return std::nullopt;
  signer::HmacDigest digest{};
  std::ranges::copy(*octets, digest.begin());
  return digest;
}

bool has_lower_case(std::string_view mac) {
  return std::ranges::any_of(mac, [](char c) { return c >= 'a' && c <= 'f'; });
}

/// More wrong than this is nobody's one mistake; and what is tried stays bounded.
constexpr std::size_t kLongestScanned = 16 * 1024;

class Search {
 public:
  Search(const SignedPush& push, const MacKeys& keys) : push_(push), keys_(keys) {}

  Result<MacVerdict> run() {
    if (push_.SEC == static_cast<std::uint8_t>(Security::USERPINMAC)) return userpinmac();
    if (push_.MAC.empty()) {
      verdict_.mistakes = {push_.SEC ? no_mac : unsigned_push};
      return verdict_;
    }
    if (auto enough = keys_suffice(); !enough) return fail(std::move(enough).error());
    const auto digest = digest_of(push_.MAC);
    if (!digest) return not_a_digest();
    auto found = by_hmac(*digest);
    if (!found) return fail(std::move(found).error());
    if (!*found) {
      if (body_is_cut()) verdict_.mistakes = {body_cut};
      return verdict_;
    }
    if (!push_.SEC) verdict_.mistakes.push_back(no_sec);
    if (has_lower_case(push_.MAC)) verdict_.mistakes.push_back(lower_case);
    verdict_.holds = verdict_.mistakes.empty();
    return verdict_;
  }

 private:
  [[nodiscard]] Result<void> keys_suffice() const {
    const auto sec = static_cast<Security>(push_.SEC.value_or(0xFF));
    if (keys_.imsi == nullptr && signer::needs_imsi(sec)) {
      return fail(signer::Errc::missing_imsi,
                  std::string(to_string(sec)) + " is checked by the IMSI: give it",
                  at_field("imsi"));
    }
    if (keys_.pin == nullptr && signer::needs_pin(sec)) {
      return fail(signer::Errc::missing_pin,
                  std::string(to_string(sec)) + " is checked by the PIN: give it", at_field("pin"));
    }
    if (keys_.imsi == nullptr && keys_.pin == nullptr) {
      return fail(signer::Errc::missing_pin, "a MAC is checked by IMSI or PIN: give one",
                  at_field("pin"));
    }
    return {};
  }

  [[nodiscard]] bool body_is_cut() const {
    const auto document = wbxml::decode(push_.body);
    return !document && document.error().code == Code(wbxml::Errc::truncated);
  }

  /// Every key over every body, the likeliest first: one mistake, then two.
  Result<bool> by_hmac(const signer::HmacDigest& digest) {
    const std::vector<KeyTrial> keys = key_trials(push_.SEC, keys_);
    const std::vector<BodyTrial> bodies = body_trials(push_);
    for (std::size_t most = 0; most <= 3; ++most) {
      for (const KeyTrial& key : keys) {
        for (const BodyTrial& body : bodies) {
          if (key.mistakes.size() + (body.mistake ? 1 : 0) != most) continue;
          ++verdict_.tried;
          signer::HmacDigest computed{};
          if (auto done = hmac_.digest(key.octets.expose(), body.octets, computed); !done)
            return fail(std::move(done).error());
          if (computed != digest) continue;
          take(key, body.mistake);
          return true;
        }
      }
    }
    return by_prefix(keys, digest);
  }

  Result<bool> by_prefix(const std::vector<KeyTrial>& keys, const signer::HmacDigest& digest) {
    const OctetView body = push_.body.first(std::min(push_.body.size(), kLongestScanned));
    for (const KeyTrial& key : keys) {
      if (key.mistakes.size() > 1) continue;
      ++verdict_.tried;
      const auto octets = hmac_.find_prefix(key.octets.expose(), body, digest);
      if (!octets) return fail(octets.error());
      if (!*octets) continue;
      take(key, over_cut_body);
      return true;
    }
    return false;
  }

  void take(const KeyTrial& key, std::optional<MacMistake> body) {
    verdict_.method = key.method;
    verdict_.mistakes = key.mistakes;
    if (body) verdict_.mistakes.push_back(*body);
  }

  /// Is it what the user would type, or its second half?
  Result<MacVerdict> not_a_digest() {
    verdict_.mistakes = {not_hex};
    if (keys_.pin == nullptr) return verdict_;
    ++verdict_.tried;
    const auto code = signer_.userpinmac_code(*keys_.pin, push_.body);
    if (!code) return verdict_;  // a PIN too short for it
    const std::string_view whole = as_text(code->expose());
    if (push_.MAC == whole || push_.MAC == whole.substr(whole.size() / 2)) {
      verdict_.method = Security::USERPINMAC;
      verdict_.mistakes = {digits_in_place_of_hmac};
    }
    return verdict_;
  }

  Result<MacVerdict> userpinmac() {
    if (keys_.code == nullptr && keys_.pin == nullptr) {
      return fail(signer::Errc::missing_pin,
                  "userpinmac is checked by the code the user types, or the PIN in its first half: "
                  "give one",
                  at_field("code"));
    }
    if (keys_.code != nullptr) {
      ++verdict_.tried;
      const auto right = signer::verify_userpinmac(*keys_.code, push_.body);
      if (!right) return fail(right.error());
      verdict_.holds = *right;
      if (*right) {
        verdict_.method = Security::USERPINMAC;
        return verdict_;
      }
    }
    const auto digest = digest_of(push_.MAC);
    if (!digest) {
      if (body_is_cut()) verdict_.mistakes = {body_cut};
      return verdict_;
    }
    for (const KeyTrial& key : typed_trials(keys_)) {
      ++verdict_.tried;
      signer::HmacDigest computed{};
      if (auto done = hmac_.digest(key.octets.expose(), push_.body, computed); !done)
        return fail(std::move(done).error());
      if (computed != *digest) continue;
      verdict_.method = Security::USERPIN;
      verdict_.mistakes = {hmac_in_place_of_digits};
      if (has_lower_case(push_.MAC)) verdict_.mistakes.push_back(lower_case);
      break;
    }
    return verdict_;
  }

  const SignedPush& push_;
  const MacKeys& keys_;
  signer::HmacSha1 hmac_;
  signer::BootstrapSigner signer_;
  MacVerdict verdict_;
};

}  // namespace

std::string_view id_of(MacMistake mistake) { return row_of(mistake).id; }
std::string_view text_of(MacMistake mistake) { return row_of(mistake).text; }
std::string_view remedy_of(MacMistake mistake) { return row_of(mistake).remedy; }
std::span<const MacMistake> mac_mistakes() { return kAll; }

Result<MacVerdict> check_mac(const SignedPush& push, const MacKeys& keys) {
  return Search(push, keys).run();
}

}  // namespace cpgw::gateway::provisioning
