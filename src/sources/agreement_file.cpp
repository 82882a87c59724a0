// SPDX-License-Identifier: Apache-2.0
#include "sources/agreement_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "base/text.h"
#include "sources/written_values.h"

namespace truce::sources {
namespace {

using std::string_view;

constexpr std::array<string_view, 4> classes{"unclear", "cessation_of_hostilities", "preliminary",
                                             "definitive"};
constexpr std::array<string_view, 6> purposes{"humanitarian", "peace_process", "holiday",
                                              "election",     "other",         "unclear"};
constexpr std::array<string_view, 4> renewals{"unknown", "none", "automatic", "by_agreement"};
constexpr std::array<string_view, 7> capacities{"signatory", "adherent", "guarantor", "facilitator",
                                                "monitor",   "witness",  "depositary"};
constexpr std::array<string_view, 4> exclusion_bases{"named", "un_designated", "by_guarantor", "unknown"};
constexpr std::array<string_view, 2> exclusion_scopes{"actor", "actor_in_delineated_area"};
constexpr std::array<string_view, 7> exception_kinds{"self_defence",
                                                     "excluded_target",
                                                     "live_fire_in_area",
                                                     "law_enforcement",
                                                     "prior_notified",
                                                     "coordinated_return_fire",
                                                     "other"};
constexpr std::array<string_view, 8> decision_rules{"jointly_or_separately",
                                                    "jointly",
                                                    "co_chairs",
                                                    "co_chairs_jointly",
                                                    "either",
                                                    "consensus",
                                                    "majority",
                                                    "head_rules"};
constexpr std::array<string_view, 8> mandate_verbs{"observe", "record",    "verify", "evaluate",
                                                   "qualify", "recommend", "rule",   "investigate"};
constexpr std::array<string_view, 4> reaches{"commands", "part_of", "allied_with", "associated_with"};

/// The relations of an agreement to another; the first ten are the model's own names, the others shorter
/// words for them.
struct RelationName {
    string_view name;
    LineageRelation relation;
};
constexpr std::array relation_names{
    RelationName{"extends_area_of", LineageRelation::extends_area_of},
    RelationName{"extends_time_of", LineageRelation::extends_time_of},
    RelationName{"reaffirms", LineageRelation::reaffirms},
    RelationName{"recommits_to", LineageRelation::recommits_to},
    RelationName{"implements", LineageRelation::implements},
    RelationName{"annex_of", LineageRelation::annex_of},
    RelationName{"supersedes", LineageRelation::supersedes},
    RelationName{"suspends", LineageRelation::suspends},
    RelationName{"terminates", LineageRelation::terminates},
    RelationName{"follows", LineageRelation::follows},
    RelationName{"extends_area", LineageRelation::extends_area_of},
    RelationName{"extends_time", LineageRelation::extends_time_of},
    RelationName{"recommits", LineageRelation::recommits_to},
};

constexpr MomentForm binding{};
constexpr MomentForm happened{.alone = DateAlone::whole_day};

Where where(const YamlNode& node) {
    return {node.line, node.column};
}

/// Reads one file; see `read_agreement`.
class AgreementReader {
public:
    AgreementReader(const YamlNode& root, const AgreementContext& context, Problems& problems)
        : root_(root), context_(context), problems_(problems), zone_(context.zone) {}

