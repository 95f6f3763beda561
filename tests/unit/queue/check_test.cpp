// check() names rows that a damaged or half-restored store would have.
#include <gmock/gmock.h>
#include <rocksdb/db.h>

#include "queue/codec.h"
#include "queue/rocksdb_rows.h"
#include "support.h"

namespace cpgw::queue::test {
namespace {

using namespace detail;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// A store with two jobs of digest(1), and a content nothing uses.
class Check : public ::testing::Test {
 protected:
  void SetUp() override {
    make_empty_store(dir_.file("store"));
    auto store = open_rocksdb_store(dir_.file("store"), {});
    ASSERT_TRUE(store);
    QueueInfo info;
    info.tenant = (*store)->tenant("acme");
    info.id = singles(info.tenant);
    const NewJob job{.tenant = info.tenant,
                     .queue = info.id,
                     .recipient = number(1),
                     .content = digest(1),
                     .due = kStart,
                     .deadline = kStart + std::chrono::hours(1)};
    const std::vector<std::vector<Step>> requests{
        {step::PutQueue{info}, step::PutContent{{.digest = digest(1)}},
         step::PutContent{{.digest = digest(2)}},
         step::Submit{.tenant = info.tenant, .jobs = {job, job}}}};
    ASSERT_TRUE((*store)->commit(requests, kStart));
    ASSERT_THAT((*store)->check(), IsEmpty());
  }
  /// What check() says after `change` was made behind the store's back.
  template <class Change>
  std::vector<std::string> complaints(const Change& change) {
    {
      const auto database = open_database(dir_.file("store"), nullptr);
      EXPECT_TRUE(database);
      change(*(*database)->db, (*database)->family(Family::content));
    }
    auto store = open_rocksdb_store(dir_.file("store"), {});
    EXPECT_TRUE(store);
    std::vector<std::string> said;
    for (const Error& e : (*store)->check()) said.push_back(to_string(e));
    return said;
  }
  TempDir dir_;
};

TEST_F(Check, NamesAContentWhoseUsesAreMiscounted) {
  const auto said = complaints([](rocksdb::DB& db, rocksdb::ColumnFamilyHandle* family) {
    EXPECT_TRUE(
        db.Put({}, family, content_uses_key(digest(1)), encode(ContentUses{3, 0, {}})).ok());
  });
  EXPECT_THAT(said, ElementsAre(AllOf(HasSubstr("used by 2 jobs"), HasSubstr("counts 3 jobs"),
                                      HasSubstr(to_hex(digest(1))))));
}

TEST_F(Check, NamesAContentThatIsGone) {
  const auto said = complaints([](rocksdb::DB& db, rocksdb::ColumnFamilyHandle* family) {
    EXPECT_TRUE(db.Delete({}, family, content_key(digest(1))).ok());
  });
  EXPECT_THAT(said, ElementsAre(HasSubstr("without its content")));
}

TEST_F(Check, NamesAContentWithoutItsCount) {
  const auto said = complaints([](rocksdb::DB& db, rocksdb::ColumnFamilyHandle* family) {
    EXPECT_TRUE(db.Delete({}, family, content_uses_key(digest(1))).ok());
  });
  EXPECT_THAT(said, ElementsAre(HasSubstr("without its count")));
}

TEST_F(Check, NamesAContentThatNothingWillForget) {
  const auto said = complaints([](rocksdb::DB& db, rocksdb::ColumnFamilyHandle* family) {
    EXPECT_TRUE(db.Delete({}, family, unused_key({kStart, digest(2)})).ok());
  });
  EXPECT_THAT(said, ElementsAre(HasSubstr("never forgotten")));
}

TEST_F(Check, NamesAContentInUseThatWouldBeForgotten) {
  const auto said = complaints([](rocksdb::DB& db, rocksdb::ColumnFamilyHandle* family) {
    EXPECT_TRUE(db.Put({}, family, unused_key({kStart, digest(1)}), encode(ContentUses{})).ok());
  });
  EXPECT_THAT(said, ElementsAre(HasSubstr("in use is to be forgotten")));
}

}  // namespace
}  // namespace cpgw::queue::test
