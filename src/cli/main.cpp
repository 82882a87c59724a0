// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <new>

#include "cli/assess.h"
#include "cli/bound.h"
#include "cli/check.h"
#include "cli/command.h"
#include "cli/compare.h"
#include "cli/durability.h"
#include "cli/exchange.h"
#include "cli/hotspots.h"
#include "cli/import.h"
#include "cli/interrupt.h"
#include "cli/key.h"
#include "cli/link.h"
#include "cli/map_columns.h"
#include "cli/notices.h"
#include "cli/record.h"
#include "cli/serve.h"
#include "cli/toll.h"
#include "cli/trend.h"
#include "cli/version.h"

int main(int argc, char** argv) {
    using namespace truce::cli;
    clean_up_when_interrupted();

    CLI::App app("Says whether a truce holds: what bound whom, which incident broke which promise, and why.",
                 "truce");
    app.set_version_flag("--version", std::string("truce ") + std::string(version));
    app.set_help_flag("-h,--help", "print this help and exit");
    app.require_subcommand(1);
    app.fallthrough();
    app.footer(
        "Exit status: 0 done, or the answer is yes; 1 the answer is no; 2 wrong usage; 3 could not.\n"
        "`man truce` and `man truce-COMMAND` have the details.");

    CommonOptions common{.threads = usable_threads()};
    app.add_option("--threads", common.threads, "how many threads to work with; never changes any output")
        ->check(CLI::Range(1, 256))
        ->capture_default_str();

    Outcome outcome;
    add_assess_command(app, common, outcome);
    add_check_command(app, outcome);
    add_bound_command(app, outcome);
    add_import_command(app, outcome);
    add_map_columns_command(app, outcome);
    add_link_command(app, common, outcome);
    add_compare_command(app, common, outcome);
    add_key_command(app, outcome);
    add_notices_command(app, common, outcome);
    add_record_command(app, common, outcome);
    add_exchange_command(app, outcome);
    add_serve_command(app, common, outcome);
    add_trend_command(app, common, outcome);
    add_hotspots_command(app, common, outcome);
    add_toll_command(app, common, outcome);
    add_durability_command(app, common, outcome);

    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : wrong_usage;
    } catch (const std::bad_alloc&) {
        fmt::print(stderr, "truce: there is not enough memory for this; try fewer files at a time\n");
        return could_not;
    } catch (const std::exception& error) {
        fmt::print(stderr, "truce: {}\n", error.what());
        return could_not;
    }
    return outcome.status;
}
