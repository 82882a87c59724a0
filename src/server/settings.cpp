// SPDX-License-Identifier: Apache-2.0
#include "server/settings.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>

#include "base/mapped_file.h"
#include "base/text.h"
#include "base/yaml_fields.h"

namespace truce::server {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t longest_settings = std::size_t{1} << 20U;
constexpr std::size_t longest_secret_file = 4096;
constexpr long long longest_interval = 86400;
constexpr std::size_t longest_id = 40;

/// Reads the settings of one file; what is wrong goes into `problems`.
class SettingsReader {
public:
    SettingsReader(fs::path folder, Problems& problems) : folder_(std::move(folder)), problems_(problems) {}

    OutwardSettings read(const YamlNode& root) {
        OutwardSettings settings;
        Fields fields(root, "server settings", problems_);
        if (const auto* version = fields.required("trucewatch"); version != nullptr && version->text != "1")
            problems_.error(*version, fmt::format("trucewatch must be 1, the form of this file; found {}", version->described()));
        if (const auto* exchange = fields.value("exchange")) read_exchange(*exchange, settings.exchange);
        for (const auto* hook : fields.list("webhooks")) read_webhook(*hook, settings.webhooks);
        fields.finish();
        return settings;
    }

private:
    void read_exchange(const YamlNode& node, Peers::Settings& exchange) {
        Fields fields(node, "exchange", problems_);
        if (const auto every = fields.integer("every", 1, longest_interval)) exchange.every = std::chrono::seconds(*every);
        for (const auto* peer : fields.list("peers")) {
            Fields of_peer(*peer, "peer", problems_);
            PeerAddress address{.address = address_of(of_peer), .token = secret_of(of_peer, "token_file"), .trusted = path_of(of_peer, "trusted_file")};
            of_peer.finish();
            exchange.peers.push_back(std::move(address));
        }
        fields.finish();
    }

    void read_webhook(const YamlNode& node, std::vector<Webhook>& hooks) {
        Fields fields(node, "webhook", problems_);
        Webhook hook{.id = fields.required_text("id").value_or(""), .address = address_of(fields), .secret = {}, .kinds = fields.texts("kinds")};
        check_id(node, hook.id, hooks);
        const auto secret = secret_of(fields, "secret_file");
        if (const auto bytes = webhook_secret(secret)) {
            hook.secret = *bytes;
        } else if (!secret.empty()) {
            problems_.error(node, "the first line of secret_file must be 'whsec_' and the base64 of 24 to 64 random bytes");
        }
        for (const auto& kind : hook.kinds) {
            if (std::ranges::find(webhook_kinds, kind) == std::ranges::end(webhook_kinds))
                problems_.error(node, fmt::format("there is no kind '{}'; want {}", shown(kind), listed(webhook_kinds)));
        }
        if (hook.kinds.empty()) hook.kinds.assign(std::ranges::begin(webhook_kinds), std::ranges::end(webhook_kinds));
        if (fields.flag("private").value_or(false)) hook.reach = Client::Reach::anywhere;
        hook.trusted = path_of(fields, "trusted_file");
        if (const auto rest = fields.integer("retry_after", 1, longest_interval)) hook.first_rest = std::chrono::seconds(*rest);
        fields.finish();
        hooks.push_back(std::move(hook));
    }

    void check_id(const YamlNode& node, const std::string& id, const std::vector<Webhook>& others) {
        const bool plain = !id.empty() && id.size() <= longest_id && std::ranges::all_of(id, [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
        });
        if (!plain) problems_.error(node, fmt::format("id '{}' must have 1 to {} of a-z, 0-9, '-' and '_'", shown(id), longest_id));
        if (std::ranges::find(others, id, &Webhook::id) != others.end()) problems_.error(node, fmt::format("two webhooks are called '{}'", id));
    }

    WebAddress address_of(Fields& fields) {
        const auto text = fields.required_text("address");
        if (!text) return {};
        auto address = parse_web_address(*text);
        if (address) return *std::move(address);
        problems_.error(*fields.value("address"), address.error().message);
        return {};
    }

    std::string path_of(Fields& fields, std::string_view key) {
        const auto text = fields.text(key);
        if (!text) return {};
        const auto path = folder_ / *text;
        if (!fs::is_regular_file(path)) problems_.error(*fields.value(key), fmt::format("{} '{}' is no file", key, path.string()));
        return path.string();
    }

    /// The first line of a file that only its owner may read.
    std::string secret_of(Fields& fields, std::string_view key) {
        if (!fields.required_text(key)) return {};
        const auto path = path_of(fields, key);
        struct stat found {};
        if (::stat(path.c_str(), &found) != 0) return {};
        const auto& node = *fields.value(key);
        if ((found.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
            problems_.error(node, fmt::format("others than its owner may read {} '{}'; chmod 600 it", key, path));
            return {};
        }
        std::ifstream file(path);
        std::string text(std::istreambuf_iterator<char>(file), {});
        if (text.size() > longest_secret_file) {
            problems_.error(node, fmt::format("{} '{}' has more than {} bytes", key, path, longest_secret_file));
            return {};
        }
        const std::string line(trimmed(std::string_view(text).substr(0, text.find('\n'))));
        const bool plain = !line.empty() && std::ranges::all_of(line, [](char c) { return c > ' ' && c < 0x7f; });
        if (!plain) problems_.error(node, fmt::format("the first line of {} '{}' must be a secret without blanks", key, path));
        return plain ? line : std::string();
    }

    fs::path folder_;
    Problems& problems_;
};

}  // namespace

Result<OutwardSettings> read_outward_settings(const fs::path& file) {
    const auto mapped = map_file(file.string());
    if (!mapped) return tl::unexpected(mapped.error());
    const auto reading = read_yaml(mapped->text(), {.bytes = longest_settings});
    Problems problems{.file = file.string()};
    problems.add(reading);
    OutwardSettings settings;
    if (reading.root && problems.errors.empty()) settings = SettingsReader(fs::absolute(file).parent_path(), problems).read(*reading.root);
    if (!problems.errors.empty()) return tl::unexpected(problems.errors.front());
    return settings;
}

}  // namespace truce::server
