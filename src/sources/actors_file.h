// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/time.h"
#include "base/yaml_fields.h"
#include "model/actor.h"

namespace truce::sources {

/// What to do with the name of an actor that no actors file defines.
enum class UndefinedActors { refuse, make_up };

/// The actors that a mission's files may name, while the files are read.
class ActorNames {
public:
    explicit ActorNames(UndefinedActors undefined) : undefined_(undefined) {}

    /// Reads one actors file (doc/formats/actors.md). Dates of relations are days on the clocks of `zone`.
    /// Several files make one register; an id that two of them define is an error.
    void read(const YamlNode& root, const Zone& zone, Problems& problems);
    /// Links the relations of all files read: to be called once, after the last of them. `problems` holds one
    /// entry for each `read`, in the same order.
    void link(std::vector<Problems>& problems);

    /// The actor of that id, which counts as used from then on; an error with the nearest id where there is
    /// none. Made up, and noted once as a warning, where undefined actors are allowed.
    [[nodiscard]] std::optional<ActorId> named(const YamlNode& node, std::string_view what,
                                               Problems& problems);
    /// As `named` for a member; nothing where it is absent or unknown.
    [[nodiscard]] std::optional<ActorId> named_in(Fields& fields, std::string_view key, Problems& problems);

    [[nodiscard]] const std::vector<Actor>& actors() const { return actors_; }
    /// Where an actor is defined; a line of 0 for one that was made up.
    struct Definition {
        std::string file;
        std::size_t line = 0;
        std::size_t column = 0;
        bool used = false;
    };
    [[nodiscard]] const std::vector<Definition>& definitions() const { return definitions_; }

private:
    struct PendingRelation {
        std::uint32_t actor;
        std::size_t file;
        ActorRelation relation;
        const YamlNode* other;
        Period during;
    };
    void read_actor(const YamlNode& node, const Zone& zone, Problems& problems);
    void read_relation(const YamlNode& node, std::uint32_t actor, const Zone& zone, Problems& problems);
    [[nodiscard]] std::vector<std::string_view> ids() const;

    UndefinedActors undefined_;
    std::size_t files_ = 0;
    std::vector<Actor> actors_;
    std::vector<Definition> definitions_;
    std::unordered_map<std::string, std::uint32_t> by_id_;
    std::vector<PendingRelation> pending_;
};

}  // namespace truce::sources
