// SPDX-License-Identifier: Apache-2.0
#include "sources/person_lists.h"

#include <gtest/gtest.h>

#include <string>

namespace truce::sources {
namespace {

constexpr std::string_view mapping_text =
    "trucewatch: 1\n"
    "persons: vdc\n"
    "key: id\n"
    "missing: [\"n.k.\"]\n"
    "fields:\n"
    "  name: {column: Name, compare: name}\n"
    "  born: {column: Born, compare: date}\n";

Result<PersonList> read(std::string_view table) {
    const auto reading = read_person_mapping(mapping_text, "vdc.yaml");
    EXPECT_TRUE(reading.errors.empty());
    return read_person_list(table, "vdc.csv", reading.mapping);
}

TEST(PersonLists, TakeTheColumnsThatTheMappingNames) {
    const auto list = read("id,Name,Born,Note\n7,Ali,1980-02-03,x\n8,n.k.,,\n");
    ASSERT_TRUE(list) << list.error().text();
    EXPECT_EQ(list->keys, (std::vector<std::string>{"7", "8"}));
    EXPECT_EQ(list->values[0], (std::vector<std::string>{"Ali", ""}));
    EXPECT_EQ(list->fields[1].kind, PersonFieldKind::date);
    EXPECT_EQ(list->repeats, Repeats::never);
}

TEST(PersonLists, AColumnThatIsNotThereIsAnErrorWithTheNearest) {
    const auto list = read("id,Nmae,Born\n7,Ali,\n");
    ASSERT_FALSE(list);
    EXPECT_NE(list.error().message.find("did you mean 'Nmae'?"), std::string::npos);
    EXPECT_EQ(list.error().line, 6U);
}

TEST(PersonLists, AListWithABrokenRowIsNotRead) {
    const auto list = read("id,Name,Born\n7,Ali,1980-02-03\n8,Omar\n");
    ASSERT_FALSE(list);
    EXPECT_EQ(list.error().line, 3U);
}

TEST(PersonLists, AFieldMustSayHowItIsCompared) {
    const auto reading =
        read_person_mapping("trucewatch: 1\npersons: vdc\nfields:\n  name: {column: Name}\n", "vdc.yaml");
    ASSERT_EQ(reading.errors.size(), 1U);
    EXPECT_EQ(reading.errors[0].line, 4U);
}

}  // namespace
}  // namespace truce::sources
