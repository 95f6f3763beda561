#include "gateway/flow/content.h"

#include <openssl/evp.h>

#include "si_sl/wsp_push.h"
#include "wbxml/token_table.h"
#include "wbxml/xml_reader.h"

namespace cpgw::gateway::flow {
namespace {

/// Of the stored body. Written to disk: a new layout takes a new number, the old stays readable.
constexpr std::uint8_t kRecordVersion = 1;
constexpr std::uint8_t kWideReference = 0x01;
constexpr std::uint8_t kConcatenationFirst = 0x02;

constexpr std::string_view kLongestMac = "0000000000000000000000000000000000000000";

queue::Digest content_digest(std::uint8_t kind, OctetView body) {
  struct Free {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  };
  queue::Digest digest{};
  const std::unique_ptr<EVP_MD_CTX, Free> context(EVP_MD_CTX_new());
  const bool done =
      context != nullptr && EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr) == 1 &&
      EVP_DigestUpdate(context.get(), &kind, 1) == 1 &&
      EVP_DigestUpdate(context.get(), body.data(), body.size()) == 1 &&
      EVP_DigestFinal_ex(context.get(), reinterpret_cast<unsigned char*>(digest.data()), nullptr) ==
          1;
  if (!done) std::abort();  // out of memory, or a libcrypto without SHA-256
  return digest;
}

bool known_security(std::uint8_t value) {
  return value <= static_cast<std::uint8_t>(signer::Security::USERPINMAC) ||
         value == static_cast<std::uint8_t>(signer::Security::none);
}

tl::unexpected<Error> bad_record(std::string why) {
  return fail(Errc::bad_content, "the stored content " + std::move(why));
}

}  // namespace

Result<std::uint8_t> parts_estimate(const CompiledContent& content) {
  si_sl::PushHeaders headers;
  if (content.security != signer::Security::none) {
    headers.SEC = static_cast<std::uint8_t>(content.security);
    if (content.security != signer::Security::USERPINMAC) headers.MAC = kLongestMac;
  }
  const std::size_t octets = si_sl::push_octets(headers, content.form.max_octets());
  auto parts = si_sl::part_count(octets, content.profile.segments);
  if (!parts) {
    return fail(Errc::too_many_parts, "the push can grow to " + std::to_string(octets) +
                                          " octets: " + parts.error().message +
                                          "; shorten the document or its slots' maxima");
  }
  if (*parts > queue::kMaxParts) {
    return fail(Errc::too_many_parts, "the push can grow to " + std::to_string(*parts) +
                                          " parts, at most " + std::to_string(queue::kMaxParts) +
                                          " are possible");
  }
  return *parts;
}

Result<CompiledContent> compile_content(std::string_view xml, signer::Security security,
                                        std::span<const wbxml::SlotSpec> slots,
                                        const DeliveryProfile& profile) {
  auto document = wbxml::read_xml(xml);
  if (!document) return fail(std::move(document).error());
  if (document->type != &wbxml::prov()) {
    return fail(Errc::bad_content,
                "only a wap-provisioningdoc can be sent as provisioning content, this is a '" +
                    document->root.name + "'");
  }
  auto form = wbxml::Template::compile(*document, slots, {.version = profile.wbxml_version});
  if (!form) return fail(std::move(form).error());
  CompiledContent content{security, profile, *std::move(form)};
  if (auto parts = parts_estimate(content); !parts) return fail(std::move(parts).error());
  return content;
}