    ReadAgreement read() {
        Fields fields(root_, "the agreement file", problems_);
        check_format_version(fields, problems_);
        agreement_.file = problems_.file;
        if (const auto* node = fields.required("agreement")) {
            if (auto id = id_of(*node, "agreement", problems_)) agreement_.id = *id;
            places_.id = where(*node);
        }
        read_zone(fields);
        read_heading(fields);
        read_lineage(fields);
        agreement_.announced = moment_in(fields, "announced", zone_, happened, problems_);
        agreement_.accept_by = moment_in(fields, "accept_by", zone_, happened, problems_);
        keep_moment(fields, "concluded", "concluded");
        read_in_force(fields);
        read_suspensions(fields);
        read_area(fields);
        read_parties(fields);
        read_exclusions(fields);
        read_delineation(fields);
        read_duties(fields);
        read_exceptions(fields);
        read_conditions(fields);
        read_notification(fields);
        read_mechanism(fields);
        read_compliance(fields);
        read_sources(fields);
        read_notes(fields);
        read_raw_codes(fields);
        fields.finish();
        return {std::move(agreement_), std::move(places_)};
    }

private:
    /// Keeps a value that the model has no place for, under its path.
    void keep(string_view path, const YamlNode* node) {
        if (node != nullptr) agreement_.raw_codes.emplace_back(path, flat_text(*node));
    }
    void keep_text(Fields& fields, string_view key, string_view path) {
        if (fields.text(key)) keep(path, fields.value(key));
    }
    void keep_localised(Fields& fields, string_view key, string_view path) {
        if (!localised_in(fields, key, problems_).empty()) keep(path, fields.value(key));
    }
    void keep_moment(Fields& fields, string_view key, string_view path) {
        if (moment_in(fields, key, zone_, happened, problems_)) keep(path, fields.value(key));
    }
    void keep_word(Fields& fields, string_view key, string_view path,
                   std::initializer_list<string_view> allowed) {
        if (fields.word(key, allowed)) keep(path, fields.value(key));
    }
    void keep_flag(Fields& fields, string_view key, string_view path) {
        if (fields.flag(key)) keep(path, fields.value(key));
    }
    void keep_texts(Fields& fields, string_view key, string_view path) {
        if (!fields.texts(key).empty()) keep(path, fields.value(key));
    }

    void read_zone(Fields& fields) {
        const auto* node = fields.value("zone");
        if (node == nullptr) {
            agreement_.zone = zone_.name();
            return;
        }
        places_.zone = where(*node);
        const auto name = text_of(*node, "zone", problems_);
        if (!name) return;
        const auto zone = Zone::named(*name);
        if (!zone) {
            problems_.error(*node, zone.error().message);
            return;
        }
        zone_ = *zone;
        agreement_.zone = *name;
    }

    void read_heading(Fields& fields) {
        (void)fields.required("title");
        agreement_.title = localised_in(fields, "title", problems_);
        if (const auto word = fields.word("class", classes)) agreement_.cls = *ceasefire_class_named(*word);
        const auto words = localised_in(fields, "words_used", problems_);
        agreement_.words_used = words.in("en");
        if (words.by_language.size() > 1) keep("words_used", fields.value("words_used"));
        for (const auto* node : fields.list("purpose")) {
            if (auto purpose = word_of(*node, "purpose", purposes, problems_)) {
                agreement_.purposes.push_back(*purpose);
            }
        }
        keep_text(fields, "version", "version");
        keep_text(fields, "text_hash", "text_hash");
        keep_flag(fields, "written", "written");
    }

    void read_lineage(Fields& fields) {
        for (const auto* node : fields.list("relation")) read_relation(*node);
    }

    void read_relation(const YamlNode& node) {
        Fields fields(node, "relation", problems_);
        if (!node.is_mapping()) return;
        const RelationName* relation = nullptr;
        for (const auto& name : relation_names) {
            if (!fields.has(name.name)) continue;
            if (relation != nullptr) {
                problems_.error(node, fmt::format("one relation says both '{}' and '{}'; make two of it",
                                                  relation->name, name.name));
            }
            relation = &name;
        }
        const auto at = moment_in(fields, "at", zone_, binding, problems_);
        fields.finish();
        if (relation == nullptr) {
            std::vector<string_view> names;
            for (std::size_t i = 0; i < 10; ++i) names.push_back(relation_names[i].name);
            problems_.error(
                node, fmt::format("a relation must be one of {}, as {{reaffirms: other-id}}", listed(names)));
            return;
        }
        const auto& target = *node.find(relation->name);
        const auto id = text_of(target, relation->name, problems_);
        if (!id) return;
        const auto found = context_.agreements.find(*id);
        if (found == context_.agreements.end()) {
            std::vector<string_view> ids;
            for (const auto& [known, index] : context_.agreements) ids.push_back(known);
            problems_.error(
                target, fmt::format("agreement '{}' is not defined{}", shown(*id), did_you_mean(*id, ids)));
        } else if (*id == agreement_.id) {
            problems_.error(target, fmt::format("agreement '{}' stands in a relation to itself", *id));
        } else {
            agreement_.lineage.push_back({relation->relation, found->second, at});
            places_.lineage.push_back(where(target));
        }
    }

