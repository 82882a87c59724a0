// SPDX-License-Identifier: Apache-2.0
#include "cli/serve.h"

#include <fmt/format.h>
#include <signal.h>
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <memory>

#include "base/text.h"
#include "cli/command.h"
#include "cli/dossier.h"
#include "cli/keyring.h"
#include "cli/record_folder.h"
#include "cli/version.h"
#include "server/service.h"

namespace truce::cli {
namespace {

struct Asked {
    std::string folder;
    std::string listen = "127.0.0.1:8470";
    std::string certificate;
    std::string private_key;
    std::string key;
    std::string passphrase_file;
    std::string settings;
    std::string daily_report;
    bool without_sign_in = false;
};

int complain(const Error& error, int status) {
    std::cerr << "truce serve: " << error.text() << "\n";
    return status;
}

/// `127.0.0.1:8470`, `[::1]:8470`.
Result<void> read_address(const std::string& text, server::TransportSettings& transport) {
    const auto colon = text.rfind(':');
    const auto port = parse_integer(colon == std::string::npos ? "" : text.substr(colon + 1)).value_or(-1);
    auto address = text.substr(0, colon);
    if (address.starts_with('[') && address.ends_with(']')) address = address.substr(1, address.size() - 2);
    if (port < 0 || port > 65535 || address.empty()) {
        return failure({.message = fmt::format("--listen '{}' must be an address and a port, such as 127.0.0.1:8470 or [::1]:8470",
                                               shown(text, 60))});
    }
    transport.address = address;
    transport.port = static_cast<std::uint16_t>(port);
    return {};
}

/// `18:00` as minutes of the day.
Result<std::chrono::minutes> read_cut_off(const std::string& text) {
    const auto digits = text.size() == 5 && text[2] == ':' ? text.substr(0, 2) + text.substr(3) : std::string();
    const bool plain = !digits.empty() && digits.find_first_not_of("0123456789") == std::string::npos;
    const auto hours = plain ? parse_integer(digits.substr(0, 2)).value_or(-1) : -1;
    const auto minutes = plain ? parse_integer(digits.substr(2)).value_or(-1) : -1;
    if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) {
        return failure({.message = fmt::format("--daily-report '{}' must be a time of the mission's day, from 00:00 to 23:59, such as 18:00",
                                               shown(text, 60))});
    }
    return std::chrono::hours(hours) + std::chrono::minutes(minutes);
}

bool is_loopback(const std::string& address) { return address.starts_with("127.") || address == "::1"; }

/// As many connections as the system lets this process have.
void raise_file_limit() {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

/// Reads the mission and assesses it; prints nothing: what is wrong goes to whoever asked.
Result<std::shared_ptr<const server::Assessed>> load(const std::string& folder, int threads) {
    auto read = read_dossier(std::filesystem::path(folder), threads);
    if (!read) {
        auto error = read.error().errors.front();
        if (const auto more = read.error().errors.size() - 1; more > 0)
            error.message += fmt::format(" (and {} more; `truce check {}` lists them)", more, folder);
        return tl::unexpected(std::move(error));
    }
    return server::make_assessed(std::move(read->dossier), std::move(read->warnings),
                                 {.threads = threads, .software_version = std::string(version)}, now());
}

/// The signals that end the server, held back from all threads: they are waited for.
sigset_t ending_signals() {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    return signals;
}

/// The file that says whom the server speaks to of itself; empty: nobody.
std::filesystem::path settings_file(const Asked& asked) {
    if (!asked.settings.empty()) return asked.settings;
    auto usual = std::filesystem::path(asked.folder) / "server.yaml";
    return std::filesystem::exists(usual) ? usual : std::filesystem::path();
}

int serve(const Asked& asked, const CommonOptions& common) {
    server::ServiceSettings settings;
    settings.folder = asked.folder;
    settings.threads = common.threads;
    settings.clock = now;
    settings.load = [folder = asked.folder, threads = common.threads] { return load(folder, threads); };
    settings.transport.certificate = asked.certificate;
    settings.transport.private_key = asked.private_key;
    settings.transport.workers = std::max(2, common.threads);
    if (const auto read = read_address(asked.listen, settings.transport); !read) return complain(read.error(), wrong_usage);
    if (!asked.daily_report.empty()) {
        const auto cut_off = read_cut_off(asked.daily_report);
        if (!cut_off) return complain(cut_off.error(), wrong_usage);
        settings.daily_report = *cut_off;
    }
    if (const char* folders = std::getenv("PATH")) settings.program_folders = folders;
    if (asked.without_sign_in) {
        if (!is_loopback(settings.transport.address)) {
            return complain({.message = "--without-sign-in is for this machine alone; it goes with an address such as 127.0.0.1"},
                            wrong_usage);
        }
        settings.sign_in = server::SignIn::not_on_this_machine;
    }
    if (const auto file = settings_file(asked); !file.empty()) {
        auto outward = server::read_outward_settings(file);
        if (!outward) return complain(outward.error(), could_not);
        settings.outward = *std::move(outward);
    }
    std::unique_ptr<OpenKey> key;
    if (!asked.key.empty()) {
        auto opened = open_key(asked.key, asked.passphrase_file);
        if (!opened) return complain(opened.error(), could_not);
        key = std::move(*opened);
        settings.keys.emplace(server::OpenKeys{key->secret, key->feed, *key->memory, *key->witness});
    }
    raise_file_limit();
    const auto signals = ending_signals();
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    signal(SIGPIPE, SIG_IGN);

    auto service = server::Service::start(std::move(settings));
    if (!service) return complain(service.error(), could_not);
    const bool secure = !asked.certificate.empty();
    const auto colon = asked.listen.rfind(':');
    const auto address = fmt::format("{}://{}:{}/", secure ? "https" : "http", asked.listen.substr(0, colon), (*service)->port());
    fmt::print("{}\n", address);
    if (const auto code = (*service)->first_code(); !code.empty())
        fmt::print("Nobody is registered yet. Open the address above and make the first administrator with this code: {}\n", code);
    std::fflush(stdout);

    int which = 0;
    sigwait(&signals, &which);
    // A second one, while what has come in is answered, ends the program at once.
    pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
    (*service)->stop(std::chrono::seconds(10));
    return 0;
}

}  // namespace

void add_serve_command(CLI::App& app, const CommonOptions& common, Outcome& outcome) {
    auto* command = app.add_subcommand("serve", "Give a mission to browsers and programs, live");
    const auto asked = std::make_shared<Asked>();  // shared by the options and the callback, which CLI11 keeps
    command->add_option("folder", asked->folder, "the mission folder, the one that holds mission.yaml")->required();
    command->add_option("--listen", asked->listen, "the address and port to listen on; port 0 takes any that is free")
        ->capture_default_str();
    command->add_option("--tls-cert", asked->certificate, "the certificate chain (PEM); with it only TLS 1.3 is spoken");
    command->add_option("--tls-key", asked->private_key, "the certificate's private key (PEM)");
    command->add_option("--key", asked->key, "the monitor's key file: the server then writes into the monitor's own feed");
    command->add_option("--passphrase-file", asked->passphrase_file, "a file whose first line is the key's passphrase");
    command->add_option("--settings", asked->settings,
                        "a file that names other monitors' servers to exchange with, and webhooks; server.yaml in the folder without it");
    command->add_option("--daily-report", asked->daily_report,
                        "make a report each day at this time of the mission's day, such as 18:00, compared with the day before's");
    command->add_flag("--without-sign-in", asked->without_sign_in,
                      "let whoever is at this machine read, and nobody write; only with an address of this machine");
    command->callback([&outcome, &common, asked] { outcome.status = serve(*asked, common); });
}

}  // namespace truce::cli
