#include "gateway/provisioning/mac_trials.h"

#include <algorithm>
#include <array>

#include "si_sl/wsp_push.h"
#include "wbxml/decoder.h"
#include "wbxml/encoder.h"
#include "wbxml/xml_reader.h"

namespace cpgw::gateway::provisioning {
namespace {

using enum MacMistake;
using signer::Security;

/// One way to write digits, and what is wrong with it.
struct Form {
  Secret octets;
  std::optional<MacMistake> mistake;
};

constexpr std::uint8_t kFiller = 0x0F, kOdd = 0x9, kEven = 0x1;

/// Half octets, two by two, the earlier one in the low half unless `swapped` is off.
Secret packed(const std::vector<std::uint8_t>& halves, bool swapped, std::uint8_t filler) {
  Octets octets;
  for (std::size_t i = 0; i < halves.size(); i += 2) {
    const unsigned first = halves[i], second = i + 1 < halves.size() ? halves[i + 1] : filler;
    octets.push_back(static_cast<std::byte>(swapped ? second << 4 | first : first << 4 | second));
  }
  Secret out{OctetView(octets)};
  wipe(octets);
  return out;
}

std::vector<std::uint8_t> with_front(std::uint8_t front, OctetView digits) {
  std::vector<std::uint8_t> halves{front};
  for (const std::byte digit : digits)
    halves.push_back(static_cast<std::uint8_t>(to_u8(digit) & 0x0F));
  return halves;
}

Secret with_octet(std::uint8_t front, const Secret& octets) {
  Octets all{static_cast<std::byte>(front)};
  all.insert(all.end(), octets.expose().begin(), octets.expose().end());
  Secret out{OctetView(all)};
  wipe(all);
  return out;
}

std::vector<Form> imsi_forms(const Imsi& imsi) {
  const OctetView digits = imsi.expose();
  const bool odd = digits.size() % 2 != 0;
  const auto right = with_front(odd ? kOdd : kEven, digits);
  const auto wrong = with_front(odd ? kEven : kOdd, digits);
  Secret key = signer::imsi_key(imsi);
  std::vector<Form> forms;
  const auto length = static_cast<std::uint8_t>(key.expose().size());
  forms.push_back({with_octet(length, key), length_octet_included});
  forms.insert(forms.begin(), {std::move(key), std::nullopt});
  forms.push_back({Secret(digits), imsi_as_ascii});
  forms.push_back({packed(right, false, kFiller), nibbles_not_swapped});
  if (!odd) forms.push_back({packed(right, true, 0), filler_zero});
  forms.push_back({packed(wrong, true, kFiller), wrong_parity});
  auto bare = right;
  bare.erase(bare.begin());
  forms.push_back({packed(bare, true, kFiller), parity_missing});
  if (!odd) {
    auto lost = wrong;
    lost.pop_back();
    forms.push_back({packed(lost, true, kFiller), last_digit_lost});
  }
  return forms;
}

std::vector<Form> pin_forms(const UserPin& pin) {
  std::vector<Form> forms;
  forms.push_back({Secret(pin.expose()), std::nullopt});
  auto halves = with_front(0, pin.expose());
  halves.erase(halves.begin());
  forms.push_back({packed(halves, true, kFiller), pin_as_semi_octets});
  forms.push_back({packed(halves, false, kFiller), pin_as_semi_octets});
  return forms;
}

class Keys {
 public:
  explicit Keys(std::optional<std::uint8_t> sec) : sec_(sec) {}

  /// With a terminator and without.
  void add(Security method, std::initializer_list<const Form*> parts, bool turned = false) {
    Octets octets;
    std::vector<MacMistake> mistakes;
    if (sec_ && *sec_ != static_cast<std::uint8_t>(method)) mistakes.push_back(wrong_method);
    if (turned) mistakes.push_back(pin_before_imsi);
    for (const Form* part : parts) {
      octets.insert(octets.end(), part->octets.expose().begin(), part->octets.expose().end());
      if (part->mistake) mistakes.push_back(*part->mistake);
    }
    add(method, octets, mistakes);
    octets.push_back(std::byte{0});
    mistakes.push_back(pin_with_terminator);
    add(method, octets, std::move(mistakes));
    wipe(octets);
  }

