// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "server/log.h"
#include "server/pen.h"
#include "server/settings.h"
#include "server/snapshot.h"
#include "server/transport.h"

namespace truce::server {

/// Whether people must sign in.
enum class SignIn : std::uint8_t {
    required,
    /// Whoever reaches the server reads everything, and nobody writes: for one person on their own machine. Requests that do
    /// not name this machine as their host are refused, so that no web page elsewhere can reach it by a name of its own.
    not_on_this_machine,
};

struct ServiceSettings {
    std::filesystem::path folder;  ///< the mission's
    TransportSettings transport;
    SignIn sign_in = SignIn::required;
    int threads = 1;
    /// Reads the mission's files and assesses them.
    std::function<Result<std::shared_ptr<const Assessed>>()> load;
    std::function<sys_seconds()> clock;
    Log::Sink log{};  ///< the standard error where nothing is given
    /// How often the mission's files and feeds are looked at for changes that others made.
    std::chrono::milliseconds look_every{2000};
    /// The monitor's keys; nothing: the server writes nothing into the record.
    std::optional<OpenKeys> keys{};
    /// Whom the server speaks to of itself; exchange needs keys.
    OutwardSettings outward{};
    /// The time of the mission's day at which its daily report is made; nothing: none is made.
    std::optional<std::chrono::minutes> daily_report{};
    /// Folders to look in for a program that makes PDF files, as PATH has them.
    std::string program_folders{};
};

/// The whole server over one mission folder: `truce serve`.
///
/// The numbers are made anew when files of the mission change, and the record is read anew when a feed grows; requests go on
/// being answered from what was there until then. What cannot be read leaves the numbers as they are, and the log says why.
class Service {
public:
    /// Loads the mission, opens the record and begins to listen. Fails where one of them cannot be done.
    [[nodiscard]] static Result<std::unique_ptr<Service>> start(ServiceSettings settings);
    ~Service();

    [[nodiscard]] std::uint16_t port() const;
    /// A code with which the first administrator is made, where there is none yet; empty where there is.
    [[nodiscard]] std::string first_code();
    /// See Transport::stop.
    void stop(std::chrono::seconds patience);

private:
    struct Inside;
    explicit Service(std::unique_ptr<Inside> inside);
    std::unique_ptr<Inside> inside_;
};

}  // namespace truce::server
