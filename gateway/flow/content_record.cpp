// The stored form of contents.
#include <openssl/evp.h>

#include "gateway/flow/content.h"

namespace cpgw::gateway::flow {
namespace {

/// Of the stored body. Written to disk: a new layout takes a new number, the old stays readable.
constexpr std::uint8_t kRecordVersion = 1;
constexpr std::uint8_t kWideReference = 0x01;
constexpr std::uint8_t kConcatenationFirst = 0x02;
constexpr std::uint8_t kStayOnPage = 0x04;
constexpr std::uint8_t kStringTable = 0x08;
constexpr std::uint8_t kFlags = kWideReference | kConcatenationFirst | kStayOnPage | kStringTable;
// Of a push that is not just provisioning.
constexpr std::uint8_t kHasCharset = 0x01;
constexpr std::uint8_t kHasApplication = 0x02;
constexpr std::uint8_t kNoClass = 0xFF;  // of text

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

void write_push_type(const PushType& push, OctetWriter& out) {
  out.u16(push.content_type)
      .u8(static_cast<std::uint8_t>(push.content_type_text.size()))
      .put(push.content_type_text)
      .u8(static_cast<std::uint8_t>((push.charset ? kHasCharset : 0) |
                                    (push.application_id ? kHasApplication : 0)))
      .u16(push.charset.value_or(0))
      .u32(push.application_id.value_or(0));
}

Result<PushType> read_push_type(OctetReader& in) {
  PushType push;
  const auto code = in.u16();
  const auto length = in.u8();
  if (!length) return bad_record("ends too early");
  const auto text = in.take(*length);
  const auto flags = in.u8();
  const auto charset = in.u16();
  const auto application = in.u32();
  if (!text || !application || (*flags & ~(kHasCharset | kHasApplication)) != 0) {
    return bad_record("has no content type");
  }
  push.content_type = *code;
  push.content_type_text = as_text(*text);
  if ((*flags & kHasCharset) != 0) push.charset = *charset;
  if ((*flags & kHasApplication) != 0) push.application_id = *application;
  return push;
}

}  // namespace

queue::Content store_content(const CompiledContent& content, std::string_view source_text) {
  queue::Content stored;
  stored.kind = static_cast<std::uint8_t>(content.kind);
  const si_sl::SegmentOptions& segments = content.profile.segments;
  const Octets form = content.form.serialize();
  OctetWriter out(stored.body);
  out.u8(kRecordVersion)
      .u8(static_cast<std::uint8_t>(content.security))
      .u8(content.profile.wbxml_version)
      .u16(segments.destination_port)
      .u16(segments.source_port)
      .u8(static_cast<std::uint8_t>(
          (segments.wide_reference ? kWideReference : 0) |
          (segments.order == si_sl::ElementOrder::concatenation_first ? kConcatenationFirst : 0) |
          (content.profile.stay_on_page ? kStayOnPage : 0) |
          (content.profile.string_table ? kStringTable : 0)))
      .u8(segments.part_limit)
      .u8(segments.data_coding);
  if (content.kind == ContentKind::push) write_push_type(content.push, out);
  if (content.kind == ContentKind::text) out.u8(content.message_class.value_or(kNoClass));
  out.u32(static_cast<std::uint32_t>(form.size())).put(form);
  const OctetView source = as_octets(source_text);
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
  if (stored.kind < static_cast<std::uint8_t>(ContentKind::provisioning) ||
      stored.kind > static_cast<std::uint8_t>(ContentKind::text)) {
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
  if (!data_coding) return bad_record("ends too early");
  if (!known_security(*security) || *wbxml_version < 1 || *wbxml_version > 3 ||
      (*flags & ~kFlags) != 0 || *part_limit == 0 || *part_limit > queue::kMaxParts) {
    return bad_record("has a field outside its range");
  }
  CompiledContent content;
  content.kind = static_cast<ContentKind>(stored.kind);
  if (content.kind == ContentKind::push) {
    auto push = read_push_type(in);
    if (!push) return fail(std::move(push).error());
    content.push = *std::move(push);
  } else if (content.kind == ContentKind::text) {
    const auto message_class = in.u8();
    if (!message_class || (*message_class > 3 && *message_class != kNoClass)) {
      return bad_record("has a field outside its range");
    }
    if (*message_class != kNoClass) content.message_class = *message_class;
  }
  const auto length = in.u32();
  if (!length || *length != in.remaining()) return bad_record("has the wrong length");
  auto form = wbxml::Template::parse(in.rest());
  if (!form) return bad_record("holds no template: " + form.error().message);

  content.security = static_cast<signer::Security>(*security);
  content.profile.wbxml_version = *wbxml_version;
  content.profile.stay_on_page = (*flags & kStayOnPage) != 0;
  content.profile.string_table = (*flags & kStringTable) != 0;
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