    void read_in_force(Fields& fields) {
        const auto* node = fields.required("in_force");
        agreement_.from = Moment::unknown();
        agreement_.until = Moment::unknown();
        if (node == nullptr) return;
        places_.in_force = where(*node);
        places_.until = where(*node);
        Fields period(*node, "in_force", problems_);
        if (const auto from = moment_in(period, "from", zone_, binding, problems_)) agreement_.from = *from;
        read_end(period);
        if (const auto word = period.word("renewal", renewals)) agreement_.renewal = *renewal_named(*word);
        if (duration_in(period, "renewal_period", problems_)) {
            keep("in_force.renewal_period", period.value("renewal_period"));
        }
        for (const auto* stated : period.list("stated")) read_stated(*stated, "in_force.stated");
        period.finish();
        if (agreement_.until.latest <= agreement_.from.earliest) {
            YamlNode at = *node;
            at.line = places_.until.line;
            at.column = places_.until.column;
            problems_.error(
                at,
                "the end is not after the start; 'to' is the first instant at which the agreement "
                "no longer holds");
        }
    }

    /// `to`, or `for` as a length; neither: no end was set.
    void read_end(Fields& period) {
        const bool to = period.has("to");
        const auto* length = period.value("for");
        if (to && length != nullptr) {
            problems_.error(*length, "'to' and 'for' both say when it ends; leave one of them");
            return;
        }
        if (to) {
            if (const auto* node = period.value("to")) places_.until = where(*node);
            const auto end = moment_in(period, "to", zone_, {.open_allowed = true}, problems_);
            if (end) agreement_.until = *end;
        } else if (length != nullptr) {
            places_.until = where(*length);
            if (const auto duration = duration_of(*length, "for", problems_)) {
                agreement_.until = after(agreement_.from, *duration, zone_);
            }
        } else {
            agreement_.until = Moment::at(open_end);
        }
    }

    /// What one of those concerned said of something: kept as text.
    void read_stated(const YamlNode& node, const std::string& path) {
        Fields fields(node, "stated", problems_);
        (void)fields.required("by");
        (void)context_.actors.named_in(fields, "by", problems_);
        (void)moment_in(fields, "from", zone_, binding, problems_);
        (void)moment_in(fields, "to", zone_, {.open_allowed = true}, problems_);
        (void)moment_in(fields, "on", zone_, happened, problems_);
        (void)localised_in(fields, "says", problems_);
        fields.finish();
        keep(path, &node);
    }

    void read_suspensions(Fields& fields) {
        for (const auto* node : fields.list("suspensions")) {
            Fields one(*node, "suspension", problems_);
            const auto from = moment_in(one, "from", zone_, binding, problems_);
            const auto to = moment_in(one, "to", zone_, {.open_allowed = true}, problems_);
            const auto path = fmt::format("suspensions[{}]", agreement_.suspensions.size());
            if (context_.actors.named_in(one, "by", problems_)) keep(path + ".by", one.value("by"));
            keep_localised(one, "reason", path + ".reason");
            one.finish();
            const Moment first = from.value_or(Moment::unknown());
            const Moment end = to.value_or(Moment::at(open_end));
            if (end.latest <= first.earliest)
                problems_.error(*node, "the suspension's end is not after its start");
            agreement_.suspensions.emplace_back(first, end);
            places_.suspensions.push_back(where(*node));
        }
    }

    void read_area(Fields& fields) {
        if (const auto* node = fields.value("area")) {
            places_.area = where(*node);
            agreement_.area = context_.areas.clause(*node, problems_);
        }
        for (const auto* node : fields.list("except_areas")) {
            if (auto clause = context_.areas.clause(*node, problems_)) {
                agreement_.except_areas.push_back(std::move(*clause));
            }
        }
    }

    void read_parties(Fields& fields) {
        for (const auto* node : fields.list("guarantors")) {
            Fields one(*node, "guarantor", problems_);
            (void)one.required("actor");
            const auto actor = context_.actors.named_in(one, "actor", problems_);
            const auto behalf = context_.actors.named_in(one, "for", problems_);
            one.finish();
            if (actor) agreement_.guarantors.push_back({*actor, behalf});
        }
        for (const auto* node : fields.list("adherents")) read_adherent(*node);
    }

