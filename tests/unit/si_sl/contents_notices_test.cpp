// Service indication and loading, cache operation and e-mail notification from fields.
#include "si_sl/contents_notices.h"

#include <gtest/gtest.h>

#include "si_sl/contents.h"
#include "vector_file.h"
#include "wbxml/xml_reader.h"

namespace cpgw::si_sl {
namespace {

using namespace std::chrono_literals;

WallSeconds at(int year, unsigned month, unsigned day, std::chrono::seconds time = 0s) {
  return std::chrono::sys_days(std::chrono::year(year) / month / day) + time;
}

template <class Fields>
Octets push_of(std::uint8_t transaction_id, const Fields& fields) {
  const auto document = document_of(fields);
  EXPECT_TRUE(document) << to_string(document.error());
  if (!document) return {};
  const auto content = push_content(*document);
  EXPECT_TRUE(content) << to_string(content.error());
  Octets push;
  if (content) {
    EXPECT_TRUE(write_push(transaction_id, push_headers(*content), content->body, push));
  }
  return push;
}

std::string recorded(const std::string& id, const std::string& field) {
  for (const test::Vector& v : test::read_vectors("wsp/pushes.txt")) {
    if (v.text("id") == id) return to_hex(v.octets(field));
  }
  return "no vector " + id;
}

const ServiceIndication kIndication{.href = "http://m.example/mail",
                                    .text = "4 new messages",
                                    .action = ServiceIndication::Action::signal_high,
                                    .created = at(2026, 1, 2, 3h + 4min + 5s),
                                    .si_expires = at(2026, 1, 9),
                                    .si_id = "mail-1@example",
                                    .info = {}};

/// The vectors carry application id 2, the default, which is left out here; EMN has its own.
TEST(Notices, AreTheOctetsOfTheVectors) {
  const auto body = [](const Octets& push) {
    const auto read = read_push(push);
    return read ? to_hex(read->body) : to_string(read.error());
  };
  EXPECT_EQ(body(push_of(0x25, kIndication)), recorded("si", "body"));
  EXPECT_EQ(body(push_of(0x26, ServiceLoading{.href = "http://m.example/load",
                                              .action = ServiceLoading::Action::execute_high})),
            recorded("sl", "body"));
  EXPECT_EQ(to_hex(push_of(0x27, EmailNotification{.mailbox = "mailat:user@mail.example",
                                                   .timestamp = at(2026, 1, 2, 3h + 4min + 5s)})),
            recorded("emn", "push"));
}

TEST(Notices, AreTheDocumentsTheirXmlIs) {
  const auto expect = [](const auto& fields, std::string_view xml) {
    const auto document = document_of(fields);
    ASSERT_TRUE(document) << to_string(document.error());
    const auto read = wbxml::read_xml(xml);
    ASSERT_TRUE(read) << to_string(read.error());
    EXPECT_EQ(*document, *read);
  };
  expect(ServiceIndication{}, "<si><indication/></si>");
  expect(ServiceIndication{.action = ServiceIndication::Action::erase, .si_id = "a"},
         "<si><indication action='delete' si-id='a'/></si>");
  expect(ServiceIndication{.text = "T", .info = {{"c", "x"}, {"d", ""}}},
         "<si><indication>T</indication><info><item class='c'>x</item><item class='d'/></info>"
         "</si>");
  const std::pair<ServiceIndication::Action, const char*> actions[] = {
      {ServiceIndication::Action::signal_none, "signal-none"},
      {ServiceIndication::Action::signal_low, "signal-low"},
      {ServiceIndication::Action::signal_medium, "signal-medium"},
      {ServiceIndication::Action::signal_high, "signal-high"}};
  for (const auto& [action, name] : actions) {
    expect(ServiceIndication{.action = action},
           "<si><indication action='" + std::string(name) + "'/></si>");
  }
  expect(ServiceLoading{.href = "http://a/"}, "<sl href='http://a/'/>");
  expect(ServiceLoading{.href = "http://a/", .action = ServiceLoading::Action::execute_low},
         "<sl action='execute-low' href='http://a/'/>");
  expect(ServiceLoading{.href = "http://a/", .action = ServiceLoading::Action::cache},
         "<sl action='cache' href='http://a/'/>");
  expect(CacheOperation{.objects = {"http://www.acme.com/obj"},
                        .services = {"https://acme.example/svc"}},
         "<co><invalidate-object uri='http://www.acme.com/obj'/>"
         "<invalidate-service uri='https://acme.example/svc'/></co>");
  expect(EmailNotification{.mailbox = "pop://a.com"}, "<emn mailbox='pop://a.com'/>");
}

TEST(Notices, WriteDatesOfTheCalendar) {
  const std::pair<WallSeconds, const char*> dates[] = {
      {at(1970, 1, 1), "1970-01-01T00:00:00Z"},
      {at(2024, 2, 29, 23h + 59min + 59s), "2024-02-29T23:59:59Z"},
      {at(1969, 12, 31, 23h), "1969-12-31T23:00:00Z"},
      {at(0, 1, 1), "0000-01-01T00:00:00Z"},
      {at(9999, 12, 31), "9999-12-31T00:00:00Z"}};
  for (const auto& [time, text] : dates) {
    const auto document = document_of(EmailNotification{"mailat:a", time});
    ASSERT_TRUE(document) << text;
    EXPECT_EQ(document->root.attribute("timestamp")->value, text);
    EXPECT_TRUE(push_content(*document));
  }
  for (const WallSeconds time : {at(10000, 1, 1), at(-1, 12, 31)}) {
    const auto document = document_of(EmailNotification{"mailat:a", time});
    ASSERT_FALSE(document);
    EXPECT_EQ(document.error().at.field, "timestamp");
  }
}

template <class Fields>
void expect_refused(const Fields& fields, const char* field, Errc code = Errc::bad_value) {
  const auto document = document_of(fields);
  ASSERT_FALSE(document) << field;
  EXPECT_EQ(document.error().code, Code(code)) << to_string(document.error());
  EXPECT_EQ(document.error().at.field, field);
}

TEST(Notices, RefuseWhatPhonesCouldNotUse) {
  for (const char* href : {"m.example", "//m.example", ":a", "http:", "1http://a", "http://a b",
                           "http://a/\xC3\xA4", "http://a/<", "http://a/\"", "ht tp://a"}) {
    expect_refused(ServiceIndication{.href = href}, "href");
    expect_refused(ServiceLoading{.href = href}, "href");
    expect_refused(CacheOperation{.objects = {"http://a/", href}}, "invalidate-object");
    expect_refused(CacheOperation{.services = {href}}, "invalidate-service");
    expect_refused(EmailNotification{.mailbox = href}, "mailbox");
  }
  expect_refused(ServiceLoading{}, "href");
  expect_refused(EmailNotification{}, "mailbox");
  expect_refused(CacheOperation{}, "co");
  expect_refused(ServiceIndication{.action = ServiceIndication::Action::erase}, "si-id");
  expect_refused(ServiceIndication{.created = at(2026, 1, 2), .si_expires = at(2026, 1, 2)},
                 "si-expires");
  expect_refused(ServiceIndication{.si_expires = at(10000, 1, 2)}, "si-expires");
  expect_refused(ServiceIndication{.text = "a\x01"}, "text");
  expect_refused(ServiceIndication{.si_id = "\xFF"}, "si-id");
  expect_refused(ServiceIndication{.info = {{"", "x"}}}, "class");
  expect_refused(ServiceIndication{.info = {{"a b", "x"}}}, "class");
  expect_refused(ServiceIndication{.info = {{"\x02", "x"}}}, "class");
  expect_refused(ServiceIndication{.info = {{"a", "\xC3"}}}, "item");
  const std::string big(4097, 'a');
  expect_refused(ServiceIndication{.text = big}, "text", Errc::too_long);
  expect_refused(ServiceLoading{.href = "http:" + big}, "href", Errc::too_long);
  EXPECT_TRUE(document_of(ServiceIndication{.text = big.substr(1)}));
}

}  // namespace
}  // namespace cpgw::si_sl