queue::Content store_content(const CompiledContent& content, std::string_view xml) {
  queue::Content stored;
  stored.kind = kProvisioningContent;
  const si_sl::SegmentOptions& segments = content.profile.segments;
  const Octets form = content.form.serialize();
  OctetWriter(stored.body)
      .u8(kRecordVersion)
      .u8(static_cast<std::uint8_t>(content.security))
      .u8(content.profile.wbxml_version)
      .u16(segments.destination_port)
      .u16(segments.source_port)
      .u8(static_cast<std::uint8_t>(
          (segments.wide_reference ? kWideReference : 0) |
          (segments.order == si_sl::ElementOrder::concatenation_first ? kConcatenationFirst : 0)))
      .u8(segments.part_limit)
      .u8(segments.data_coding)
      .u32(static_cast<std::uint32_t>(form.size()))
      .put(form);
  const OctetView source = as_octets(xml);
  stored.source.assign(source.begin(), source.end());
  stored.digest = content_digest(stored.kind, stored.body);
  return stored;
}

Result<queue::Content> seal_content(const queue::Content& stored, signer::Sealer& sealer) {
  const std::string owner = to_hex(stored.digest);
  auto body = sealer.seal(stored.body, {.tenant = "", .owner = owner, .field = "content-body"});
  if (!body) return fail(std::move(body).error());
  auto source =
      sealer.seal(stored.source, {.tenant = "", .owner = owner, .field = "content-source"});
  if (!source) return fail(std::move(source).error());
  return queue::Content{stored.digest, stored.kind, *std::move(body), *std::move(source)};
}

Result<queue::Content> open_content(const queue::Content& sealed, signer::Sealer& sealer) {
  const std::string owner = to_hex(sealed.digest);
  auto body = sealer.open(sealed.body, {.tenant = "", .owner = owner, .field = "content-body"});
  if (!body) return fail(std::move(body).error());
  auto source =
      sealer.open(sealed.source, {.tenant = "", .owner = owner, .field = "content-source"});
  if (!source) return fail(std::move(source).error());
  const auto octets = [](const Secret& plain) {
    return Octets(plain.expose().begin(), plain.expose().end());
  };
  return queue::Content{sealed.digest, sealed.kind, octets(*body), octets(*source)};
}

Result<CompiledContent> load_content(const queue::Content& stored) {
  if (stored.kind != kProvisioningContent) {
    return bad_record("is of a kind this version does not know (" + std::to_string(stored.kind) +
                      ")");
  }
  if (content_digest(stored.kind, stored.body) != stored.digest) {
    return bad_record("does not have its digest: it was changed on disk");
  }
  OctetReader in(stored.body);
  const auto version = in.u8();
  if (!version) return bad_record("is empty");
  if (*version != kRecordVersion) {
    return bad_record("has record version " + std::to_string(*version) +
                      ", this version reads only " + std::to_string(kRecordVersion));
  }
  const auto security = in.u8();
  const auto wbxml_version = in.u8();
  const auto destination_port = in.u16();
  const auto source_port = in.u16();
  const auto flags = in.u8();
  const auto part_limit = in.u8();
  const auto data_coding = in.u8();
  const auto length = in.u32();
  if (!length || *length != in.remaining()) return bad_record("has the wrong length");
  if (!known_security(*security) || *wbxml_version < 1 || *wbxml_version > 3 ||
      (*flags & ~(kWideReference | kConcatenationFirst)) != 0 || *part_limit == 0 ||
      *part_limit > queue::kMaxParts) {
    return bad_record("has a field outside its range");
  }
  auto form = wbxml::Template::parse(in.rest());
  if (!form) return bad_record("holds no template: " + form.error().message);

  CompiledContent content;
  content.security = static_cast<signer::Security>(*security);
  content.profile.wbxml_version = *wbxml_version;
  content.profile.segments = {
      .destination_port = *destination_port,
      .source_port = *source_port,
      .wide_reference = (*flags & kWideReference) != 0,
      .order = (*flags & kConcatenationFirst) != 0 ? si_sl::ElementOrder::concatenation_first
                                                   : si_sl::ElementOrder::ports_first,
      .part_limit = *part_limit,
      .data_coding = *data_coding,
  };
  content.form = *std::move(form);
  if (auto parts = parts_estimate(content); !parts) return fail(std::move(parts).error());
  return content;
}

}  // namespace cpgw::gateway::flow
