// Simulated phones, without sockets: each puts its parts together, checks port, MAC and document,
// and keeps a verdict.
#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <functional>
#include <istream>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "base/names.h"
#include "base/secret.h"
#include "carriers/smpp/pdu.h"
#include "si_sl/segmentation.h"
#include "wbxml/document.h"

namespace cpgw::gateway::simulators {

/// Why a phone does not take what it got. The names are stable.
enum class Reason : std::uint8_t {
  none,
  bad_part,        ///< user data header unreadable, or a part that contradicts another
  wrong_port,      ///< not the one of its content: 2948, of settings 49999 or 49996
  bad_push,        ///< not a WSP push
  wrong_type,      ///< no document this phone knows
  unsigned_push,   ///< provisioning without SEC or MAC
  no_secret,       ///< SEC needs an IMSI, PIN or code this phone does not have
  wrong_mac,       ///< the MAC does not hold for this phone
  bad_document,    ///< not WBXML of a known document type
  other_document,  ///< not the expected one
};
inline constexpr std::size_t kReasons = 10;
[[nodiscard]] std::string_view to_string(Reason reason);

struct Phone {
  Secret imsi, pin;  ///< pin: what the user types, the code for USERPINMAC; empty = none
  std::vector<std::string> slots;  ///< in the order of Phones::slot_names
};

/// What became of one whole message.
struct Verdict {
  std::string number;  ///< international form
  Reason reason = Reason::none;
  bool duplicate = false;  ///< a document this phone had verified before
  std::uint8_t parts = 1;
  std::size_t octets = 0;
};

struct PhonesSummary {
  std::uint64_t phones = 0, verified = 0, failed = 0, duplicates = 0, incomplete = 0;
  std::uint64_t messages = 0, parts = 0, duplicate_parts = 0, unknown_numbers = 0;
  std::uint64_t texts = 0;  ///< plain messages without a port, for the user to read
  std::array<std::uint64_t, kReasons> reasons{};
};

/// Owned by one thread.
class Phones {
 public:
  struct Options {
    bool allow_unsigned = false;
    std::size_t most_phones = 5'000'000;
    std::size_t open_messages = 4;  ///< unfinished ones a phone keeps
  };
  using Report = std::function<void(const Verdict&)>;

  explicit Phones(Options options, Report report = {});
  ~Phones();
  Phones(const Phones&) = delete;
  Phones& operator=(const Phones&) = delete;

  /// Reads `number,imsi[,pin]` lines, or a header row and such rows. Every line must be right;
  /// errors name line and column, never a value.
  [[nodiscard]] Result<void> read(std::istream& lines, const std::string& file);
  [[nodiscard]] Result<void> add(const Msisdn& number, Phone phone);
  /// The document every phone must get; a value may hold ${slot}, `$${` is a literal `${`.
  void expect(wbxml::Document document) { expected_ = std::move(document); }

  /// One deliver_sm; the command_status to answer with: 0 = the phone has it.
  [[nodiscard]] std::uint32_t take(const carriers::smpp::Pdu& deliver, SteadyTime now);

  [[nodiscard]] PhonesSummary summary() const;
  [[nodiscard]] std::uint64_t verified() const { return counts_.verified; }
  [[nodiscard]] std::size_t size() const { return phones_.size(); }

 private:
  /// A multi-part message this phone has seen parts of: tells repeated parts.
  struct Seen {
    std::uint64_t originator = 0;
    std::uint16_t reference = 0;
    std::uint8_t total = 0;
    std::bitset<256> have;
    bool complete = false;  ///< it was whole once: further parts are repetitions
  };
  struct State {
    Phone phone;
    std::unique_ptr<si_sl::Reassembler> parts;  ///< while something is unfinished
    std::vector<Seen> seen;                     ///< the latest few, newest last
    std::size_t verified_digest = 0;
    bool verified = false;
  };

  /// Counts repeated parts.
  void note_part(State& state, std::string_view originator, const si_sl::UserDataHeader& header);
  void judge(State& state, const Msisdn& number, const si_sl::Reassembler::Message& message);
  [[nodiscard]] Reason check(const State& state, const si_sl::Reassembler::Message& message,
                             std::size_t& digest) const;
  [[nodiscard]] Reason check_mac(const Phone& phone, std::uint8_t method, std::string_view mac,
                                 OctetView body) const;
  [[nodiscard]] bool as_expected(const wbxml::Node& wanted, const wbxml::Node& got,
                                 const Phone& phone) const;
  [[nodiscard]] std::string filled(std::string_view value, const Phone& phone) const;
  void tell(const Msisdn& number, Verdict verdict);

  Options options_;
  Report report_;
  std::unordered_map<std::uint64_t, State> phones_;  ///< by Msisdn::packed
  std::vector<std::string> slot_names_;
  std::optional<wbxml::Document> expected_;
  PhonesSummary counts_;
};

}  // namespace cpgw::gateway::simulators