    void read_adherent(const YamlNode& node) {
        Fields fields(node, "adherent", problems_);
        const auto path = fmt::format("adherents[{}]", agreement_.adherents.size());
        (void)fields.required("actor");
        const auto actor = context_.actors.named_in(fields, "actor", problems_);
        Adherent adherent;
        if (const auto word = fields.word("capacity", capacities)) adherent.capacity = *capacity_named(*word);
        adherent.accepted = moment_in(fields, "accepted", zone_, binding, problems_);
        adherent.withdrawn = moment_in(fields, "withdrawn", zone_, binding, problems_);
        if (const auto* suspended = fields.value("suspended")) {
            Fields period(*suspended, "suspended", problems_);
            adherent.suspended_from = moment_in(period, "from", zone_, binding, problems_);
            adherent.suspended_until = moment_in(period, "to", zone_, {.open_allowed = true}, problems_);
            period.finish();
        }
        adherent.via = context_.actors.named_in(fields, "via", problems_);
        const auto reservation = localised_in(fields, "reservation", problems_);
        adherent.reservation = reservation.in("en");
        if (reservation.by_language.size() > 1) keep(path + ".reservation", fields.value("reservation"));
        for (const auto* reach : fields.list("includes")) {
            const auto word = word_of(*reach, "includes", reaches, problems_);
            if (word == "allied_with" || word == "associated_with") {
                adherent.reach = Adherent::Reach::allies_and_associates;
            }
        }
        keep_text(fields, "side", path + ".side");
        if (context_.actors.named_in(fields, "depositary", problems_)) {
            keep(path + ".depositary", fields.value("depositary"));
        }
        keep_flag(fields, "reciprocated", path + ".reciprocated");
        for (const auto* stated : fields.list("stated")) read_stated(*stated, path + ".stated");
        keep_text(fields, "clause", path + ".clause");
        fields.finish();
        if (!actor) return;
        if (adherent.accepted && adherent.withdrawn &&
            adherent.withdrawn->latest < adherent.accepted->earliest) {
            problems_.error(*fields.value("withdrawn"), "withdrawn before it was accepted");
        }
        adherent.actor = *actor;
        agreement_.adherents.push_back(std::move(adherent));
        places_.adherents.push_back(where(node));
    }

    void read_exclusions(Fields& fields) {
        for (const auto* node : fields.list("excluded")) read_exclusion(*node);
    }

    void read_exclusion(const YamlNode& node) {
        Fields fields(node, "exclusion", problems_);
        const auto path = fmt::format("excluded[{}]", agreement_.excluded.size());
        std::vector<ActorId> actors;
        if (const auto actor = context_.actors.named_in(fields, "actor", problems_)) actors.push_back(*actor);
        for (const auto* member : fields.list("actors")) {
            if (const auto actor = context_.actors.named(*member, "each of actors", problems_)) {
                actors.push_back(*actor);
            }
        }
        const auto list = fields.text("list");
        if (list) keep(path + ".list", fields.value("list"));
        Exclusion exclusion{};
        if (const auto word = fields.word("basis", exclusion_bases))
            exclusion.basis = *exclusion_basis_named(*word);
        exclusion.during = period_in(fields, zone_, problems_);
        if (const auto word = fields.word("scope", exclusion_scopes); word == "actor_in_delineated_area") {
            exclusion.scope = Exclusion::Scope::actor_in_delineated_area;
        }
        if (const auto* area = fields.value("area"))
            exclusion.delineated = context_.areas.clause(*area, problems_);
        exclusion.version = fields.text("version").value_or("");
        keep_text(fields, "clause", path + ".clause");
        const bool names_someone = fields.has("actor") || fields.has("actors");
        fields.finish();
        if (!names_someone && !list && node.is_mapping()) {
            problems_.error(node, "exclusion lacks 'actor' (or 'list', with the 'actors' on it)");
        }
        if (list && !names_someone) {
            problems_.warn(node,
                           fmt::format("the list '{}' names nobody, so nobody is excluded by it; add actors: "
                                       "[..] with those on it that matter here",
                                       shown(*list)));
        }
        for (const auto actor : actors) {
            exclusion.actor = actor;
            agreement_.excluded.push_back(exclusion);
            places_.excluded.push_back(where(node));
        }
    }

