#!/usr/bin/env Rscript
# SPDX-License-Identifier: Apache-2.0
# Reads what `truce assess` wrote and redraws the report's course of violence, and a map of its incidents.
#   redraw.R FOLDER OUT
# FOLDER is what `truce assess --out` wrote: assessment.json, incidents.csv and trucewatch.gpkg are read. course.png and map.png are written
# to OUT. Needs Debian's r-base-core, r-cran-sf and r-cran-jsonlite.
suppressPackageStartupMessages({
    library(jsonlite)
    library(sf)
})

arguments <- commandArgs(trailingOnly = TRUE)
if (length(arguments) != 2) stop("usage: redraw.R FOLDER OUT")
folder <- arguments[1]
out <- arguments[2]
dir.create(out, recursive = TRUE, showWarnings = FALSE)

assessment <- fromJSON(file.path(folder, "assessment.json"))
course <- assessment$course$focus
course$day <- as.Date(course$day)

# Incidents by day in the focus area, with their weekly mean, and the truce's first day.
png(file.path(out, "course.png"), width = 900, height = 400)
plot(course$day, course$incidents, type = "h", lwd = 4, col = "#9db4c8", xlab = "", ylab = "incidents a day",
     ylim = c(0, 1.5 * max(course$incidents)), main = assessment$mission$title$en)
breached <- course[course$breaches > 0, ]
points(breached$day, breached$breaches, type = "h", lwd = 4, col = "#b5462f")
if (nrow(course) >= 7) lines(course$day, stats::filter(course$incidents, rep(1 / 7, 7)), col = "#1d3557", lwd = 2)
if (!is.null(assessment$truce$day)) abline(v = as.Date(assessment$truce$day), lty = 2)
legend("topleft", c("incidents", "of these, breaches or likely ones", "mean of seven days", "truce"),
       col = c("#9db4c8", "#b5462f", "#1d3557", "black"), lwd = c(4, 4, 2, 1), lty = c(1, 1, 1, 2), bty = "n")
invisible(dev.off())

# Every incident whose place is known, by verdict, over the mission's areas.
package <- file.path(folder, "trucewatch.gpkg")
areas <- st_read(package, "areas", quiet = TRUE)
incidents <- st_read(package, "incidents", quiet = TRUE)
placed <- incidents[!st_is_empty(incidents), ]
verdict <- factor(placed$verdict)
png(file.path(out, "map.png"), width = 700, height = 700)
plot(st_geometry(areas), border = "#777777", axes = TRUE)
plot(st_geometry(placed), pch = 19, col = as.integer(verdict) + 1, add = TRUE)
legend("bottomright", levels(verdict), col = seq_along(levels(verdict)) + 1, pch = 19, bty = "n")
invisible(dev.off())

# The figures of the table and those of the JSON are one: a reader may check that.
table <- read.csv(file.path(folder, "incidents.csv"), encoding = "UTF-8")
assessed <- table[table$days == "assessed", ]
for (name in names(assessment$incidents_by_verdict$all)) {
    number <- assessment$incidents_by_verdict$all[[name]]
    if (sum(assessed$verdict == name) != number) {
        stop("incidents.csv has ", sum(assessed$verdict == name), " incidents of verdict ", name, ", assessment.json ", number)
    }
}
cat(nrow(assessed), "incidents,", nrow(placed), "of them on the map;", round(sum(course$incidents)), "in the focus area\n")
