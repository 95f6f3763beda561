// cpgw new: documents from options that encode takes, mistakes by the option's name, and secrets.
#include <gmock/gmock.h>

#include <algorithm>

#include "gateway/cli/commands.h"
#include "tests/unit/gateway_cli/command_io.h"
#include "tests/unit/si_sl/vector_file.h"
#include "wbxml/xml_reader.h"

namespace cpgw::gateway::cli {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

struct Ran {
  int status = 0;
  std::string out, err;
};

template <class C>
Ran made(const C& command, std::map<std::string, std::string, std::less<>> environment = {},
         const std::string& input = {}) {
  test::CommandIo io(input);
  io.environment = std::move(environment);
  const int status = run(command, io.io);
  return {status, io.out.str(), io.err.str()};
}

/// The words as the shell cuts them, to the command's answer.
Ran line(std::vector<std::string> words) {
  test::CommandIo io;
  words.insert(words.begin(), "new");
  const int status = run_command_line(words, io.io);
  return {status, io.out.str(), io.err.str()};
}

/// A document as `encode` makes a push of it, as hexadecimal digits.
std::string push_of(const std::string& content, const std::string& tid, std::int64_t application_id,
                    const std::string& type = {}) {
  test::CommandIo io(content);
  EncodeCommand command;
  command.content.file = "-";
  command.content.type = type;
  command.content.application_id = application_id;
  command.as = "push";
  command.tid = static_cast<std::uint32_t>(std::stoul(tid, nullptr, 16));
  EXPECT_EQ(run(command, io.io), kDone) << io.err.str();
  return io.out.str();
}

cpgw::test::Vector push_vector(const std::string& id) {
  for (auto& vector : cpgw::test::read_vectors("wsp/pushes.txt")) {
    if (vector.text("id") == id) return vector;
  }
  ADD_FAILURE() << id;
  return {};
}

TEST(NewNotices, AreThePushesOfTheVectors) {
  const auto expect_push = [](const char* id, std::int64_t application_id, const Ran& ran) {
    EXPECT_EQ(ran.status, kDone) << ran.err;
    const auto vector = push_vector(id);
    EXPECT_EQ(push_of(ran.out, vector.text("transaction_id"), application_id),
              to_hex(vector.octets("push")) + "\n")
        << ran.out;
  };
  NewSiCommand si;
  si.href = "http://m.example/mail";
  si.text = "4 new messages";
  si.created = "2026-01-02T03:04:05Z";
  si.expires = "2026-01-09T00:00:00Z";
  si.action = "signal-high";
  si.id = "mail-1@example";
  expect_push("si", 2, made(si));
  NewSlCommand sl;
  sl.href = "http://m.example/load";
  sl.action = "execute-high";
  expect_push("sl", 2, made(sl));
  NewEmnCommand emn;
  emn.mailbox = "mailat:user@mail.example";
  emn.timestamp = "2026-01-02T03:04:05Z";
  expect_push("emn", 9, made(emn));
}

TEST(NewNotices, TakeEveryOption) {
  EXPECT_THAT(line({"si", "--text", "<&>\"é", "--class", "a=b", "--class", "c=d=e"}).out,
              AllOf(HasSubstr("&lt;&amp;&gt;"), HasSubstr("<item class=\"a\">b</item>"),
                    HasSubstr("<item class=\"c\">d=e</item>")));
  EXPECT_THAT(line({"si", "--action", "delete", "--id", "x"}).out, HasSubstr("action=\"delete\""));
  EXPECT_THAT(line({"co", "--object", "http://a.example/1", "--object", "http://a.example/2",
                    "--service", "http://a.example/"})
                  .out,
              AllOf(HasSubstr("<invalidate-object uri=\"http://a.example/2\"/>"),
                    HasSubstr("<invalidate-service uri=\"http://a.example/\"/>")));
}

TEST(NewNotices, NameTheOptionOfAMistake) {
  struct Case {
    std::vector<std::string> words;
    int status;
    const char* named;
  };
  const Case cases[] = {
      {{"si"}, kUsage, "--href"},
      {{"si", "--href", "no uri"}, kUsage, "--href"},
      {{"si", "--text", "a", "--action", "loud"}, kUsage, "--action"},
      {{"si", "--text", "a", "--created", "2026-02-30T00:00:00Z"}, kUsage, "--created"},
      {{"si", "--text", "a", "--created", "2026-01-31T23:59:59.500Z"}, kUsage, "--created"},
      {{"si", "--text", "a", "--expires", "tomorrow"}, kUsage, "--expires"},
      {{"si", "--text", "a", "--created", "2026-01-02T00:00:00Z", "--expires",
        "2026-01-01T00:00:00Z"},
       kUsage,
       "--expires"},
      {{"si", "--action", "delete"}, kUsage, "--id"},
      {{"si", "--text", "a", "--class", "b"}, kUsage, "--class"},
      {{"si", "--text", "a", "--class", "b c=d"}, kUsage, "--class"},
      {{"si", "--text", std::string(5000, 'a')}, kUsage, "--text"},
      {{"sl"}, kUsage, "--href"},
      {{"sl", "--href", "x:"}, kUsage, "--href"},
      {{"sl", "--href", "x:a", "--action", "now"}, kUsage, "--action"},
      {{"co"}, kUsage, "--object"},
      {{"co", "--object", "a"}, kUsage, "--object"},
      {{"co", "--service", "a"}, kUsage, "--service"},
      {{"emn"}, kUsage, "--mailbox"},
      {{"emn", "--mailbox", "a"}, kUsage, "--mailbox"},
      {{"emn", "--mailbox", "mailat:a@b", "--timestamp", "1"}, kUsage, "--timestamp"},
      {{}, kUsage, ""},
      {{"mms"}, kUsage, "dm-notification"}};
  for (const Case& one : cases) {
    const Ran ran = line(one.words);
    EXPECT_EQ(ran.status, one.status) << ran.err;
    EXPECT_EQ(ran.out, "");
    EXPECT_THAT(ran.err, HasSubstr(one.named));
  }
}

const std::string kPassword = "srvpw", kNonce = "nonce-01", kNonceBase64 = "bm9uY2UtMDE=";

NewDmNotificationCommand notification() {
  NewDmNotificationCommand command;
  command.server_id = "srv.example";
  command.session_id = 0x1F4;
  command.ui_mode = "background";
  return command;
}

TEST(NewDmNotification, IsTheVectorWhereverItsSecretsComeFrom) {
  const test::TemporaryFolder folder;
  const auto vector = push_vector("dm-notification");
  const std::string wanted = to_hex(vector.octets("body")) + "\n";
  auto command = notification();
  EXPECT_EQ(made(command, {{"CPGW_DM_PASSWORD", kPassword}, {"CPGW_DM_NONCE", kNonceBase64}}).out,
            wanted);
  command.password.file = folder.write("password", kPassword + "\r\nmore\n");
  command.nonce.file = folder.write("nonce", kNonceBase64 + "\n");
  EXPECT_EQ(made(command, {{"CPGW_DM_PASSWORD", "other"}}).out, wanted);
  command.nonce = {folder.write("raw", kNonce), "raw"};
  EXPECT_EQ(made(command).out, wanted);
  command.nonce = {"-", "raw"};
  EXPECT_EQ(made(command, {}, kNonce).out, wanted);
  EXPECT_NE(made(command, {}, kNonce + "\n").out, wanted) << "raw: every octet counts";
  EXPECT_EQ(push_of(wanted, "31", -1, "application/vnd.syncml.notification"),
            to_hex(vector.octets("push")) + "\n");
}

TEST(NewDmNotification, HasEveryField) {
  auto command = notification();
  command.initiator = "user";
  command.vendor = "CA fe";
  const std::map<std::string, std::string, std::less<>> secrets{{"CPGW_DM_PASSWORD", kPassword},
                                                                {"CPGW_DM_NONCE", kNonceBase64}};
  const std::pair<const char*, const char*> modes[] = {{"not-specified", "02c0000000"},
                                                       {"background", "02d0000000"},
                                                       {"informative", "02e0000000"},
                                                       {"user-interaction", "02f0000000"}};
  for (const auto& [mode, bits] : modes) {
    command.ui_mode = mode;
    const Ran ran = made(command, secrets);
    EXPECT_EQ(ran.out.substr(32, 10), bits) << mode;
    EXPECT_TRUE(ran.out.ends_with("cafe\n")) << ran.out;
  }
}

TEST(NewDmNotification, NamesTheOptionOfAMistakeAndNoSecret) {
  const std::map<std::string, std::string, std::less<>> secrets{{"CPGW_DM_PASSWORD", kPassword},
                                                                {"CPGW_DM_NONCE", "?nonce?"}};
  auto command = notification();
  Ran ran = made(command);
  EXPECT_EQ(ran.status, kUsage);
  EXPECT_THAT(ran.err, AllOf(HasSubstr("--password-file"), HasSubstr("CPGW_DM_PASSWORD")));
  ran = made(command, {{"CPGW_DM_PASSWORD", kPassword}});
  EXPECT_EQ(ran.status, kUsage);
  EXPECT_THAT(ran.err, AllOf(HasSubstr("--nonce-file"), HasSubstr("CPGW_DM_NONCE"),
                             Not(HasSubstr(kPassword))));
  ran = made(command, secrets);
  EXPECT_EQ(ran.status, kMalformed);
  EXPECT_THAT(ran.err, AllOf(HasSubstr("--nonce-form raw"), Not(HasSubstr("?nonce?")),
                             Not(HasSubstr(kPassword))));
  command.nonce.form = "raw";
  command.vendor = "0";
  ran = made(command, secrets);
  EXPECT_EQ(ran.status, kUsage);
  EXPECT_THAT(ran.err, HasSubstr("--vendor"));
  command.vendor.clear();
  command.server_id = std::string(256, 'a');
  ran = made(command, secrets);
  EXPECT_EQ(ran.status, kUsage);
  EXPECT_THAT(ran.err, HasSubstr("--server-id"));
  command.password.file = "/no/such/file";
  ran = made(command, secrets);
  EXPECT_EQ(ran.status, kMalformed);
  EXPECT_THAT(ran.err, HasSubstr("/no/such/file"));
  EXPECT_EQ(line({"dm-notification", "--server-id", "a"}).status, kUsage);
  EXPECT_EQ(line({"dm-notification", "--server-id", "a", "--session-id", "0"}).status, kUsage);
  EXPECT_EQ(
      line({"dm-notification", "--server-id", "a", "--session-id", "1", "--password", "x"}).status,
      kUsage)
      << "a password is never an argument";
}

NewDmBootstrapCommand bootstrap() {
  NewDmBootstrapCommand command;
  command.provider_id = "srv.example";
  command.addr = "https://dm.example/";
  return command;
}

TEST(NewDmBootstrap, HoldsTheWholeAccount) {
  const test::TemporaryFolder folder;
  auto command = bootstrap();
  command.name = "Management";
  command.addr_type = "ALPHA";
  command.port = 8443;
  command.to_napid = {"NAP1", "NAP2"};
  command.to_proxy = {"PXY"};
  command.parms = {"PREF-CONREF=x", "ROLE"};
  command.init = true;
  command.auth.type = "DIGEST";
  command.auth.name = "phone";
  command.auth.secret.file = folder.write("secret", "first\nsecond\n");
  command.client.name = "server";
  const Ran ran = made(command, {{"CPGW_DM_NONCE", kNonceBase64},
                                 {"CPGW_DM_CLIENT_SECRET", "other"},
                                 {"CPGW_DM_CLIENT_NONCE", "bm9uY2UtMDI="}});
  ASSERT_EQ(ran.status, kDone) << ran.err;
  const auto document = wbxml::read_xml(ran.out);
  ASSERT_TRUE(document) << ran.out;
  for (const char* parm : {R"("APPID" value="w7")",
                           R"("PROVIDER-ID" value="srv.example")",
                           R"("NAME" value="Management")",
                           R"("TO-PROXY" value="PXY")",
                           R"("TO-NAPID" value="NAP1")",
                           R"("TO-NAPID" value="NAP2")",
                           R"("INIT")",
                           R"("PREF-CONREF" value="x")",
                           R"("ROLE")",
                           R"("ADDR" value="https://dm.example/")",
                           R"("ADDRTYPE" value="ALPHA")",
                           R"("PORTNBR" value="8443")",
                           R"("AAUTHLEVEL" value="APPSRV")",
                           R"("AAUTHTYPE" value="DIGEST")",
                           R"("AAUTHNAME" value="phone")",
                           R"("AAUTHSECRET" value="first")",
                           R"("AAUTHDATA" value="bm9uY2UtMDE=")",
                           R"("AAUTHLEVEL" value="CLIENT")",
                           R"("AAUTHNAME" value="server")",
                           R"("AAUTHSECRET" value="other")",
                           R"("AAUTHDATA" value="bm9uY2UtMDI=")"}) {
    EXPECT_THAT(ran.out, HasSubstr(std::string("<parm name=") + parm));
  }
}

TEST(NewDmBootstrap, HasOneAuthenticationUnlessTheOtherIsGiven) {
  auto command = bootstrap();
  const Ran one = made(command, {{"CPGW_DM_SECRET", "s"}});
  EXPECT_THAT(one.out, AllOf(HasSubstr("APPSRV"), Not(HasSubstr("CLIENT"))));
  command.auth.type = "TRANSPORT";
  EXPECT_EQ(made(command).status, kDone) << "a transport needs no secret of the account";
}

TEST(NewDmBootstrap, NamesTheOptionOfAMistakeAndNoSecret) {
  const std::map<std::string, std::string, std::less<>> secret{{"CPGW_DM_SECRET", "hush"}};
  Ran ran = made(bootstrap());
  EXPECT_EQ(ran.status, kUsage);
  EXPECT_THAT(ran.err, AllOf(HasSubstr("--secret-file"), HasSubstr("CPGW_DM_SECRET")));
  auto command = bootstrap();
  command.client.type = "DIGEST";
  EXPECT_THAT(made(command, secret).err,
              AllOf(HasSubstr("--client-secret-file"), HasSubstr("CPGW_DM_CLIENT_SECRET")));
  EXPECT_THAT(made(command, {{"CPGW_DM_SECRET", "hush"}, {"CPGW_DM_CLIENT_SECRET", "a\x01"}}).err,
              HasSubstr("--client-secret-file"));
  command = bootstrap();
  command.addr = "no uri";
  EXPECT_THAT(made(command, secret).err, AllOf(HasSubstr("--addr"), Not(HasSubstr("hush"))));
  command = bootstrap();
  command.parms = {"=x"};
  EXPECT_THAT(made(command, secret).err, HasSubstr("--parm"));
  command.parms = {"APPID=w7"};
  EXPECT_THAT(made(command, secret).err, HasSubstr("--parm"));
  command = bootstrap();
  ran = made(command, {{"CPGW_DM_SECRET", "hu\x01sh"}});
  EXPECT_EQ(ran.status, kMalformed);
  EXPECT_THAT(ran.err, AllOf(HasSubstr("--secret-file"), Not(HasSubstr("hu"))));
  EXPECT_EQ(line({"dm-bootstrap", "--provider-id", "a", "--addr", "x:y", "--secret", "z"}).status,
            kUsage)
      << "a secret is never an argument";
  EXPECT_EQ(line({"dm-bootstrap", "--provider-id", "a"}).status, kUsage);
}

TEST(NewStatusReport, SaysWhatItsOptionsSay) {
  const std::vector<std::string> words{"status-report",
                                       "--recipient",
                                       "+12025550123",
                                       "--reference",
                                       "0xFE",
                                       "--status",
                                       "0x46",
                                       "--submitted",
                                       "2026-01-31T23:59:58Z",
                                       "--discharge",
                                       "2026-02-01T00:00:00Z"};
  const Ran ran = line(words);
  ASSERT_EQ(ran.status, kDone) << ran.err;
  EXPECT_EQ(ran.out,
            "06"
            "fe"
            "0b912120550521f3"
            "62101332958500"
            "62201000000000"
            "46\n");
  test::CommandIo io(ran.out);
  DecodeCommand decode;
  decode.to = "json";
  EXPECT_EQ(run(decode, io.io), kDone) << io.err.str();
  EXPECT_THAT(
      io.out.str(),
      AllOf(HasSubstr(R"("recipient":"12025550123")"), HasSubstr(R"("message_reference":254)"),
            HasSubstr(R"("timestamp":"2026-01-31T23:59:58.000Z")"),
            HasSubstr(R"("discharge":"2026-02-01T00:00:00.000Z")"), HasSubstr(R"("status":70)")));
  const Ran now =
      line({"status-report", "--recipient", "+12025550123", "--reference", "1", "--status", "0"});
  EXPECT_EQ(now.status, kDone) << now.err;
  EXPECT_TRUE(now.out.starts_with("0601"));
}

TEST(NewStatusReport, NamesTheOptionOfAMistake) {
  const std::pair<std::string, std::string> wrong[] = {
      {"--recipient", "0401234567"}, {"--recipient", "Operator"},
      {"--reference", "256"},        {"--status", "256"},
      {"--status", "delivered"},     {"--submitted", "1999-01-01T00:00:00Z"},
      {"--submitted", "now"},        {"--discharge", "2100-01-01T00:00:00Z"}};
  const std::vector<std::string> good{
      "--recipient", "+12025550123", "--reference",          "1",           "--status",
      "0",           "--submitted",  "2026-01-01T00:00:00Z", "--discharge", "2026-01-01T00:00:00Z"};
  for (const auto& [option, value] : wrong) {
    auto words = good;
    *(std::ranges::find(words, option) + 1) = value;
    words.insert(words.begin(), "status-report");
    const Ran ran = line(words);
    EXPECT_EQ(ran.status, kUsage) << option << value;
    EXPECT_EQ(ran.out, "");
    EXPECT_THAT(ran.err, HasSubstr(option));
  }
  for (const char* needed : {"--recipient", "--reference", "--status"}) {
    auto words = good;
    const auto at = std::ranges::find(words, needed);
    words.erase(at, at + 2);
    words.insert(words.begin(), "status-report");
    EXPECT_EQ(line(words).status, kUsage);
  }
}

}  // namespace
}  // namespace cpgw::gateway::cli