    void read_delineation(Fields& fields) {
        const auto* node = fields.value("delineation");
        if (node == nullptr) return;
        Fields delineation(*node, "delineation", problems_);
        std::vector<ActorId> of;
        for (const auto* one : delineation.list("of")) {
            if (const auto actor = context_.actors.named(*one, "each of delineation.of", problems_)) {
                of.push_back(*actor);
            }
        }
        for (const auto* one : delineation.list("by")) {
            (void)context_.actors.named(*one, "each of delineation.by", problems_);
        }
        if (const auto* area = delineation.value("area")) {
            const auto clause = context_.areas.clause(*area, problems_);
            for (auto& exclusion : agreement_.excluded) {
                if (!exclusion.delineated && std::ranges::find(of, exclusion.actor) != of.end()) {
                    exclusion.delineated = clause;
                }
            }
        }
        delineation.finish();
        keep("delineation", node);
    }

    std::vector<Act> acts_in(Fields& fields, string_view key) {
        static const auto names = [] {
            std::vector<string_view> all;
            for (const auto act : all_acts()) {
                if (act != Act::unknown) all.push_back(name_of(act));
            }
            return all;
        }();
        std::vector<Act> acts;
        for (const auto* node : fields.list(key)) {
            const auto text = text_of(*node, key, problems_);
            if (!text) continue;
            const auto act = act_named(*text);
            if (act && *act != Act::unknown) {
                acts.push_back(*act);
            } else {
                const auto near = did_you_mean(*text, names);
                problems_.error(*node,
                                fmt::format("'{}' is no act that a duty can name{}", shown(*text),
                                            near.empty() ? "; doc/formats/agreement.md lists them" : near));
            }
        }
        return acts;
    }

    void targets_in(Fields& fields, string_view key, TargetKinds& kinds) {
        static const auto names = [] {
            std::vector<string_view> all;
            for (const auto kind : all_target_kinds()) all.push_back(name_of(kind));
            return all;
        }();
        for (const auto* node : fields.list(key)) {
            if (const auto word = word_of(*node, key, names, problems_)) kinds.add(*target_kind_named(*word));
        }
    }

    void read_duties(Fields& fields) {
        for (const auto* node : fields.list("duties")) read_duty(*node, false);
        for (const auto* node : fields.list("pre_effective_duties")) read_duty(*node, true);
    }

    void read_duty(const YamlNode& node, bool before_entry) {
        Fields fields(node, "duty", problems_);
        const auto path = fmt::format("duties[{}]", agreement_.duties.size());
        Duty duty;
        const auto* id_node = fields.required("id");
        const auto id = id_node == nullptr ? std::nullopt : id_of(*id_node, "id", problems_);
        const auto forbids = acts_in(fields, "forbids");
        const auto required = acts_in(fields, "requires");
        const auto allows = acts_in(fields, "allows");
        targets_in(fields, "against", duty.against);
        targets_in(fields, "for", duty.against);
        for (const auto* one : fields.list("bound")) {
            if (const auto actor = context_.actors.named(*one, "each of bound", problems_))
                duty.bound.push_back(*actor);
        }
        if (const auto* area = fields.value("area")) duty.area = context_.areas.clause(*area, problems_);
        duty.from = moment_in(fields, "from", zone_, binding, problems_);
        duty.until = moment_in(fields, "to", zone_, {.open_allowed = true}, problems_);
        if (before_entry) {
            if (!duty.from) duty.from = agreement_.announced;
            if (!duty.until) duty.until = agreement_.from;
        }
        duty.text = localised_in(fields, "text", problems_);
        duty.clause = fields.text("clause").value_or("");
        keep_word(fields, "basis", path + ".basis", {"stated", "by_reference", "implied"});
        keep_text(fields, "object", path + ".object");
        keep_text(fields, "actor_class", path + ".actor_class");
        keep_texts(fields, "weapons", path + ".weapons");
        keep_text(fields, "condition", path + ".condition");
        const bool says_acts = fields.has("forbids") || fields.has("requires") || fields.has("allows");
        fields.finish();
        if (!node.is_mapping() || !id) return;
        if (!says_acts) {
            problems_.error(node,
                            fmt::format("duty '{}' says no act; give it forbids, requires or allows", *id));
        }
        if (!duty_ids_.insert(*id).second) {
            problems_.error(*id_node, fmt::format("two duties of this agreement are named '{}'", *id));
            return;
        }
        add_duty(duty, *id, Deontic::obligatory, required, node);
        add_duty(duty, *id, Deontic::prohibited, beyond(forbids, required), node);
        add_duty(duty, *id, Deontic::permitted, allows, node);
    }

