// SPDX-License-Identifier: MIT
// Functions with very long names.
#include <map>
#include <string>
#include <vector>

namespace shop {
template <typename Key, typename Value> struct Table {
    std::map<Key, std::vector<Value>> rows;
    __attribute__((noinline)) void add(const Key &key, Value value) {
        rows[key].push_back(value);
    }
};
} // namespace shop

int main() {
    shop::Table<std::string, long> table;
    for (int i = 0; i < 12; i++)
        table.add("a", i);
}
