// SPDX-License-Identifier: Apache-2.0
#include "server/withheld_routes.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <stdexcept>

#include "base/text.h"
#include "record/storage.h"
#include "server/permissions.h"

namespace truce::server {
namespace {

using Json = nlohmann::ordered_json;
constexpr std::size_t longest_reason = 1000;

const record::AccountState* account_asked(const Snapshot& snapshot, const std::string& id) {
    if (!snapshot.record) return nullptr;
    const auto& view = *snapshot.record;
    if (const auto entry = entry_named(id)) return view.state.account(*entry);
    const auto row = snapshot.assessed->accounts.row_of(id);
    if (!row) return nullptr;
    const auto held = view.by_raw.find(snapshot.dossier().accounts[*row].raw);
    return held == view.by_raw.end() ? nullptr : &view.state.accounts[held->second];
}

Response list_withheld(const Writing& writing, const Request& request) {
    const auto snapshot = writing.snapshot();
    const auto* account = account_asked(*snapshot, request.part("id"));
    if (account == nullptr) return problem(404, say("title.not_found"), say("withheld.no_account"));
    Json rows = Json::array();
    writing.with_store([&](const record::DisclosureStore& store) {
        std::map<record::Digest, record::FieldClass> classes;
        for (const auto& held : store.held()) classes.emplace(held.digest, held.field_class);
        for (const auto& digest : account->hidden) {
            Json row{{"digest", digest}};
            const auto held = classes.find(digest);
            row["class"] = held == classes.end() ? Json() : Json(record::name_of(held->second));
            row["destroyed"] = snapshot->record->state.destroyed.contains(digest);
            if (held != classes.end() && may_see(*request.caller, held->second)) {
                if (const auto value = store.open(digest, writing.pen().secret())) {
                    row["column"] = value->name;
                    row["value"] = value->value;
                }
            }
            rows.push_back(std::move(row));
        }
    });
    Json answer{{"account", account->entry.hex()}, {"may_open", may_open(*request.caller)}, {"rows", std::move(rows)}};
    return json_response(answer.dump(-1, ' ', false, Json::error_handler_t::replace));
}

/// Whether a value with this digest is committed to by an account of the record.
bool is_committed(const Snapshot& snapshot, const record::Digest& digest) {
    return snapshot.record && std::ranges::any_of(snapshot.record->state.accounts, [&](const auto& account) {
        return std::ranges::binary_search(account.hidden, digest);
    });
}

Response not_allowed() { return problem(403, say("title.not_allowed"), say("withheld.not_allowed")); }

Response open_value(const Writing& writing, const Request& request) {
    if (!may_open(*request.caller)) {
        writing.log().write("protected.refused", {{"person", request.caller->id}});
        return not_allowed();
    }
    auto form = Form::of(request, {"why"});
    if (!form) return form.error();
    const auto why = form->text("why", longest_reason);
    if (auto wrong = form->wrong()) return *wrong;
    const auto& digest = request.part("digest");
    const auto hash = record::hash_of(digest);
    if (!hash || !is_committed(*writing.snapshot(), digest)) return problem(404, say("title.not_found"), say("withheld.no_value"));
    const auto value = writing.with_store([&](const record::DisclosureStore& store) { return store.open(digest, writing.pen().secret()); });
    if (!value) return problem(410, say("title.gone"), say("withheld.gone"));
    writing.log().write("protected.opened", {{"person", request.caller->id}});
    return writing.write(request,
                         record::EvidenceHandled{.sha256 = *hash, .step = record::Custody::accessed, .by = request.caller->name, .to = {}, .why = why},
                         [&](Json& answer, const Pen::Written&) {
                             answer["column"] = value->name;
                             answer["value"] = value->value;
                         });
}

Response destroy_value(const Writing& writing, const Request& request) {
    if (!may_open(*request.caller)) return not_allowed();
    auto form = Form::of(request, {"why"});
    if (!form) return form.error();
    const auto why = form->text("why", longest_reason);
    if (auto wrong = form->wrong()) return *wrong;
    const auto& digest = request.part("digest");
    if (!record::hash_of(digest) || !is_committed(*writing.snapshot(), digest))
        return problem(404, say("title.not_found"), say("withheld.no_value"));
    const bool destroyed = writing.with_store([&](record::DisclosureStore& store) { return store.destroy(digest); });
    if (!destroyed) return problem(410, say("title.gone"), say("withheld.gone"));
    return writing.write(request, record::ValueDestroyed{.digest = digest, .why = why});
}

/// SHA-256 of what goes out piece by piece.
class RunningHash {
public:
    RunningHash() : context_(EVP_MD_CTX_new(), &EVP_MD_CTX_free) {
        if (!context_ || EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) != 1) throw std::runtime_error("no SHA-256 on this machine");
    }
    void add(std::string_view bytes) { EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()); }
    [[nodiscard]] Sha256 end() {
        Sha256 hash;
        EVP_DigestFinal_ex(context_.get(), hash.bytes.data(), nullptr);
        return hash;
    }

private:
    std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_;
};

/// Throws where the entry cannot be written: what is not on record does not leave.
void put_on_record(const Writing& writing, const Caller& who, const std::string& what, const Sha256& hash) {
    writing.log().write("exported", {{"person", who.id}, {"what", what}});
    if (!writing.can_write()) return;
    std::vector<record::Body> bodies;
    bodies.emplace_back(record::EvidenceHandled{
        .sha256 = hash, .step = record::Custody::copied, .by = who.name, .to = who.name, .why = "exported " + what});
    if (const auto written = writing.pen().write(who.name, std::move(bodies)); !written) throw std::runtime_error(written.error().text());
}

}  // namespace

Handler exported(const std::shared_ptr<const Writing>& writing, std::string what, Handler handler) {
    return [writing, what = std::move(what), handler = std::move(handler)](const Request& request) {
        auto response = handler(request);
        if (response.status != 200 || request.method == Method::head) return response;
        assert(request.caller);
        if (auto* pieces = std::get_if<Pieces>(&response.body)) {
            const auto hash = std::make_shared<RunningHash>();  // shared with the copies that std::function makes
            response.body = Pieces([writing, what, hash, who = *request.caller, next = std::move(*pieces), held = std::string(), ended = false]() mutable {
                // One piece is held back, so that the last one leaves only after the entry is written.
                while (!ended) {
                    auto piece = next();
                    if (piece.empty()) {
                        ended = true;
                        put_on_record(*writing, who, what, hash->end());
                        break;
                    }
                    hash->add(piece);
                    std::swap(held, piece);
                    if (!piece.empty()) return piece;
                }
                return std::exchange(held, std::string());
            });
        } else {
            put_on_record(*writing, *request.caller, what, sha256(response.text()));
        }
        return response;
    };
}

void add_withheld_routes(Router& router, const std::shared_ptr<const Writing>& writing) {
    router.add({.method = Method::get, .pattern = "/api/accounts/{id}/withheld", .right = Right::read, .handler = writer(writing, list_withheld)});
    // Rights are finer than routes here: `may_open` is asked by the handler.
    router.add({.method = Method::post, .pattern = "/api/withheld/{digest}/open", .right = Right::opinion_write, .handler = writer(writing, open_value)});
    router.add({.method = Method::post, .pattern = "/api/withheld/{digest}/destroy", .right = Right::opinion_write, .handler = writer(writing, destroy_value)});
}

}  // namespace truce::server