    /// The acts of `forbids` that a duty to do `required` does not forbid by itself: that one denies no
    /// access is said twice where one must allow it.
    static std::vector<Act> beyond(const std::vector<Act>& forbids, const std::vector<Act>& required) {
        std::vector<Act> rest;
        for (const auto act : forbids) {
            const bool said = std::ranges::any_of(required, [&](Act must) {
                return std::ranges::any_of(acts_that_fail(must),
                                           [&](Act failing) { return is_kind_of(act, failing); });
            });
            if (!said) rest.push_back(act);
        }
        return rest;
    }

    /// Adds one of the two or three duties that one paragraph may hold; the first keeps the paragraph's id.
    void add_duty(Duty duty, const std::string& id, Deontic deontic, std::vector<Act> acts,
                  const YamlNode& node) {
        if (acts.empty()) return;
        const bool first = agreement_.duties.empty() || !agreement_.duties.back().id.starts_with(id) ||
                           places_.duties.back().line != node.line ||
                           places_.duties.back().column != node.column;
        duty.id = first ? id : fmt::format("{}.{}", id, name_of(deontic));
        duty.deontic = deontic;
        duty.acts = std::move(acts);
        agreement_.duties.push_back(std::move(duty));
        places_.duties.push_back(where(node));
    }

    void read_exceptions(Fields& fields) {
        for (const auto* node : fields.list("exceptions")) {
            Fields one(*node, "exception", problems_);
            const auto path = fmt::format("exceptions[{}]", agreement_.exceptions.size());
            Exception exception;
            exception.id = one.required_text("id").value_or("");
            (void)one.required("allows");
            if (const auto word = one.word("allows", exception_kinds))
                exception.kind = *exception_kind_named(*word);
            exception.acts = acts_in(one, "acts");
            if (const auto* area = one.value("area"))
                exception.area = context_.areas.clause(*area, problems_);
            exception.test = one.text("test").value_or("");
            exception.text = localised_in(one, "text", problems_);
            keep_text(one, "clause", path + ".clause");
            one.finish();
            agreement_.exceptions.push_back(std::move(exception));
        }
    }

    void read_conditions(Fields& fields) {
        for (const auto* node : fields.list("conditions")) {
            Fields one(*node, "condition", problems_);
            if (const auto* duty = one.required("duty")) {
                const auto id = text_of(*duty, "duty", problems_);
                const std::vector<std::string> ids(duty_ids_.begin(), duty_ids_.end());
                if (id && !duty_ids_.contains(*id)) {
                    problems_.error(*duty, fmt::format("this agreement has no duty '{}'{}", shown(*id),
                                                       did_you_mean(*id, ids)));
                }
            }
            (void)one.required_text("if");
            (void)localised_in(one, "text", problems_);
            one.finish();
            keep(fmt::format("conditions"), node);
        }
    }

    void read_notification(Fields& fields) {
        const auto* node = fields.value("notification");
        if (node == nullptr) return;
        Fields notice(*node, "notification", problems_);
        Notification notification;
        if (const auto grace = duration_in(notice, "by", problems_)) notification.grace = grace->plain();
        const auto until = moment_in(notice, "grace_until", zone_, binding, problems_);
        if (until && until->known() && agreement_.from.known() && !notification.grace) {
            notification.grace = until->earliest - agreement_.from.earliest;
        }
        notification.during = notice.word("during", {"grace_recorded", "no_breach"}).value_or("");
        notification.chain = notice.text("chain").value_or("");
        keep_moment(notice, "order_issued", "notification.order_issued");
        keep_flag(notice, "written", "notification.written");
        keep_text(notice, "level", "notification.level");
        keep_moment(notice, "relayed_at", "notification.relayed_at");
        keep_moment(notice, "ack_at", "notification.ack_at");
        keep_text(notice, "channel", "notification.channel");
        notice.finish();
        agreement_.notification = std::move(notification);
    }

