// Providers by name: finding one, naming one exactly, file names.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <numeric>
#include <unordered_set>

#include "base/octets.h"
#include "gateway/provisioning/providers.h"

namespace cpgw::gateway::provisioning {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string folded(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), lower);
  return out;
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  const auto first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

// Levenshtein distance in octets; both are short names.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t above = row[j + 1];
      row[j + 1] =
          std::min({above + 1, row[j] + 1, diagonal + static_cast<std::size_t>(a[i] != b[j])});
      diagonal = above;
    }
  }
  return row.back();
}

enum class Case : std::uint8_t { exact, folded };

std::vector<std::size_t> matches(const std::vector<Provider>& providers, std::string_view country,
                                 std::string_view name, Case how) {
  const std::string wanted = how == Case::exact ? std::string(name) : folded(name);
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < providers.size(); ++i) {
    if (folded(providers[i].country) != country) continue;
    const bool same = std::ranges::any_of(providers[i].names, [&](const std::string& other) {
      const std::string_view mine = trimmed(other);
      return how == Case::exact ? mine == wanted : folded(mine) == wanted;
    });
    if (same) found.push_back(i);
  }
  return found;
}

std::vector<std::size_t> by_name(const std::vector<Provider>& providers, std::string_view country,
                                 std::string_view name) {
  auto found = matches(providers, country, name, Case::exact);
  if (found.empty()) found = matches(providers, country, name, Case::folded);
  return found;
}

std::string networks_of(const Provider& provider) {
  std::string text;
  for (const NetworkId& network : provider.networks) {
    if (text.size() > 40) return text + " ...";
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", network.mcc, network.mnc);
  }
  return text.empty() ? "no network id" : text;
}

std::string near_names(const std::vector<Provider>& providers, std::string_view country,
                       std::string_view name) {
  const std::string wanted = folded(name);
  std::vector<std::pair<std::size_t, std::size_t>> ranked;  // distance, index
  bool country_known = false;
  for (std::size_t i = 0; i < providers.size(); ++i) {
    const bool same_country = folded(providers[i].country) == country;
    country_known = country_known || same_country;
    std::size_t best = ~std::size_t{0};
    for (const std::string& other : providers[i].names) {
      const std::string mine = folded(trimmed(other));
      std::size_t far = distance(mine.substr(0, 100), wanted);
      if (wanted.size() >= 2 && (mine.find(wanted) != std::string::npos ||
                                 (mine.size() >= 2 && wanted.find(mine) != std::string::npos)))
        far = 1;
      best = std::min(best, far);
    }
    // The same name in another country ranks after a near one in this.
    if (same_country ? best <= std::max<std::size_t>(3, wanted.size() / 2) : best == 0)
      ranked.emplace_back(same_country ? best : best + 3, i);
  }
  std::ranges::sort(ranked);
  std::string text;
  if (!country_known) text = fmt::format("; no provider has country code \"{}\"", country);
  for (std::size_t i = 0; i < std::min<std::size_t>(ranked.size(), 5); ++i)
    text += fmt::format("{}{}", i == 0 ? "; near: " : ", ",
                        provider_reference(providers, ranked[i].second));
  return text;
}

}  // namespace

std::string Provider::display_name() const {
  for (const std::string& name : names)
    if (const auto text = trimmed(name); !text.empty()) return std::string(text);
  return {};
}

std::string provider_reference(const std::vector<Provider>& providers, std::size_t index) {
  const std::string country = folded(providers[index].country);
  const std::string name = providers[index].display_name();
  const auto same = by_name(providers, country, name);
  std::string plain = fmt::format("{}/{}", country, name);
  if (same.size() < 2) return plain;
  const auto place = std::ranges::find(same, index) - same.begin();
  return fmt::format("{}#{}", plain, place + 1);
}

Result<std::size_t> find_provider(const std::vector<Provider>& providers, std::string_view wanted) {
  constexpr std::size_t kLongest = 200;
  const auto slash = wanted.find('/');
  if (slash == std::string_view::npos || slash == 0 || slash + 1 == wanted.size() ||
      wanted.size() > kLongest)
    return fail(Errc::bad_name,
                "a provider is named by country code and name: \"fi/Elisa\", or \"us/Name#2\" for "
                "the second of several");
  const std::string country = folded(wanted.substr(0, slash));
  const std::string_view whole = trimmed(wanted.substr(slash + 1));
  // A name may itself hold '#': the whole text is tried first.
  auto found = by_name(providers, country, whole);
  std::string_view name = whole;
  std::size_t nth = 0;
  if (const auto hash = whole.rfind('#'); found.empty() && hash != std::string_view::npos) {
    const std::string_view digits = whole.substr(hash + 1);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), nth);
    if (error == std::errc() && end == digits.data() + digits.size()) {
      name = trimmed(whole.substr(0, hash));
      found = by_name(providers, country, name);
      if (!found.empty() && (nth == 0 || nth > found.size()))
        return fail(Errc::bad_name, fmt::format("there are {} providers \"{}/{}\": #1 to #{}",
                                                found.size(), country, name, found.size()));
    }
  }
  if (found.empty())
    return fail(Errc::unknown_provider, fmt::format("no provider \"{}/{}\"{}", country, name,
                                                    near_names(providers, country, name)));
  if (nth != 0) return found[nth - 1];
  if (found.size() == 1) return found.front();
  std::string list;
  for (std::size_t i = 0; i < found.size(); ++i)
    list += fmt::format("{}{}/{}#{} ({}; line {})", i == 0 ? "" : ", ", country, name, i + 1,
                        networks_of(providers[found[i]]), providers[found[i]].line);
  return fail(Errc::ambiguous_provider,
              fmt::format("{} providers are called \"{}/{}\"; say which: {}", found.size(), country,
                          name, list));
}

std::vector<std::string> provider_slugs(const std::vector<Provider>& providers) {
  constexpr std::size_t kLongest = 56;  // leaves room for a number
  std::vector<std::string> slugs;
  std::unordered_set<std::string> taken;
  for (const Provider& provider : providers) {
    const std::string name = provider.display_name();
    std::string slug = folded(provider.country);
    bool letters = false, gap = true;
    for (const char c : folded(name)) {
      const bool good = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
      if (good && gap) slug.push_back('-');
      if (good) slug.push_back(c);
      letters = letters || good;
      gap = !good;
    }
    if (!letters) slug += "-x" + to_hex(as_octets(name));
    std::erase_if(slug, [](char c) {
      return !((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-');
    });
    slug.resize(std::min(slug.size(), kLongest));
    std::string unique = slug;
    for (std::size_t n = 2; !taken.insert(unique).second; ++n)
      unique = fmt::format("{}-{}", slug, n);
    slugs.push_back(std::move(unique));
  }
  return slugs;
}

}  // namespace cpgw::gateway::provisioning
