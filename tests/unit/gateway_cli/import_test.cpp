// cpgw import recipients against a gateway whose import is a few numbers and a list.
#include <gmock/gmock.h>
#include <sys/stat.h>

#include <set>

#include "gateway/cli/client.h"
#include "gateway/cli/import_batch.h"
#include "gateway/cli/import_source.h"
#include "tests/unit/gateway_cli/scripted_gateway.h"

namespace cpgw::gateway::cli {
namespace {

using boost::json::object;
using testing::HasSubstr;

/// What a gateway keeps of one import. Numbers that do not begin with '+' are mistakes.
struct Model {
  std::string security = "none";
  std::string source;
  std::uint64_t next_offset = 0, next_row = 0, rejected = 0;
  bool finished = false;
  std::vector<std::string> accepted;
  std::set<std::uint64_t> rows_seen;
  int requests = 0, checks = 0;
  std::size_t largest = 0;
  int busy = 0;         ///< answers of import.rows to refuse first
  int lose = -1;        ///< request whose answer is lost: asked again, it conflicts
  int fail_after = -1;  ///< requests until the gateway stops
  std::function<void()> before_rows;

  object cursor(bool ok) const {
    return {{"ok", ok},
            {"next_offset", next_offset},
            {"next_row", next_row},
            {"accepted", accepted.size()},
            {"rejected", rejected},
            {"finished", finished}};
  }
  static std::string refuse(const char* code) {
    return std::string(R"({"ok":false,"errors":[{"code":")") + code + R"(","message":"no"}]})";
  }
  std::string answer(const object& request) {
    const auto op = request.at("op").as_string();
    if (op == "campaign.status")
      return boost::json::serialize(
          object{{"ok", true}, {"campaign", object{{"security", security}}}});
    const std::string from(request.at("source").as_string());
    if (!source.empty() && source != from) return refuse("gateway/conflict");
    source = from;
    if (op == "import.open") return boost::json::serialize(cursor(true));
    return rows(request);
  }
  std::string rows(const object& request) {
    if (busy-- > 0) return refuse("gateway/busy");
    const bool check = request.contains("check_only");
    largest = std::max(largest, boost::json::serialize(request).size());
    if (!check && fail_after-- == 0) return refuse("gateway/stopping");
    if (before_rows) before_rows();
    check ? ++checks : ++requests;
    if (!check && (number_of(request, "expect_offset") != next_offset || finished)) {
      auto answer = cursor(false);
      answer["errors"] = boost::json::parse(R"([{"code":"gateway/conflict","message":"no"}])");
      return boost::json::serialize(answer);
    }
    boost::json::array bad;
    for (const auto& item : request.at("rows").as_array()) {
      const auto& row = item.as_object();
      const std::string number(row.at("number").as_string());
      const auto n = number_of(row, "row");
      if (!number.starts_with('+')) {
        bad.push_back(object{
            {"row", n},
            {"errors",
             boost::json::parse(R"([{"code":"g/bad","message":"wrong","field":"number"}])")}});
        if (!check) ++rejected;
      } else if (!check) {
        accepted.push_back(number);
      }
      const bool once = check || rows_seen.insert(n).second;
      EXPECT_TRUE(once) << "row " << n << " was stored twice";
    }
    if (!check) {
      next_offset = number_of(request, "next_offset");
      next_row = number_of(request, "next_row");
      finished = request.contains("finished");
    }
    if (!check && requests == lose) {
      auto answer = cursor(false);
      answer["errors"] = boost::json::parse(R"([{"code":"gateway/conflict","message":"no"}])");
      return boost::json::serialize(answer);
    }
    auto answer = cursor(true);
    answer["rejected_rows"] = std::move(bad);
    return boost::json::serialize(answer);
  }
};

struct ImportTest : testing::Test {
  Model model;
  test::ScriptedGateway gateway{[this](const object& request) { return model.answer(request); }};
  std::string out, err;

