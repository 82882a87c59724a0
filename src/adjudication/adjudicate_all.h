// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "adjudication/adjudicate.h"

namespace truce {

/// Why an incident and most commitments have nothing to do with one another: how many commitments were
/// passed over for each reason. With the incident's findings they add up to all commitments.
struct PassedOver {
    std::uint32_t before = 0;      ///< the incident came before the entry into force
    std::uint32_t after = 0;       ///< it came after the end, the supersession or the termination
    std::uint32_t in_a_pause = 0;  ///< it fell into a suspension or between two periods
    std::uint32_t outside = 0;     ///< the commitment was, or may have been, in force, but elsewhere
    /// It was, or may have been, in force thereabouts (the boxes around both meet), and bound others than those who fought.
    std::uint32_t between_others = 0;
    [[nodiscard]] std::uint32_t total() const {
        return before + after + in_a_pause + outside + between_others;
    }
    friend bool operator==(const PassedOver&, const PassedOver&) = default;
};

/// Many incidents held against many commitments.
struct Findings {
    /// A finding for each pair whose time and place may both fit, by incident, then by commitment. For every
    /// other pair the verdict is out_of_scope, or not_breach where the act decides, and `passed_over` has counted why.
    ///
    /// Left out are pairs between others (see lies_between_others): fighting of two who promised one another nothing says
    /// nothing of what others promised. Where an incident has nothing else, the first such pair whose time and place may
    /// both fit stands for them, so that it still says why it is out of scope.
    std::vector<Finding> findings;
    /// The findings of incident i are those from first[i] up to first[i + 1].
    std::vector<std::size_t> first{0};
    /// One for each incident.
    std::vector<PassedOver> passed_over;

    [[nodiscard]] std::span<const Finding> of(IncidentId incident) const {
        return std::span(findings).subspan(first[incident.value],
                                           first[incident.value + 1] - first[incident.value]);
    }
};

/// Commitments put in order for questions about many incidents.
///
/// Answers are those of `adjudicate`, which is the definition; chances agree with it to 1e-9.
class CommitmentIndex {
public:
    /// Requires: `commitments` and what `setting` refers to outlive the index and stay as they are. Cost:
    /// O(vertices of the areas that commitments name), once.
    CommitmentIndex(std::span<const Commitment> commitments, const Setting& setting, unsigned threads = 1);
    CommitmentIndex(CommitmentIndex&&) noexcept;
    CommitmentIndex& operator=(CommitmentIndex&&) noexcept;
    ~CommitmentIndex();

    /// The findings of all `incidents`; an incident's id is its place in the list. The same bytes whatever
    /// `threads` is.
    [[nodiscard]] Findings adjudicate_all(std::span<const Incident> incidents, unsigned threads = 1) const;

private:
    struct Prepared;
    std::unique_ptr<const Prepared> prepared_;
};

/// Holds every incident against every commitment: `CommitmentIndex` for those who ask once.
[[nodiscard]] Findings adjudicate_all(std::span<const Incident> incidents,
                                      std::span<const Commitment> commitments, const Setting& setting,
                                      unsigned threads = 1);

}  // namespace truce