    void read_clocks(Fields& fields) {
        const auto* node = fields.value("clocks");
        if (node == nullptr) return;
        Fields clocks(*node, "clocks", problems_);
        for (const auto& member : node->members) {
            const auto duration = duration_in(clocks, member.key, problems_);
            agreement_.mechanism.clocks.emplace_back(
                member.key, duration ? std::optional(duration->plain()) : std::nullopt);
        }
    }

    void read_mechanism(Fields& fields) {
        const auto* node = fields.value("mechanism");
        if (node == nullptr) return;
        Fields mechanism(*node, "mechanism", problems_);
        agreement_.mechanism.monitors = mechanism.texts("monitors");
        agreement_.mechanism.decides = mechanism.word("decides", decision_rules).value_or("");
        read_clocks(mechanism);
        agreement_.mechanism.ladder = mechanism.texts("ladder");
        for (const auto* verb : mechanism.list("mandate")) {
            if (auto word = word_of(*verb, "mandate", mandate_verbs, problems_)) {
                agreement_.mechanism.mandate.push_back(*word);
            }
        }
        keep_localised(mechanism, "body", "mechanism.body");
        keep_texts(mechanism, "members", "mechanism.members");
        keep_text(mechanism, "secretariat", "mechanism.secretariat");
        keep_text(mechanism, "complaints_from", "mechanism.complaints_from");
        keep_text(mechanism, "quorum", "mechanism.quorum");
        keep_texts(mechanism, "access", "mechanism.access");
        keep_text(mechanism, "release", "mechanism.release");
        mechanism.finish();
    }

    void read_compliance(Fields& fields) {
        const auto* node = fields.value("compliance");
        if (node == nullptr) return;
        Fields compliance(*node, "compliance", problems_);
        if (const auto* thresholds = compliance.value("thresholds")) {
            Fields acts(*thresholds, "thresholds", problems_);
            for (const auto& member : thresholds->members) {
                if (act_named(member.key)) (void)acts.real(member.key, 0, 1);
            }
            acts.finish();
            keep("compliance.thresholds", thresholds);
        }
        read_clocks(compliance);
        for (auto& step : compliance.texts("ladder")) agreement_.mechanism.ladder.push_back(std::move(step));
        keep_texts(compliance, "sanctions", "compliance.sanctions");
        compliance.finish();
    }

    void read_sources(Fields& fields) {
        for (const auto* node : fields.list("sources")) {
            Fields one(*node, "source", problems_);
            Citation citation;
            citation.title = one.required_text("title").value_or("");
            citation.publisher = one.text("publisher").value_or("");
            citation.url = one.text("url").value_or("");
            citation.date = one.text("date").value_or("");
            (void)moment_in(one, "date", zone_, happened, problems_);
            keep_text(one, "supports", fmt::format("sources[{}].supports", agreement_.sources.size()));
            one.finish();
            agreement_.sources.push_back(std::move(citation));
        }
    }

    void read_notes(Fields& fields) {
        const auto* node = fields.value("notes");
        if (node == nullptr) return;
        if (!node->is_sequence()) {
            agreement_.notes = localised_of(*node, "notes", problems_);
            return;
        }
        for (const auto& one : node->values) {
            for (const auto& [language, text] : localised_of(one, "each of notes", problems_).by_language) {
                auto& whole = agreement_.notes.by_language[language];
                whole += (whole.empty() ? "" : "\n") + text;
            }
        }
    }

    void read_raw_codes(Fields& fields) {
        const auto* node = fields.value("raw_codes");
        if (node == nullptr) return;
        Fields codes(*node, "raw_codes", problems_);
        for (const auto& member : node->members) {
            if (auto text = codes.text(member.key)) agreement_.raw_codes.emplace_back(member.key, *text);
        }
    }

    const YamlNode& root_;
    const AgreementContext& context_;
    Problems& problems_;
    Zone zone_;
    Agreement agreement_;
    AgreementPlaces places_;
    std::set<std::string, std::less<>> duty_ids_;
};

}  // namespace

const YamlNode* agreement_id_in(const YamlNode& root) {
    const auto* node = root.find("agreement");
    return node != nullptr && node->is_scalar() ? node : nullptr;
}

ReadAgreement read_agreement(const YamlNode& root, const AgreementContext& context, Problems& problems) {
    return AgreementReader(root, context, problems).read();
}

}  // namespace truce::sources
