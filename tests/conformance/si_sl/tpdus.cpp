// Many TPDUs of pushes, texts and reports before two judges: tshark and node-pdu.
#include <random>

#include "si_sl/segmentation.h"
#include "si_sl/text.h"
#include "si_sl/tp_status.h"
#include "si_sl/tpdu.h"
#include "si_sl/wsp_push.h"
#include "tests/conformance/si_sl/tshark.h"

namespace cpgw::si_sl {
namespace {

using namespace std::chrono_literals;

/// Pushes of one run; all 2,000 with CPGW_CONFORMANCE_TPDUS=2000.
std::size_t pushes_wanted() {
  const char* const wanted = std::getenv("CPGW_CONFORMANCE_TPDUS");
  return wanted != nullptr ? std::strtoull(wanted, nullptr, 10) : 300;
}

constexpr std::uint16_t kOctetStream = 0x5A;  // a body nobody dissects further
const Timestamp kSent =
    timestamp_from(std::chrono::sys_days(std::chrono::year(2026) / 11 / 22) + 14h + 30min).value();

/// One TPDU and what the judges must find in it.
struct Sample {
  bool deliver = false;
  Octets tpdu;
  std::string address;
  Part part;
  std::uint16_t reference = 0;
  SegmentOptions options;
  std::size_t push_octets = 0;
  std::uint8_t transaction_id = 0;
};

class Maker {
 public:
  std::vector<Sample> make(std::size_t pushes) {
    std::vector<Sample> all;
    for (std::size_t i = 0; i < pushes; ++i) add_push(i, all);
    return all;
  }

 private:
  std::uint64_t below(std::uint64_t limit) { return random_() % limit; }

  void add_push(std::size_t i, std::vector<Sample>& all) {
    Octets body(1 + below(1200));
    for (std::byte& b : body) b = static_cast<std::byte>(below(256));
    PushHeaders headers;
    headers.content_type = kOctetStream;
    const std::string mac = to_hex(Octets(20, static_cast<std::byte>(below(256))), HexCase::upper);
    if (below(2) == 0) headers.SEC = static_cast<std::uint8_t>(below(4));
    if (headers.SEC) headers.MAC = mac;
    if (below(3) == 0) headers.application_id = static_cast<std::uint32_t>(below(10));
    Sample sample;
    sample.transaction_id = static_cast<std::uint8_t>(i);
    Octets push;
    ASSERT_TRUE(write_push(sample.transaction_id, headers, body, push));
    sample.push_octets = push.size();
    sample.options.wide_reference = below(2) == 0;
    sample.options.order =
        below(2) == 0 ? ElementOrder::ports_first : ElementOrder::concatenation_first;
    sample.options.data_coding = below(2) == 0 ? 0x04 : 0xF5;
    sample.options.part_limit = 255;
    // One after the other, so that tshark, which forgets nothing, never meets a number again soon.
    sample.reference = static_cast<std::uint16_t>(sample.options.wide_reference ? i : i % 256);
    sample.deliver = i % 2 != 0;
    std::vector<Part> parts;
    ASSERT_TRUE(segment(push, sample.reference, sample.options, parts));
    for (const Part& part : parts) {
      sample.part = part;
      write(i, sample);
      all.push_back(sample);
    }
  }

  void write(std::size_t i, Sample& sample) {
    sample.tpdu.clear();
    sample.address = std::to_string(12025550000U + i);
    if (sample.deliver) {
      if (i % 5 == 0) sample.address = "Operator";
      Deliver deliver = deliver_of(
          sample.part, {i % 5 == 0 ? kAlphanumeric : kInternationalNumber, sample.address}, kSent);
      deliver.more_messages = sample.part.number < sample.part.total;
      ASSERT_TRUE(write_deliver(deliver, sample.tpdu));
      return;
    }
    Submit submit = submit_of(sample.part, {kInternationalNumber, sample.address});
    submit.status_report_request = below(2) == 0;
    // node-pdu reads no enhanced format.
    const std::array<ValidityField, 3> validities{
        ValidityField(), relative_validity(24h), {ValidityFormat::absolute, kSent}};
    submit.validity = validities[below(validities.size())];
    ASSERT_TRUE(write_submit(submit, sample.tpdu));
  }

