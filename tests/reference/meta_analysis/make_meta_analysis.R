# Values of metafor on synthetic numbers: Rscript make_meta_analysis.R > meta_analysis.json
# R 4.2.2, metafor 3.8-1, jsonlite. The search for tau2 is driven to its end, so that the values hold to the last digits.
suppressMessages({library(metafor); library(jsonlite)})
pool <- function(yi, vi) {
  fit <- rma(yi, vi, method = "REML", test = "knha", control = list(threshold = 1e-14, maxiter = 10000, tau2.max = 1e6))
  profile <- confint(fit, control = list(tol = 1e-14, maxiter = 10000))$random[1, 2:3]
  new <- predict(fit)
  list(yi = yi, vi = vi, value = c(fit$beta), se = fit$se, low = fit$ci.lb, high = fit$ci.ub, p_value = fit$pval,
       tau2 = fit$tau2, tau2_low = profile[[1]], tau2_high = profile[[2]], i2 = fit$I2 / 100, h2 = fit$H2, q = fit$QE,
       q_p_value = fit$QEp, prediction_low = new$pi.lb, prediction_high = new$pi.ub)
}
set.seed(20251)
drawn <- lapply(c(3, 4, 6, 12, 30), function(k) {
  vi <- exp(rnorm(k, -3, 0.8))
  pool(rnorm(k, 0.3, sqrt(vi + 0.08)), vi)
})
edges <- list(
  two_apart = pool(c(0.3, 0.9), c(0.04, 0.05)),
  two_close = pool(c(0.30, 0.35), c(0.04, 0.05)),
  closer_than_chance = pool(c(0.30, 0.31, 0.29, 0.305), c(0.5, 0.5, 0.6, 0.4)),
  one_precise = pool(c(-1, 2, 0.1), c(0.01, 0.5, 0.02)),
  large_unit = pool(1000 * c(0.3, 0.9, -0.2), 1e6 * c(0.04, 0.05, 0.03))
)
ratio <- function(ai, n1i, ci, n2i) { e <- escalc("RR", ai = ai, n1i = n1i, ci = ci, n2i = n2i)
  d <- escalc("RD", ai = ai, n1i = n1i, ci = ci, n2i = n2i)
  list(counts = c(ai, n1i, ci, n2i), ratio = c(e$yi), ratio_variance = c(e$vi), difference = c(d$yi), difference_variance = c(d$vi)) }
smd <- function(...) { given <- list(...); e <- do.call(escalc, c(list(measure = "SMD"), given))
  c(given, list(g = c(e$yi), variance = c(e$vi))) }
cat(toJSON(list(versions = list(R = as.character(getRversion()), metafor = as.character(packageVersion("metafor"))),
  pooled = c(drawn, unname(edges)),
  counts = list(ratio(9, 54, 13, 34), ratio(0, 20, 3, 22), ratio(5, 20, 0, 22), ratio(20, 20, 15, 22)),
  means = list(smd(m1i = 41, sd1i = 12, n1i = 25, m2i = 47, sd2i = 10, n2i = 31), smd(m1i = 3.1, sd1i = 0.7, n1i = 4, m2i = 2.2, sd2i = 0.9, n2i = 3))),
  digits = I(17), auto_unbox = TRUE, pretty = TRUE), "\n", sep = "")
