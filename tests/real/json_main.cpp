// SPDX-License-Identifier: MIT
// A real C++ program around the nlohmann json library: documents are parsed, changed and
// dumped; broken ones throw, through frames with destructors, and are caught; std::map,
// std::sort and std::function do the rest. Run by real_run with the number of rounds. Its
// output must depend on nothing but that number.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

using nlohmann::json;

namespace {

class random_source {
  public:
    unsigned below(unsigned limit) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        return static_cast<unsigned>(state >> 33) % limit;
    }

  private:
    std::uint64_t state = 42;
};

// Counts the unwinding of frames that own something.
class guard {
  public:
    explicit guard(int &counter) : count(counter) {
    }
    ~guard() {
        ++count;
    }
    guard(const guard &) = delete;
    guard &operator=(const guard &) = delete;

  private:
    int &count;
};

json make_document(random_source &random, int depth) {
    json document = json::object();
    for (unsigned i = 0, fields = 3 + random.below(5); i < fields; i++) {
        const std::string key = "field" + std::to_string(random.below(40));
        switch (depth > 0 ? random.below(6) : random.below(4)) {
        case 0:
            document[key] = random.below(1000000);
            break;
        case 1:
            document[key] = random.below(1000000) / 8.0;
            break;
        case 2:
            document[key] = "text \"" + std::string(random.below(30), 'x') + "\" \u00e9\n";
            break;
        case 3:
            document[key] = random.below(2) == 0;
            break;
        case 4:
            document[key] = make_document(random, depth - 1);
            break;
        default:
            document[key] = json::array();
            for (unsigned n = random.below(8); n > 0; n--)
                document[key].push_back(make_document(random, depth - 1));
        }
    }
    return document;
}

std::uint64_t hash_text(const std::string &text) {
    std::uint64_t hash = 1469598103934665603u;
    for (const char c : text)
        hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211u;
    return hash;
}

// Parses below a few frames that have to be unwound when the text is broken.
json parse_nested(const std::string &text, int depth, int &unwound) {
    const guard frame(unwound);
    if (depth == 0)
        return json::parse(text);
    return parse_nested(text, depth - 1, unwound);
}

struct error_counts {
    std::map<int, int> by_id;
    int unwound = 0;
    int rethrown = 0;
};

void parse_broken(const std::string &text, int depth, error_counts &errors) {
    try {
        try {
            parse_nested(text, depth, errors.unwound).at("missing").at(7);
        } catch (const json::parse_error &error) {
            errors.by_id[error.id]++;
            if (error.byte % 3 == 0)
                throw std::runtime_error(error.what());
        }
    } catch (const json::exception &error) {
        errors.by_id[error.id]++;
    } catch (const std::runtime_error &) {
        errors.rethrown++;
    }
}

std::size_t count_leaves(const json &value) {
    if (!value.is_structured())
        return 1;
    std::size_t leaves = 0;
    for (const json &item : value)
        leaves += count_leaves(item);
    return leaves;
}

std::vector<std::string> sorted_keys(const json &document) {
    std::vector<std::string> keys;
    const json flat = document.flatten();
    for (const auto &item : flat.items())
        keys.push_back(item.key());
    std::sort(keys.begin(), keys.end(), [](const std::string &a, const std::string &b) {
        return a.size() != b.size() ? a.size() < b.size() : a > b;
    });
    return keys;
}

void run_round(random_source &random, std::map<std::string, int> &key_counts,
               error_counts &errors) {
    const std::vector<std::function<json(json)>> steps = {
        [](json value) { return json::parse(value.dump()); },
        [](json value) {
            value["step"] = count_leaves(value);
            return value;
        },
        [](json value) { return json::from_cbor(json::to_cbor(value)); },
        [](json value) {
            value.erase("step");
            return json::parse(value.dump(2));
        },
    };
    const json document = make_document(random, 3);
    json changed = document;
    for (const auto &step : steps)
        changed = step(changed);
    if (changed != document)
        throw std::logic_error("a document did not survive");
    for (const std::string &key : sorted_keys(document))
        key_counts[key.substr(0, 8)]++;
    const std::string text = document.dump();
    for (int i = 0; i < 20; i++) {
        std::string broken = text;
        broken[random.below(static_cast<unsigned>(text.size()))] = "{}[],:\"x"[random.below(8)];
        parse_broken(broken, i % 7, errors);
    }
    std::printf("%zu bytes, %zu leaves, hash %016llx\n", text.size(), count_leaves(document),
                static_cast<unsigned long long>(hash_text(text)));
}

} // namespace

int main(int argc, char **argv) {
    const int rounds = argc > 1 ? std::atoi(argv[1]) : 1;
    random_source random;
    std::map<std::string, int> key_counts;
    error_counts errors;

    for (int round = 0; round < rounds; round++)
        run_round(random, key_counts, errors);
    for (const auto &entry : errors.by_id)
        std::printf("error %d: %d times\n", entry.first, entry.second);
    std::printf("unwound %d, rethrown %d, key prefixes %zu\n", errors.unwound, errors.rethrown,
                key_counts.size());
    return 0;
}