  std::mt19937_64 random_{20261122};  // NOLINT(cert-msc51-cpp): the same samples each run
};

class Tpdus : public test::Tshark {
 protected:
  /// node-pdu's fields of each TPDU.
  [[nodiscard]] std::vector<std::vector<std::string>> node(const std::vector<Octets>& tpdus) const {
    std::ofstream file(path("tpdus.hex"));
    for (const Octets& tpdu : tpdus) file << "00" << to_hex(tpdu) << "\n";
    file.close();
    std::istringstream lines(run(
        std::string("node " CPGW_TESTS "/conformance/si_sl/node_tpdus.js ") + path("tpdus.hex")));
    std::vector<std::vector<std::string>> rows;
    for (std::string line; std::getline(lines, line);) {
      auto& row = rows.emplace_back();
      std::istringstream cells(line);
      for (std::string cell; std::getline(cells, cell, '\t');) row.push_back(cell);
      row.resize(std::max<std::size_t>(row.size(), 9));
    }
    EXPECT_EQ(rows.size(), tpdus.size())
        << "node or the packages of tests/package-lock.json are missing: install nodejs, then run "
           "\"npm ci --ignore-scripts --prefix tests\"";
    rows.resize(tpdus.size(), std::vector<std::string>(9));
    return rows;
  }
};

std::vector<Octets> octets_of(const std::vector<Sample>& samples, bool deliver) {
  std::vector<Octets> all;
  for (const Sample& s : samples) {
    if (s.deliver == deliver) all.push_back(s.tpdu);
  }
  return all;
}

TEST_F(Tpdus, OfManyPushesAreReadByTsharkWithoutAMalformedOne) {
  const auto samples = Maker().make(pushes_wanted());
  ASSERT_FALSE(samples.empty());
  for (const bool deliver : {false, true}) {
    const auto rows =
        fields(octets_of(samples, deliver), deliver ? test::kToMobile : test::kToServiceCentre,
               {"_ws.malformed", deliver ? "gsm_sms.tp-oa" : "gsm_sms.tp-da",
                "gsm_sms.udh.mm.msg_id", "gsm_sms.udh.mm.msg_parts", "gsm_sms.udh.mm.msg_part",
                "gsm_sms.reassembled.length", "wsp.TID", "gsm_sms.tp-dcs"});
    auto row = rows.begin();
    for (const Sample& s : samples) {
      if (s.deliver != deliver) continue;
      const auto& r = *row++;
      SCOPED_TRACE(to_hex(s.tpdu));
      EXPECT_EQ(r[0], "");
      EXPECT_EQ(r[1], s.address);
      EXPECT_EQ(r[7], std::to_string(s.options.data_coding));
      const bool several = s.part.total > 1;
      EXPECT_EQ(r[2], several ? std::to_string(s.reference) : "");
      EXPECT_EQ(r[3], several ? std::to_string(s.part.total) : "");
      EXPECT_EQ(r[4], several ? std::to_string(s.part.number) : "");
      // The push itself is found at the port, once all of it is there.
      if (s.part.number < s.part.total) continue;
      EXPECT_EQ(r[5], several ? std::to_string(s.push_octets) : "");
      EXPECT_EQ(r[6], "0x" + to_hex(std::array{std::byte{s.transaction_id}}));
    }
  }
}

TEST_F(Tpdus, OfManyPushesAreReadByNodePduAsMeant) {
  const auto samples = Maker().make(pushes_wanted());
  std::vector<Octets> tpdus;
  for (const Sample& s : samples) tpdus.push_back(s.tpdu);
  const auto rows = node(tpdus);
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const Sample& s = samples[i];
    const auto& r = rows[i];
    SCOPED_TRACE(to_hex(s.tpdu));
    EXPECT_EQ(r[0], s.deliver ? "deliver" : "submit") << r[1];
    EXPECT_EQ(r[1], s.address);
    const bool several = s.part.total > 1;
    EXPECT_EQ(r[3], several ? std::to_string(s.reference) : "");
    EXPECT_EQ(r[4], several ? std::to_string(s.part.total) : "");
    EXPECT_EQ(r[5], several ? std::to_string(s.part.number) : "");
    EXPECT_EQ(r[6], "0B8423F0");
    EXPECT_EQ(r[7], std::to_string(s.part.data().size()));
  }
}

/// As JSON has it, for what the texts below hold.
std::string json(std::string_view text) {
  std::string all = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') all += '\\';
    if (c == '\n') {
      all += "\\n";
    } else {
      all += c;
    }
  }
  return all + "\"";
}