  std::vector<KeyTrial> take() {
    std::ranges::stable_sort(all_, {}, [](const KeyTrial& t) { return t.mistakes.size(); });
    std::vector<KeyTrial> unlike;
    for (KeyTrial& trial : all_) {
      const bool known = std::ranges::any_of(
          unlike, [&](const KeyTrial& other) { return other.octets == trial.octets; });
      if (!known) unlike.push_back(std::move(trial));
    }
    return unlike;
  }

 private:
  void add(Security method, const Octets& octets, std::vector<MacMistake> mistakes) {
    all_.push_back({method, Secret(OctetView(octets)), std::move(mistakes)});
  }

  std::optional<std::uint8_t> sec_;
  std::vector<KeyTrial> all_;
};

/// The document in every other way we can write it.
void add_encodings(const wbxml::Document& document, std::vector<BodyTrial>& trials) {
  for (const std::uint8_t version : std::array<std::uint8_t, 3>{0x03, 0x02, 0x01}) {
    for (const bool stay : {false, true}) {
      for (const bool table : {false, true}) {
        auto octets = wbxml::encode(
            document, {.version = version, .stay_on_page = stay, .string_table = table});
        if (octets) trials.push_back({over_other_encoding, {}, std::move(*octets)});
      }
    }
  }
  for (const unsigned indent : {0U, 2U}) {
    const std::string xml = wbxml::write_xml(document, indent);
    const OctetView octets = as_octets(xml);
    trials.push_back({over_xml, {}, Octets(octets.begin(), octets.end())});
  }
}

/// The push as it stood before MAC, and perhaps SEC, was put into it.
void add_headers(const SignedPush& push, std::vector<BodyTrial>& trials) {
  const auto signed_one = si_sl::read_push(push.pdu);
  if (!signed_one) return;
  for (const auto sec : {std::optional<std::uint8_t>(), signed_one->SEC}) {
    si_sl::PushHeaders headers;
    headers.content_type = signed_one->content_type.value_or(si_sl::kConnectivityWbxml);
    headers.content_type_text = signed_one->content_type_text;
    headers.SEC = sec;
    Octets pdu;
    if (!si_sl::write_push(signed_one->transaction_id, headers, push.body, pdu)) continue;
    const auto view = si_sl::read_push(pdu);
    if (!view) continue;
    const auto front = static_cast<std::size_t>(view->header_octets.data() - pdu.data());
    trials.push_back(
        {over_headers, {}, Octets(pdu.begin() + static_cast<std::ptrdiff_t>(front), pdu.end())});
    trials.push_back({over_pdu, {}, std::move(pdu)});
  }
}

}  // namespace

std::vector<KeyTrial> key_trials(std::optional<std::uint8_t> sec, const MacKeys& given) {
  Keys keys(sec);
  std::vector<Form> imsis, pins;
  if (given.imsi != nullptr) imsis = imsi_forms(*given.imsi);
  if (given.pin != nullptr) pins = pin_forms(*given.pin);
  for (const Form& imsi : imsis) keys.add(Security::NETWPIN, {&imsi});
  for (const Form& pin : pins) keys.add(Security::USERPIN, {&pin});
  for (const Form& imsi : imsis) {
    for (const Form& pin : pins) {
      keys.add(Security::USERNETWPIN, {&imsi, &pin});
      keys.add(Security::USERNETWPIN, {&pin, &imsi}, true);
    }
  }
  return keys.take();
}

std::vector<KeyTrial> typed_trials(const MacKeys& given) {
  std::vector<KeyTrial> all;
  const auto add = [&](OctetView digits) {
    all.push_back({Security::USERPIN, Secret(digits), {}});
  };
  if (given.pin != nullptr) add(given.pin->expose());
  if (given.code != nullptr) {
    const OctetView code = given.code->expose();
    add(code);
    add(code.first(code.size() / 2));
  }
  return all;
}

std::vector<BodyTrial> body_trials(const SignedPush& push) {
  std::vector<BodyTrial> trials;
  trials.push_back({std::nullopt, push.body});
  add_headers(push, trials);
  if (const auto document = wbxml::decode(push.body)) add_encodings(*document, trials);
  for (BodyTrial& trial : trials) {
    if (trial.octets.empty()) trial.octets = trial.own;
  }
  return trials;
}

}  // namespace cpgw::gateway::provisioning
