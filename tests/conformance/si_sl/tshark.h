// tshark as a judge: octets in, what it makes of them out.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "base/octets.h"

namespace cpgw::si_sl::test {

/// How packets reach the dissector: what text2pcap and tshark are told, and a direction letter.
struct Encapsulation {
  std::string direction, text2pcap, tshark;
};
inline const Encapsulation kPushOverUdp{"", "-u 9200,2948", ""};
inline Encapsulation tpdus(const std::string& direction) {
  return {direction, "-D -l 147",
          R"~(-o 'uat:user_dlts:"User 0 (DLT=147)","gsm_sms","0","","0",""')~"
          " -o gsm_sms.reassemble:TRUE"};
}
inline const Encapsulation kToServiceCentre = tpdus("I");
inline const Encapsulation kToMobile = tpdus("O");

class Tshark : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_NE(::mkdtemp(folder_.data()), nullptr); }
  void TearDown() override { std::filesystem::remove_all(folder_.data()); }

  [[nodiscard]] std::string path(const std::string& name) const {
    return std::string(folder_.data()) + "/" + name;
  }

  /// What the command prints; its complaints too when `errors`.
  static std::string run(const std::string& command, bool errors = true) {
    FILE* pipe = ::popen((command + (errors ? " 2>&1" : " 2>/dev/null")).c_str(), "r");
    if (pipe == nullptr) return "cannot run " + command;
    std::string output;
    std::array<char, 4096> buffer{};
    for (std::size_t n = 0; (n = std::fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) {
      output.append(buffer.data(), n);
    }
    EXPECT_EQ(::pclose(pipe), 0) << command << "\n" << output;
    return output;
  }

  /// What tshark tells of each packet. All in one run: its start takes longer than the rest.
  std::vector<std::string> decode(const std::vector<Octets>& packets,
                                  const Encapsulation& how) const {
    const std::string all = "\n" + tshark(packets, how, "-V");
    std::vector<std::string> frames;
    constexpr std::string_view kStart = "\nFrame ";
    for (std::size_t at = all.find(kStart); at < all.size();) {
      const std::size_t next = std::min(all.find(kStart, at + 1), all.size());
      frames.push_back(all.substr(at, next - at));
      at = next;
    }
    EXPECT_EQ(frames.size(), packets.size()) << all.substr(0, 2000);
    frames.resize(packets.size());
    return frames;
  }

  /// The named fields of each packet; what occurs several times is joined by commas.
  std::vector<std::vector<std::string>> fields(const std::vector<Octets>& packets,
                                               const Encapsulation& how,
                                               const std::vector<std::string>& names) const {
    std::string options = "-T fields";
    for (const std::string& name : names) options += " -e " + name;
    std::vector<std::vector<std::string>> rows;
    std::istringstream lines(tshark(packets, how, options));
    for (std::string line; std::getline(lines, line);) {
      auto& row = rows.emplace_back();
      std::istringstream cells(line);
      for (std::string cell; std::getline(cells, cell, '\t');) row.push_back(cell);
      row.resize(names.size());
    }
    EXPECT_EQ(rows.size(), packets.size());
    rows.resize(packets.size(), std::vector<std::string>(names.size()));
    return rows;
  }

 private:
  [[nodiscard]] std::string tshark(const std::vector<Octets>& packets, const Encapsulation& how,
                                   const std::string& options) const {
    std::ofstream text(path("packets.txt"));
    for (const Octets& packet : packets) {
      if (!how.direction.empty()) text << how.direction << "\n";
      text << "000000";
      for (const std::byte b : packet) text << " " << to_hex(std::array{b});
      text << "\n";
    }
    text.close();
    run("text2pcap -q " + how.text2pcap + " " + path("packets.txt") + " " + path("packets.pcapng"));
    // A home of our own: the judge's settings are its defaults. Its warning to root does not count.
    return run("HOME=" + std::string(folder_.data()) + " tshark -r " + path("packets.pcapng") +
                   " " + how.tshark + " " + options,
               false);
  }

  std::array<char, 32> folder_{"/tmp/cpgw-tshark-XXXXXX"};
};

}  // namespace cpgw::si_sl::test
