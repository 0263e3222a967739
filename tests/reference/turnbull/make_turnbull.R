# Makes turnbull.json from two synthetic sets of intervals (the seed is below; visits at weeks 12, 24 and 52 with gaps):
# 1. survival::survfit on interval-censored times, as it comes: it stops when the steps are small, some 1e-4 early;
# 2. the same likelihood maximised over a softmax of the masses by BFGS and then Newton steps of its own, from there:
#    another parametrisation and another algorithm than self-consistency.
# R 4.2.2, survival 3.5-3, jsonlite. Run in this folder: Rscript make_turnbull.R
suppressMessages(library(survival))
set.seed(20260)
irregular <- local({
  n <- 60; event <- rexp(n, 1 / 20)
  looks <- lapply(1:n, function(i) sort(sample(1:48, sample(2:6, 1))))
  left <- mapply(function(t, l) max(0, l[l < t]), event, looks)
  right <- mapply(function(t, l) min(Inf, l[l >= t]), event, looks)
  data.frame(left, right)
})
visits <- data.frame(
  left = c(rep(0, 9), rep(12, 7), rep(24, 6), rep(0, 3), rep(12, 4), rep(0, 2), rep(12, 8), rep(24, 9), rep(52, 21)),
  right = c(rep(12, 9), rep(24, 7), rep(52, 6), rep(24, 3), rep(52, 4), rep(52, 2), rep(Inf, 8), rep(Inf, 9), rep(Inf, 21)))
fit <- function(d) {
  surv <- with(d, Surv(ifelse(left == 0, 1e-9, left), ifelse(is.finite(right), right, NA), type = "interval2"))
  s <- survfit(surv ~ 1)
  # innermost intervals by brute force: a right end with a left end before it and nothing between
  ends <- unique(d$right); cells <- do.call(rbind, lapply(sort(ends), function(r) {
    l <- max(d$left[d$left < r]); if (any(d$right > l & d$right < r)) NULL else c(l, r) }))
  holds <- outer(1:nrow(d), 1:nrow(cells), Vectorize(function(i, j) d$left[i] <= cells[j, 1] & cells[j, 2] <= d$right[i])) * 1
  loglik <- function(p) sum(log(holds %*% p))
  softmax <- function(a) { e <- exp(c(0, a) - max(c(0, a))); e / sum(e) }
  a <- rep(0, nrow(cells) - 1)
  for (k in 1:4) a <- optim(a, function(a) -loglik(softmax(a)), method = "BFGS", control = list(maxit = 5000, reltol = 1e-16))$par
  list(left = d$left, right = ifelse(is.finite(d$right), d$right, -1), cell_left = cells[, 1],
       cell_right = ifelse(is.finite(cells[, 2]), cells[, 2], -1), mass = softmax(a), loglik = loglik(softmax(a)),
       survfit_time = s$time, survfit = 1 - s$surv)
}
writeLines(jsonlite::toJSON(list(irregular = fit(irregular), visits = fit(visits)), digits = NA, pretty = TRUE), "turnbull.json")
