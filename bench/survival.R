# SPDX-License-Identifier: Apache-2.0
# The peer of bench/survival.cpp: reads a table once, then does what each line of input names and answers with
# the CPU seconds that it took and the figures that must agree. Needs R with survival (Debian: r-cran-survival).
suppressMessages(library(survival))
file <- commandArgs(TRUE)[1]
s <- if (requireNamespace("data.table", quietly = TRUE)) {
    as.data.frame(data.table::fread(file, showProgress = FALSE))
} else {
    read.csv(file)
}
options(digits = 15)
x <- Surv(time, event) ~ x1 + x2 + x3 + x4 + x5
works <- list(
    km = function() survfit(Surv(time, event) ~ grp, data = s),
    logrank = function() survdiff(Surv(time, event) ~ grp, data = s),
    cox = function() coxph(x, data = s),
    cluster = function() coxph(x, data = s, cluster = grp),
    weibull = function() survreg(x, data = s)
)
figures <- list(
    km = function(m) c(sum(m$surv), sum(m$std.err[is.finite(m$std.err)]), m$n.event[1]),
    logrank = function(m) c(m$chisq, m$exp),
    cox = function(m) c(coef(m), sqrt(diag(m$var)), m$loglik),
    cluster = function(m) c(coef(m), sqrt(diag(m$var)), m$loglik),
    weibull = function(m) c(coef(m), m$scale, m$loglik[2])
)
cat("survival", as.character(packageVersion("survival")), "of R", as.character(getRversion()), "\n")
flush(stdout())
input <- file("stdin", "r")
while (length(work <- readLines(input, 1)) == 1) {
    invisible(gc())
    before <- proc.time()
    m <- works[[work]]()
    spent <- proc.time() - before
    cat(sprintf("%.3f", spent[1] + spent[2]), sprintf("%.15g", figures[[work]](m)), "\n")
    flush(stdout())
}
