#include <gmock/gmock.h>

#include "gateway/cli/commands.h"
#include "tests/unit/gateway_cli/command_io.h"

namespace cpgw::gateway::cli {
namespace {

using Words = std::vector<std::string>;

Words words(const std::string& line) {
  Words out;
  std::istringstream in(line);
  for (std::string word; in >> word;) out.push_back(word);
  return out;
}

/// The command of a line; a failure of the test when there is none.
template <class T>
T command(const std::string& line) {
  test::CommandIo io;
  const auto parsed = parse_command(words(line), io.io);
  const auto* chosen = std::get_if<Command>(&parsed);
  EXPECT_NE(chosen, nullptr) << line << "\n" << io.err.str();
  const T* options = chosen == nullptr ? nullptr : std::get_if<T>(chosen);
  EXPECT_NE(options, nullptr) << line;
  return options == nullptr ? T{} : *options;
}

TEST(CommandLine, KnowsEveryCommand) {
  EXPECT_EQ(command<InitCommand>("init --directory /x").directory, "/x");
  EXPECT_EQ(command<ServeCommand>("serve --config a.toml").config, "a.toml");
  EXPECT_EQ(command<DemoCommand>("demo --subscribers 10 --seed 3 --json").subscribers, 10u);
  EXPECT_EQ(command<EncodeCommand>("encode a.xml --as tpdu --sec none --ref 0x2B").ref, 0x2Bu);
  EXPECT_EQ(command<DecodeCommand>("decode --from smpp --to json").file, "-");
  EXPECT_EQ(command<SendCommand>("send a.xml --to +358401234567 --sec none").to, "+358401234567");
  EXPECT_EQ(command<ImportProvidersCommand>("import providers db.xml --out d").out, "d");
  EXPECT_EQ(command<ImportRecipientsCommand>("import recipients - --campaign c").campaign, "c");
  for (const char* verb : {"start", "pause", "resume", "cancel", "status", "watch"}) {
    const auto campaign = command<CampaignCommand>("campaign " + std::string(verb) + " spring");
    EXPECT_EQ(campaign.verb, verb);
    EXPECT_EQ(campaign.name, "spring");
  }
  EXPECT_EQ(command<CampaignCommand>("campaign list --tenant t").gateway.tenant, "t");
  EXPECT_EQ(command<CampaignCommand>("campaign new s --content a.xml --sec userpin").security.sec,
            "userpin");
  for (const char* verb : {"show", "cancel", "code"})
    EXPECT_EQ(command<JobCommand>("job " + std::string(verb) + " 7").verb, verb);
  EXPECT_EQ(command<JobCommand>("job list --state failed --limit 1000").limit, 1000u);
  EXPECT_EQ(command<SubscriberCommand>("subscriber 123").number, "123");
  EXPECT_TRUE(command<CarrierCommand>("carrier list --json").gateway.json);
  for (const char* verb : {"check", "reload"})
    EXPECT_EQ(command<ConfigCommand>("config " + std::string(verb)).verb, verb);
  for (const char* verb : {"check", "stats"})
    EXPECT_EQ(command<StoreCommand>("store " + std::string(verb)).verb, verb);
  EXPECT_EQ(command<simulators::SmscOptions>("simulate smsc --port 0 --hex-id").port, 0);
  EXPECT_EQ(command<simulators::HandsetOptions>("simulate handset --exit-after 3").exit_after, 3u);
}

TEST(CommandLine, KnowsEveryNewDocument) {
  EXPECT_EQ(command<NewSiCommand>("new si --class a=b --class c=d").items, (Words{"a=b", "c=d"}));
  EXPECT_EQ(command<NewSlCommand>("new sl --href x:y --action cache").action, "cache");
  EXPECT_EQ(command<NewCoCommand>("new co --object x:y --object x:z").objects.size(), 2u);
  EXPECT_EQ(command<NewEmnCommand>("new emn --mailbox mailat:a@b").mailbox, "mailat:a@b");
  const auto bootstrap = command<NewDmBootstrapCommand>(
      "new dm-bootstrap --provider-id a --addr x:y --port 443 --init --client-auth-name s "
      "--client-nonce-form raw");
  EXPECT_EQ(bootstrap.port, 443);
  EXPECT_TRUE(bootstrap.init);
  EXPECT_EQ(bootstrap.client.name, "s");
  EXPECT_EQ(bootstrap.client.nonce.form, "raw");
  EXPECT_EQ(bootstrap.auth.nonce.form, "base64");
  EXPECT_EQ(
      command<NewDmNotificationCommand>("new dm-notification --server-id a --session-id 65535")
          .session_id,
      65535);
}

TEST(CommandLine, TellsNoSecretInTheWrongPlace) {
  test::CommandIo io;
  EXPECT_EQ(run_command_line(
                words("new dm-notification --server-id a --session-id 1 --password hush"), io.io),
            kUsage);
  EXPECT_THAT(io.err.str(), testing::AllOf(testing::HasSubstr("--password (a value)"),
                                           testing::Not(testing::HasSubstr("hush"))));
}

TEST(CommandLine, TakesSlotsOneByOne) {
  const auto encode = command<EncodeCommand>(
      "encode --slot a=1 --slot b=2 a.xml --slot-type a=digits --slot-type b=host:9");
  EXPECT_EQ(encode.content.file, "a.xml");
  EXPECT_EQ(encode.slots.values, (Words{"a=1", "b=2"}));
  EXPECT_EQ(encode.slots.types, (Words{"a=digits", "b=host:9"}));
}

TEST(CommandLine, SaysWhatItIsToSend) {
  for (const char* line :
       {"encode", "encode --type text/x a.xml", "campaign new s", "send --to +3581"}) {
    test::CommandIo io;
    EXPECT_EQ(run_command_line(words(line), io.io), kUsage) << line << io.err.str();
    EXPECT_EQ(io.out.str(), "") << line;
  }
}

TEST(CommandLine, RefusesWrongUsage) {
  for (const char* line : {"",
                           "fly",
                           "init serve",
                           "serve extra",
                           "serve --confg x",
                           "demo --subscribers 0",
                           "demo --subscribers 1000001",
                           "demo --subscribers many",
                           "encode a b",
                           "encode a --as pdf",
                           "encode a --to pdf",
                           "encode a --sec rot13",
                           "encode a --ref 65536",
                           "encode a --ref -1",
                           "encode a --tid 256",
                           "encode a --order mine",
                           "encode a --part-limit 0",
                           "encode a --part-limit 256",
                           "encode a --data-coding 256",
                           "encode a --wbxml-version 4",
                           "encode a --imsi 1 --imsi-file f",
                           "encode a --pin 1 --pin-file f",
                           "decode a b",
                           "decode --from pdf",
                           "decode --to pdf",
                           "decode --data-coding 256",
                           "new",
                           "new mms",
                           "new si --action loud",
                           "new sl",
                           "new emn",
                           "new dm-bootstrap --provider-id a",
                           "new dm-bootstrap --addr x:y",
                           "new dm-bootstrap --provider-id a --addr x:y --port 0",
                           "new dm-notification --server-id a",
                           "new dm-notification --server-id a --session-id 65536",
                           "new dm-notification --server-id a --session-id 1 --nonce-form hex",
                           "send a.xml",
                           "send a.xml --to +1 --priority 10",
                           "send a.xml --to +1 --priority -1",
                           "send a.xml --to +1 --expires-in 0",
                           "import",
                           "import people",
                           "import recipients a.csv",
                           "import recipients --campaign c",
                           "campaign",
                           "campaign fly",
                           "campaign start",
                           "campaign start a b",
                           "campaign new s --content a --pin 1",
                           "job",
                           "job show",
                           "job list --state lost",
                           "job list --limit 0",
                           "job list --limit 1001",
                           "subscriber",
                           "carrier",
                           "carrier list x",
                           "config",
                           "config check --tenant t",
                           "store",
                           "simulate",
                           "simulate smsc --port 65536",
                           "simulate smsc --error-rate 2",
                           "simulate handset --port -1"}) {
    test::CommandIo io;
    const auto parsed = parse_command(words(line), io.io);
    ASSERT_TRUE(std::holds_alternative<Exit>(parsed)) << line;
    EXPECT_EQ(std::get<Exit>(parsed), kUsage) << line;
    EXPECT_EQ(io.out.str(), "") << line;
    EXPECT_NE(io.err.str(), "") << line;
  }
}

TEST(CommandLine, PrintsHelpWithAnExampleForEveryCommand) {
  for (const char* line : {"",
                           "init",
                           "serve",
                           "demo",
                           "encode",
                           "decode",
                           "send",
                           "import",
                           "import providers",
                           "import recipients",
                           "campaign",
                           "campaign new",
                           "campaign list",
                           "job",
                           "job list",
                           "subscriber",
                           "carrier",
                           "carrier list",
                           "config",
                           "config check",
                           "store",
                           "store stats",
                           "simulate",
                           "simulate smsc",
                           "simulate handset"}) {
    test::CommandIo io;
    auto arguments = words(line);
    arguments.emplace_back("--help");
    const auto parsed = parse_command(arguments, io.io);
    ASSERT_TRUE(std::holds_alternative<Exit>(parsed)) << line;
    EXPECT_EQ(std::get<Exit>(parsed), kDone) << line;
    EXPECT_THAT(io.out.str(), testing::HasSubstr("Example:\n  cpgw")) << line;
    EXPECT_EQ(io.err.str(), "") << line;
  }
}

TEST(CommandLine, PrintsItsVersion) {
  test::CommandIo io;
  EXPECT_EQ(std::get<Exit>(parse_command({"--version"}, io.io)), kDone);
  EXPECT_THAT(io.out.str(), testing::StartsWith("cpgw "));
}

TEST(CommandLine, NeverRepeatsAMisplacedSecret) {
  for (const Words& arguments : {Words{"encode", "a.xml", "--sec", "netwpin", "244051234567890"},
                                 Words{"encode", "a.xml", "--imzi", "244051234567890"},
                                 Words{"send", "a.xml", "--to", "+1", "--imzi=244051234567890"},
                                 Words{"encode", "a.xml", "--sec", "244051234567890"},
                                 Words{"serve", "--pin", "244051234567890"}}) {
    test::CommandIo io;
    EXPECT_EQ(std::get<Exit>(parse_command(arguments, io.io)), kUsage);
    EXPECT_THAT(io.err.str(), testing::Not(testing::HasSubstr("244051234567890")));
    EXPECT_NE(io.err.str(), "");
  }
}

}  // namespace
}  // namespace cpgw::gateway::cli
