#include "queue/zmq/envelope.h"

#include <gtest/gtest.h>

namespace cpgw::queue::zmq {
namespace {

using Frames = std::vector<std::string>;

TEST(Envelope, IsReadFromItsThreeFrames) {
  const auto e = read_envelope(Frames{"CPGW1", "7", "{}"});
  ASSERT_TRUE(e);
  EXPECT_EQ(*e, (Envelope{"7", "{}"}));
  EXPECT_TRUE(read_envelope(Frames{"CPGW1", std::string(64, '\0'), ""}));
  EXPECT_TRUE(read_envelope(Frames{"CPGW1", "7", std::string(kMostBodyOctets, ' ')}));
}

TEST(Envelope, RefusesEverythingElseByName) {
  const struct {
    Frames frames;
    Code code;
    std::string field, id;
  } cases[] = {
      {{}, Errc::bad_version, "frame[0]", ""},
      {{""}, Errc::bad_version, "frame[0]", ""},
      {{"CPGW2", "7", "{}"}, Errc::bad_version, "frame[0]", "7"},
      {{"cpgw1", "7", "{}"}, Errc::bad_version, "frame[0]", "7"},
      {{"", "CPGW1", "7", "{}"}, Errc::bad_version, "frame[0]", "CPGW1"},
      {{"CPGW1"}, Errc::bad_frames, "", ""},
      {{"CPGW1", "7"}, Errc::bad_frames, "", "7"},
      {{"CPGW1", "7", "{}", ""}, Errc::bad_frames, "", "7"},
      {{"CPGW1", "", "{}"}, Errc::bad_id, "frame[1]", ""},
      {{"CPGW1", std::string(65, 'x'), "{}"}, Errc::bad_id, "frame[1]", ""},
      {{"CPGW1", "7", std::string(kMostBodyOctets + 1, ' ')}, Errc::too_large, "frame[2]", "7"},
  };
  for (const auto& c : cases) {
    const auto e = read_envelope(c.frames);
    ASSERT_FALSE(e);
    EXPECT_EQ(e.error().code, c.code) << to_string(e.error());
    EXPECT_EQ(e.error().at.field, c.field);
    EXPECT_EQ(answerable_id(c.frames), c.id);
  }
}

TEST(Envelope, WritesWhatItReads) {
  const Envelope e{"id", "{\"a\":1}"};
  const auto frames = write_envelope(e);
  ASSERT_TRUE(frames);
  EXPECT_EQ(*read_envelope(Frames(frames->begin(), frames->end())), e);
  EXPECT_EQ(write_envelope({"", "{}"}).error().code, Code(Errc::bad_id));
  EXPECT_EQ(write_envelope({"x", std::string(kMostBodyOctets + 1, ' ')}).error().code,
            Code(Errc::too_large));
}

}  // namespace
}  // namespace cpgw::queue::zmq