TEST_F(Tpdus, OfPlainTextReadAsTheText) {
  std::string alphabet;
  for (int i = 0; i < 2; ++i)
    alphabet += "@£$¥èéùìòÇØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789";
  const std::vector<std::string> texts{"hello",
                                       "",
                                       std::string(160, 'a'),
                                       "^{}\\[~]|€",
                                       alphabet,
                                       "Привет, мир",
                                       "😀 and text",
                                       std::string(152, 'b') + "€€€€€",
                                       std::string(70, 'c') + "я" + std::string(300, 'd')};
  std::vector<Octets> tpdus;
  std::vector<std::size_t> ends;  // of each text in the TPDUs
  for (std::size_t i = 0; i < texts.size(); ++i) {
    std::vector<Part> parts;
    ASSERT_TRUE(segment_text(texts[i], static_cast<std::uint16_t>(i), {}, parts));
    for (const Part& part : parts) {
      const Submit submit = submit_of(part, {kInternationalNumber, "12025550123"});
      ASSERT_TRUE(write_submit(submit, tpdus.emplace_back()));
    }
    ends.push_back(tpdus.size());
  }
  const auto rows = fields(tpdus, test::kToServiceCentre, {"_ws.malformed", "gsm_sms.sms_text"});
  const auto others = node(tpdus);
  std::size_t at = 0;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    SCOPED_TRACE(texts[i]);
    const bool several = ends[i] - at > 1;
    std::string by_node;
    for (; at < ends[i]; ++at) {
      EXPECT_EQ(rows[at][0], "");
      by_node += others[at][8].substr(1, others[at][8].size() - 2);
    }
    // tshark shows a text that came in parts with the last of them, part by part.
    std::string by_tshark = rows[at - 1][1];
    if (several) std::erase(by_tshark, ',');
    EXPECT_EQ(by_tshark, texts[i]);
    EXPECT_EQ("\"" + by_node + "\"", json(texts[i]));
  }
}

TEST_F(Tpdus, OfStatusReportsMeanTheSameToBoth) {
  constexpr std::array<std::string_view, 4> kClasses{"transaction completed", "SC still trying",
                                                     "Permanent error", "not making any more"};
  std::vector<Octets> tpdus;
  for (unsigned code = 0; code < 0x80; ++code) {
    StatusReport report;
    report.message_reference = 42;
    report.recipient = {kInternationalNumber, "12025550123"};
    report.timestamp = kSent;
    report.discharge = kSent;
    report.status = static_cast<std::uint8_t>(code);
    if (code % 3 == 0) report.protocol_identifier = std::uint8_t{0};
    ASSERT_TRUE(write_status_report(report, tpdus.emplace_back()));
  }
  const auto frames = decode(tpdus, test::kToMobile);
  const auto others = node(tpdus);
  for (unsigned code = 0; code < 0x80; ++code) {
    const std::string& frame = frames[code];
    EXPECT_EQ(frame.find("Malformed"), std::string::npos) << frame;
    EXPECT_NE(frame.find("12025550123"), std::string::npos) << frame;
    const auto expected = kClasses.at(
        static_cast<std::size_t>(tp_status(static_cast<std::uint8_t>(code)).status_class));
    EXPECT_NE(frame.find(expected), std::string::npos) << code << frame;
    EXPECT_EQ(others[code][0], "report");
    EXPECT_EQ(others[code][1], "12025550123");
    EXPECT_EQ(others[code][3], "42");
    EXPECT_EQ(others[code][4], std::to_string(code));
    EXPECT_EQ(others[code][5], std::to_string(timestamp_of(kSent)->time_since_epoch() / 1s));
  }
}

}  // namespace
}  // namespace cpgw::si_sl
