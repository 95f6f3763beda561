// Compose: a pure function of content, inputs and what was drawn at claim. Same record, same
// octets.
#pragma once

#include <vector>

#include "gateway/flow/accept.h"
#include "gateway/flow/content.h"
#include "queue/types.h"
#include "signer/keyed_digest.h"

namespace cpgw::gateway::flow {

inline constexpr std::uint16_t kComposerVersion = 1;
/// The purpose of the key of `Composed::push_digest`. Keyed, because who knows the document could
/// search a short PIN or an IMSI against a plain digest of the signed push.
inline constexpr std::string_view kPushDigestPurpose = "cpgw push digest 1";

struct Composed {
  std::vector<si_sl::Part> parts;
  queue::Digest push_digest{};  ///< keyed digest of the push octets
  Secret code;                  ///< USERPINMAC: what the user types
};

/// Keeps buffers and one digest context; no heap allocation once warm. Owned by one thread.
class Composer {
 public:
  explicit Composer(const signer::Keyring& keyring);
  ~Composer();
  /// `out`'s memory is reused. The WBXML and push octets of the last call stay readable until the
  /// next.
  [[nodiscard]] Result<void> compose(const CompiledContent& content, const SealedInputs& inputs,
                                     const queue::Drawn& drawn, Composed& out);
  [[nodiscard]] OctetView last_wbxml() const { return wbxml_; }
  [[nodiscard]] OctetView last_push() const { return push_; }

 private:
  [[nodiscard]] Result<void> compose_text(const CompiledContent& content, const queue::Drawn& drawn,
                                          Composed& out);
  [[nodiscard]] Result<void> compose_push(const CompiledContent& content,
                                          const SealedInputs& inputs, const queue::Drawn& drawn,
                                          Composed& out);
  struct Impl;
  std::unique_ptr<Impl> impl_;
  Octets wbxml_;  ///< the filled form: WBXML, or a text's UTF-8
  Octets push_;
};

}  // namespace cpgw::gateway::flow
