#include <fmt/format.h>
#include <openssl/sha.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <random>
#include <unordered_set>

#include "gateway/cli/client.h"
#include "gateway/cli/demo.h"
#include "gateway/cli/table.h"
#include "gateway/flow/compose.h"
#include "si_sl/wsp_push.h"

namespace cpgw::gateway::cli::demo {
namespace {

/// The first octets as text, "…" when there are more.
std::string head(OctetView octets, std::size_t most) {
  return to_hex(octets.first(std::min(most, octets.size()))) + (octets.size() > most ? "…" : "");
}

std::string digits(std::mt19937_64& draw, unsigned count) {
  std::string text(count, '0');
  for (char& c : text) c = static_cast<char>('0' + draw() % 10);
  return text;
}

}  // namespace

std::vector<Phone> draw_phones(std::uint32_t count, std::uint64_t seed, Random& random) {
  std::mt19937_64 draw(seed != 0 ? seed : random.below(~std::uint64_t{0}));
  std::unordered_set<std::string> numbers;
  std::vector<Phone> phones;
  phones.reserve(count);
  while (phones.size() < count) {
    std::string number = "+358457" + digits(draw, 7);
    if (numbers.insert(number).second)
      phones.push_back({std::move(number), "00101" + digits(draw, 10)});
  }
  return phones;
}

std::string settings_text(std::uint16_t smsc_port, const std::string& password,
                          std::string_view receipts) {
  return fmt::format(R"([gateway]
data_dir = "var"
[store]
engine = "rocksdb"
[secrets]
keyring = "keyring"
[zmq]
intake = "ipc://run/intake.sock"
events = "ipc://run/events.sock"
[log]
file = "gateway.log"
level = "info"
[numbers]
default_country = "358"
[[tenant]]
name = "demo"
[[carrier]]
name = "smsc"
type = "smpp"
simulator = true
host = "127.0.0.1"
port = {}
system_id = "cpgw"
password = "{}"
window = 50
receipts = "{}"
[[route]]
prefix = "+"
carrier = "smsc"
)",
                     smsc_port, password, receipts);
}

Result<void> add_handsets(std::string_view said, Verdict& verdict) {
  while (said.ends_with('\n')) said.remove_suffix(1);
  said = said.substr(said.rfind('\n') + 1);  // npos + 1 = 0
  boost::json::error_code problem;
  const boost::json::value summary = boost::json::parse(said, problem);
  if (problem || !summary.is_object()) return fail(Errc::io, "the handsets gave no verdict");
  verdict.verified = number_of(summary.as_object(), "verified");
  verdict.failed += number_of(summary.as_object(), "failed");
  verdict.possible_duplicates =
      std::max(verdict.possible_duplicates, number_of(summary.as_object(), "duplicates"));
  return {};
}

boost::json::object to_json(const Verdict& v) {
  return {{"accepted", v.accepted},
          {"parts", v.parts},
          {"delivered", v.delivered},
          {"verified", v.verified},
          {"failed", v.failed},
          {"lost", v.lost},
          {"possible_duplicates", v.possible_duplicates},
          {"seconds", v.seconds},
          {"documents_per_second", v.documents_per_second}};
}

std::string to_table(const Verdict& v) {
  return table({"accepted", "parts", "delivered", "verified", "failed", "lost",
                "possible duplicates", "seconds", "documents/s"},
               {{std::to_string(v.accepted), std::to_string(v.parts), std::to_string(v.delivered),
                 std::to_string(v.verified), std::to_string(v.failed), std::to_string(v.lost),
                 std::to_string(v.possible_duplicates), fmt::format("{:.2f}", v.seconds),
                 fmt::format("{:.0f}", v.documents_per_second)}});
}

Result<std::string> walk_through(const std::string& xml, const Phone& phone,
                                 const signer::Keyring& keyring, const boost::json::object& job,
                                 const std::vector<std::pair<std::string, std::string>>& events) {
  auto content = flow::compile_content(xml, signer::Security::NETWPIN, {}, {});
  if (!content) return fail(std::move(content).error());
  auto imsi = Imsi::parse(phone.imsi);
  if (!imsi) return fail(std::move(imsi).error());
  flow::SealedInputs inputs;
  inputs.imsi = std::move(*imsi);
  flow::Composer composer(keyring);
  flow::Composed composed;
  queue::Drawn drawn;
  const std::string stored = text_of(job, "push_digest");
  bool same = false;
  // Which transaction id was drawn is known by the digest of the push that was sent.
  for (unsigned tid = 0; tid < 256 && !same; ++tid) {
    drawn.transaction_id = static_cast<std::uint8_t>(tid);
    if (auto done = composer.compose(*content, inputs, drawn, composed); !done)
      return fail(std::move(done).error());
    same = to_hex(composed.push_digest) == stored;
  }
  const OctetView wbxml = composer.last_wbxml(), push = composer.last_push();
  std::string text = fmt::format("one push, {} to {}\n", text_of(job, "id"), phone.number);
  text += fmt::format("  XML     {:4} octets\n", xml.size());
  text += fmt::format("  WBXML   {:4} octets  {}\n", wbxml.size(), head(wbxml, 24));
  // A whole MAC lets anyone search the IMSI.
  const auto sent = si_sl::read_push(push);
  text +=
      fmt::format("  MAC     {}…        HMAC-SHA1 over the WBXML, keyed with the phone's IMSI\n",
                  sent ? sent->MAC.substr(0, 4) : "");
  text += fmt::format("  push    {:4} octets  {}  (its keyed digest {} the one the gateway kept)\n",
                      push.size(), head(push, 6), same ? "is" : "IS NOT");
  for (const si_sl::Part& part : composed.parts) {
    text += fmt::format(
        "  part {}/{} {:4} octets  header {}, {} of data, DCS "
        "{:02x}\n",
        part.number, part.total, part.octets, to_hex(part.udh()), part.data().size(),
        part.data_coding);
  }
  for (const auto& [kind, at] : events) text += fmt::format("  {:<11}{}\n", kind, at);
  if (!same) return fail(Errc::io, "the push rebuilt here is not the one the gateway sent");
  return text;
}

}  // namespace cpgw::gateway::cli::demo
