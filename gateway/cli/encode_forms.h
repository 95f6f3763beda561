// The forms a content takes on its way through cpgw encode: push, parts, TPDUs, segments.
#pragma once

#include <string>
#include <vector>

#include "base/secret.h"
#include "gateway/cli/commands.h"
#include "gateway/flow/content.h"
#include "si_sl/part.h"

namespace cpgw::gateway::cli {

inline constexpr std::uint16_t kDefaultReference = 0x2A;
inline constexpr std::uint8_t kDefaultTransactionId = 0x01;

/// Everything one content became on its way; later forms are empty when not asked for.
struct Encoded {
  Octets wbxml, push;  ///< wbxml: of a text its UTF-8
  std::string mac;
  Secret code;  ///< USERPINMAC
  std::vector<si_sl::Part> parts;
  std::vector<Octets> tpdus;  ///< with the service centre in front where one is given
  std::vector<Octets> segments;
};

[[nodiscard]] std::uint16_t reference_of(const EncodeCommand& command);

// Each takes what the one before made.
[[nodiscard]] Result<void> sign(Io& io, const EncodeCommand& command,
                                const flow::CompiledContent& content, Encoded& encoded);
[[nodiscard]] Result<void> cut(const EncodeCommand& command, const flow::CompiledContent& content,
                               Encoded& encoded);
[[nodiscard]] Result<void> cut_for_cdma(const EncodeCommand& command,
                                        const flow::CompiledContent& content, Encoded& encoded);

/// Every form there is.
[[nodiscard]] std::string as_json(const EncodeCommand& command,
                                  const flow::CompiledContent& content, const Encoded& encoded);

}  // namespace cpgw::gateway::cli
