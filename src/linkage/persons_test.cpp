// SPDX-License-Identifier: Apache-2.0
#include "linkage/persons.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/csv_columns.h"
#include "base/mapped_file.h"
#include "base/random.h"
#include "checkout.h"

namespace truce::linkage {
namespace {

// Febrl: made-up persons of Australia with duplicates, the truth in rec_id ("rec-223-dup-0" is of person
// 223).

std::string febrl(const std::string& file) {
    return checkout() / "../shared/data/febrl" / file;
}

PersonList febrl_list(const std::string& file, Repeats repeats) {
    using Kind = PersonFieldKind;
    const std::vector<std::pair<PersonField, std::string>> fields{
        {{"given", Kind::name}, "given_name"},     {{"family", Kind::name}, "surname"},
        {{"number", Kind::code}, "street_number"}, {{"street", Kind::text}, "address_1"},
        {{"property", Kind::text}, "address_2"},   {{"suburb", Kind::text}, "suburb"},
        {{"postcode", Kind::code}, "postcode"},    {{"state", Kind::code}, "state"},
        {{"born", Kind::date}, "date_of_birth"},   {{"id", Kind::code}, "soc_sec_id"}};
    std::vector<csv::WantedColumn> wanted{{"rec_id", csv::ColumnType::text}};
    for (const auto& [field, column] : fields) wanted.push_back({column, csv::ColumnType::text});
    const auto mapped = map_file(febrl(file));
    const auto table = csv::read_columns(*mapped, wanted, {});
    PersonList list;
    list.id = file;
    list.repeats = repeats;
    for (const auto& [field, column] : fields) list.fields.push_back(field);
    list.values.resize(fields.size());
    for (std::size_t row = 0; row < table->rows; ++row) {
        list.keys.emplace_back(table->columns[0].text(row));
        for (std::size_t f = 0; f < fields.size(); ++f)
            list.values[f].emplace_back(table->columns[f + 1].text(row));
    }
    return list;
}

std::string person_of(std::string_view key) {
    const auto first = key.find('-');
    return std::string(key.substr(first + 1, key.find('-', first + 1) - first - 1));
}

struct Quality {
    double precision = 0;
    double recall = 0;
    [[nodiscard]] double f1() const { return 2 * precision * recall / (precision + recall); }
};

Quality quality(const std::vector<PersonList>& lists, const LinkedPersons& linked) {
    std::vector<std::string> truth;
    for (const auto& list : lists) {
        for (const auto& key : list.keys) truth.push_back(person_of(key));
    }
    std::map<std::string, double> sizes;
    for (const auto& person : truth) ++sizes[person];
    double all = 0;
    for (const auto& [person, n] : sizes) all += n * (n - 1) / 2;
    double declared = 0;
    double right = 0;
    for (const auto& person : linked.persons) {
        for (const auto a : person) {
            for (const auto b : person) {
                if (a >= b) continue;
                ++declared;
                right += truth[a] == truth[b] ? 1 : 0;
            }
        }
    }
    return {right / declared, right / all};
}

struct FebrlCase {
    std::vector<std::string> files;
    Repeats repeats;
    double f1;
};

class Febrl : public testing::TestWithParam<FebrlCase> {};

TEST_P(Febrl, IsLinkedWithoutAnyKnownPair) {
    if (!std::filesystem::exists(febrl("dataset1.csv"))) GTEST_SKIP() << "no ../shared/data/febrl";
    std::vector<PersonList> lists;
    for (const auto& file : GetParam().files) lists.push_back(febrl_list(file, GetParam().repeats));
    const auto linked = link_persons(lists, {});
    ASSERT_TRUE(linked) << linked.error().text();
    const auto found = quality(lists, *linked);
    EXPECT_GE(found.f1(), GetParam().f1);
}

INSTANTIATE_TEST_SUITE_P(Sets, Febrl,
                         testing::Values(FebrlCase{{"dataset1.csv"}, Repeats::may, 0.99},
                                         FebrlCase{{"dataset2.csv"}, Repeats::may, 0.97},
                                         FebrlCase{{"dataset3.csv"}, Repeats::may, 0.95},
                                         FebrlCase{
                                             {"dataset4a.csv", "dataset4b.csv"}, Repeats::never, 0.97}));

}  // namespace
}  // namespace truce::linkage