  std::string file(std::string_view text) { return gateway.folder().write("people.csv", text); }
  int import(const std::string& from, const std::string& input = {}, const std::string& name = {}) {
    test::CommandIo io(input);
    ImportRecipientsCommand command;
    command.gateway.config = gateway.config();
    command.file = from;
    command.campaign = "c";
    command.name = name;
    if (from == "-") command.rejects = gateway.folder().path("people.csv.rejected.csv");
    const int status = run(command, io.io);
    out = io.out.str();
    err = io.err.str();
    return status;
  }
  std::string rejects() const { return gateway.folder().read("people.csv.rejected.csv"); }
};

constexpr const char* kHeader = "row,line,code,field,reason\n";

std::string people(int count, int bad_every = 0) {
  std::string text = "number\n";
  for (int i = 1; i <= count; ++i)
    text += bad_every != 0 && i % bad_every == 0 ? "bad\n"
                                                 : "+35840" + std::to_string(1000000 + i) + "\n";
  return text;
}

TEST_F(ImportTest, GivesEveryRowOnceAndInOrder) {
  EXPECT_EQ(import(file(people(2500))), kDone);
  EXPECT_EQ(out, "2500 rows accepted, 0 rejected\n");
  EXPECT_EQ(model.accepted.size(), 2500u);
  EXPECT_TRUE(std::ranges::is_sorted(model.accepted));
  EXPECT_TRUE(model.finished);
  EXPECT_EQ(model.requests, 3);
  EXPECT_EQ(import(file(people(2500))), kDone);  // again: nothing new
  EXPECT_EQ(model.requests, 3);
}

TEST_F(ImportTest, TakesStandardInput) {
  EXPECT_EQ(import("-", people(1500, 1500)), kNo);
  EXPECT_EQ(model.accepted.size(), 1499u);
  EXPECT_EQ(rejects(), std::string(kHeader) + "1501,1501,g/bad,\"number\",\"wrong\"\n");
}

TEST_F(ImportTest, AFileWithoutRowsIsDoneAndOneWithoutHeaderIsNot) {
  EXPECT_EQ(import(file("")), kMalformed);
  EXPECT_THAT(err, HasSubstr("header"));
  EXPECT_FALSE(model.finished);
  model = {};
  EXPECT_EQ(import(file("number\n")), kDone);
  EXPECT_TRUE(model.finished);
  model = {};
  EXPECT_EQ(import(file("\xEF\xBB\xBFnumber")), kDone);
  EXPECT_EQ(out, "0 rows accepted, 0 rejected\n");
}

TEST_F(ImportTest, ListsBrokenRowsWithTheirLineAndGoesOn) {
  EXPECT_EQ(import(file("number,apn\n+1,a\n\n+2\n\"x\"y,b\n+3,\xFF\n+4,\"a\nb\"\n+5,c\n+6,\"open")),
            kNo);
  EXPECT_EQ(model.accepted, (std::vector<std::string>{"+1", "+4", "+5"}));
  EXPECT_EQ(out, "3 rows accepted, 4 rejected (see " +
                     gateway.folder().path("people.csv.rejected.csv") + ")\n");
  const std::string listed = rejects();
  EXPECT_THAT(listed, HasSubstr("\n3,4,provisioning/csv-row,"));
  EXPECT_THAT(listed, HasSubstr("\n4,5,provisioning/csv-syntax,"));
  EXPECT_THAT(listed, HasSubstr("\n5,6,provisioning/csv-syntax,\"field 2\""));
  EXPECT_THAT(listed, HasSubstr("\n8,10,provisioning/csv-syntax,"));
  EXPECT_EQ(std::ranges::count(listed, '\n'), 5);
}

TEST_F(ImportTest, NamesEveryWrongColumn) {
  model.security = "netwpin";
  EXPECT_EQ(import(file("nummer,pin\n+1,1\n")), kMalformed);
  EXPECT_THAT(err, HasSubstr("number"));
  EXPECT_THAT(err, HasSubstr("imsi"));
  EXPECT_THAT(err, HasSubstr("pin"));
  model = {};
  model.security = "netwpin";
  EXPECT_EQ(import(file("number,imsi,\xFF\n+1,244051234567890,x\n")), kMalformed);
  EXPECT_EQ(model.requests, 0);
}

TEST_F(ImportTest, GoesOnWhereAnotherRunStopped) {
  const std::string text = people(5000, 100);
  model.fail_after = 2;
  EXPECT_EQ(import(file(text)), kUnreachable);
  EXPECT_THAT(err, HasSubstr("run the same command again"));
  EXPECT_EQ(model.accepted.size(), 1980u);
  model.fail_after = -1;
  EXPECT_EQ(import(file(text)), kNo);
  EXPECT_EQ(model.accepted.size(), 4950u);
  EXPECT_EQ(model.checks, 0);
  const std::string listed = rejects();
  EXPECT_EQ(std::ranges::count(listed, '\n'), 51);
  EXPECT_THAT(listed, HasSubstr("\n5001,5001,g/bad,"));  // lines are counted on too
}

TEST_F(ImportTest, ListsRejectsAgainThatWereLost) {
  const std::string text = people(5000, 100);
  model.fail_after = 3;
  EXPECT_EQ(import(file(text)), kUnreachable);
  const std::string before = rejects();
  std::filesystem::resize_file(gateway.folder().path("people.csv.rejected.csv"),
                               before.size() - 40);
  model.fail_after = -1;
  EXPECT_EQ(import(file(text)), kNo);
  EXPECT_GT(model.checks, 0);
  EXPECT_THAT(rejects(), testing::StartsWith(before));
  EXPECT_EQ(std::ranges::count(rejects(), '\n'), 51);
  const std::string whole = rejects();
  std::filesystem::remove(gateway.folder().path("people.csv.rejected.csv"));
  EXPECT_EQ(import(file(text)), kNo);  // finished, and still
  EXPECT_EQ(rejects(), whole);
}

TEST_F(ImportTest, ALostAnswerLosesNothing) {
  for (const int lost : {1, 2, 3}) {
    model = {};
    model.lose = lost;
    std::filesystem::remove(gateway.folder().path("people.csv.rejected.csv"));
    EXPECT_EQ(import(file(people(2500, 100))), kNo) << err;
    EXPECT_EQ(model.accepted.size(), 2475u);
    EXPECT_EQ(std::ranges::count(rejects(), '\n'), 26) << "answer " << lost;
  }
}

TEST_F(ImportTest, WaitsWhileTheGatewayIsBusy) {
  model.busy = 2;
  EXPECT_EQ(import(file(people(10))), kDone) << err;
  EXPECT_EQ(model.accepted.size(), 10u);
}

TEST_F(ImportTest, StopsWhenTheFileIsWrittenTo) {
  const std::string name = file(people(5000));
  model.before_rows = [&] {
    if (model.requests == 1) std::ofstream(name, std::ios::app) << "+1\n";
  };
  EXPECT_EQ(import(name), kMalformed);
  EXPECT_THAT(err, HasSubstr("written to"));
  EXPECT_FALSE(model.finished);
}

TEST_F(ImportTest, RefusesAnotherFileUnderTheSameName) {
  EXPECT_EQ(import(file(people(10))), kDone);
  EXPECT_EQ(import(file(people(11))), kNo);
  EXPECT_EQ(import(file(people(11)), {}, "again"), kNo);  // the model has one import
  EXPECT_EQ(model.accepted.size(), 10u);
}

TEST_F(ImportTest, TakesOnlyWhatCanBeReadAgainOrStandardInput) {
  EXPECT_EQ(import(gateway.folder().path("none")), kMalformed);
  EXPECT_EQ(import(gateway.folder().path()), kMalformed);
  EXPECT_EQ(import("/dev/null"), kMalformed);
  const std::string pipe = gateway.folder().path("pipe");
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_EQ(import(pipe), kMalformed);
  EXPECT_EQ(model.requests, 0);
}

TEST_F(ImportTest, KeepsRequestsFarBelowTheLimit) {
  // The largest fields there are, and every octet of them six in JSON; column names count too.
  std::string wide = "number";
  for (int i = 0; i < 100; ++i) wide += ",s" + std::string(150, 'x') + std::to_string(i);
  wide += "\n";
  for (int row = 0; row < 300; ++row) wide += "+1" + std::string(100, ',') + "\n";
  EXPECT_EQ(import(file(wide)), kDone) << err;
  std::string heavy = "number,a\n";
  for (int row = 0; row < 100; ++row) heavy += "+1,\"" + std::string(16'000, '\t') + "\"\n";
  model = {};
  EXPECT_EQ(import(file(heavy)), kDone) << err;
  EXPECT_EQ(model.accepted.size(), 100u);
  EXPECT_LT(model.largest, 2u << 20);
}

TEST_F(ImportTest, AFullDiskForRejectsStopsAndCanBeMadeGood) {
  const std::string text = people(1500, 100);
  const std::string name = file(text);
  std::filesystem::create_directory(gateway.folder().path("people.csv.rejected.csv"));
  EXPECT_EQ(import(name), kMalformed);  // seen before anything is stored
  EXPECT_EQ(model.requests, 0);
  std::filesystem::remove(gateway.folder().path("people.csv.rejected.csv"));
  model.before_rows = [&] {
    std::error_code ignored;
    std::filesystem::create_symlink("/dev/full", gateway.folder().path("people.csv.rejected.csv"),
                                    ignored);
  };
  EXPECT_EQ(import(name), kMalformed);
  EXPECT_EQ(model.requests, 1);
  model.before_rows = nullptr;
  std::filesystem::remove(gateway.folder().path("people.csv.rejected.csv"));
  EXPECT_EQ(import(name), kNo);
  EXPECT_EQ(model.accepted.size(), 1485u);
  EXPECT_EQ(std::ranges::count(rejects(), '\n'), 16);
}

}  // namespace
}  // namespace cpgw::gateway::cli
