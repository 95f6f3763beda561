#include "gateway/flow/compose.h"

#include "si_sl/wsp_push.h"

namespace cpgw::gateway::flow {

struct Composer::Impl {
  explicit Impl(const signer::Keyring& keyring) : digest(keyring, kPushDigestPurpose) {}

  signer::BootstrapSigner signer;
  signer::KeyedDigest digest;
  std::vector<std::string_view> values;
};

Composer::Composer(const signer::Keyring& keyring) : impl_(std::make_unique<Impl>(keyring)) {}
Composer::~Composer() {
  // Slot values may be passwords, and a NETWPIN MAC lets anyone search the IMSI.
  wipe(wbxml_);
  wipe(push_);
}

Result<void> Composer::compose(const CompiledContent& content, const SealedInputs& inputs,
                               const queue::Drawn& drawn, Composed& out) {
  if (drawn.composer_version > kComposerVersion) {
    return fail(Errc::bad_content, "the job was composed by a later version of this program (" +
                                       std::to_string(drawn.composer_version) + ")");
  }
  if (inputs.slots.size() != content.form.slots().size()) {
    return fail(Errc::bad_recipient, "the job has " + std::to_string(inputs.slots.size()) +
                                         " slot values, its content needs " +
                                         std::to_string(content.form.slots().size()));
  }
  auto& values = impl_->values;
  values.clear();
  for (const Secret& value : inputs.slots) values.push_back(as_text(value.expose()));
  wbxml_.clear();
  if (auto filled = content.form.fill(values, wbxml_); !filled) {
    return fail(std::move(filled).error());
  }

  if (content.kind == ContentKind::text) return compose_text(content, drawn, out);
  return compose_push(content, inputs, drawn, out);
}

Result<void> Composer::compose_text(const CompiledContent& content, const queue::Drawn& drawn,
                                    Composed& out) {
  push_.clear();
  if (!out.code.empty()) out.code = Secret();
  if (auto cut =
          si_sl::segment_text(as_text(wbxml_), drawn.reference, text_options(content), out.parts);
      !cut) {
    return fail(std::move(cut).error());
  }
  auto digest = impl_->digest.of(wbxml_);
  if (!digest) return fail(std::move(digest).error());
  out.push_digest = *digest;
  return {};
}

Result<void> Composer::compose_push(const CompiledContent& content, const SealedInputs& inputs,
                                    const queue::Drawn& drawn, Composed& out) {
  si_sl::PushHeaders headers = push_headers(content);
  signer::MacText mac{};
  if (!out.code.empty()) out.code = Secret();
  if (content.security != signer::Security::none) {
    headers.SEC = static_cast<std::uint8_t>(content.security);
  }
  if (content.security == signer::Security::USERPINMAC) {
    // The user's code carries the check digits, the push no MAC (OMA-WAP-TS-ProvBoot, USERPINMAC).
    if (!inputs.pin) return fail(signer::Errc::missing_pin, "the job has no drawn digits");
    auto code = impl_->signer.userpinmac_code(*inputs.pin, wbxml_);
    if (!code) return fail(std::move(code).error());
    out.code = *std::move(code);
  } else if (content.security != signer::Security::none) {
    auto made = impl_->signer.mac(content.security, inputs.imsi ? &*inputs.imsi : nullptr,
                                  inputs.pin ? &*inputs.pin : nullptr, wbxml_);
    if (!made) return fail(std::move(made).error());
    mac = *made;
    headers.MAC = std::string_view(mac.data(), mac.size());
  }

  push_.clear();
  if (auto written = si_sl::write_push(drawn.transaction_id, headers, wbxml_, push_); !written) {
    return fail(std::move(written).error());
  }
  if (auto cut = si_sl::segment(push_, drawn.reference, content.profile.segments, out.parts);
      !cut) {
    return fail(std::move(cut).error());
  }
  auto digest = impl_->digest.of(push_);
  if (!digest) return fail(std::move(digest).error());
  out.push_digest = *digest;
  return {};
}

}  // namespace cpgw::gateway::flow
