# Values for counts of other shapes than a trial's: unequal follow-up, people in groups, 22 people, no more spread than
# Poisson's. Run in this folder: Rscript make_counts.R. R's own functions throughout: MASS::glm.nb polished by glm with
# theta held, sandwich::vcovHC, clubSandwich::vcovCR.
suppressMessages({library(MASS); library(sandwich); library(clubSandwich); library(jsonlite)})
set.seed(20261130)
draw <- function(n, groups, theta) {
  group <- rep(seq_len(groups), length.out = n); full <- rbinom(n, 1, 0.45); age <- round(rnorm(n, 34, 9)); before <- rnbinom(n, mu = 3, size = 1)
  years <- round(runif(n, 60, 500)) / 365.25; mean <- exp(0.4 - 0.5 * full + 0.01 * (age - 34) + 0.4 * log(before + 1) + rnorm(groups, 0, 0.2)[group]) * years
  data.frame(y = if (is.finite(theta)) rnbinom(n, mu = mean, size = theta) else rbinom(n, 4, pmin(mean / 4, 0.9)), years, full, age, before = log(before + 1), group)
}
sets <- list(unequal = draw(90, 90, 1.1), clustered = draw(120, 10, 0.8), few = draw(22, 22, 2), poisson = draw(70, 9, Inf))
answer <- function(d) {
  f <- suppressWarnings(glm.nb(y ~ full + age + before + offset(log(years)), data = d, control = glm.control(epsilon = 1e-13, maxit = 500)))
  if (f$theta > 1e4) f <- glm(y ~ full + age + before + offset(log(years)), data = d, family = poisson(), control = list(epsilon = 1e-15, maxit = 200)) else {
    for (i in 1:50) { theta <- theta.ml(d$y, fitted(f), limit = 500, eps = 1e-13); f <- glm(y ~ full + age + before + offset(log(years)), data = d, family = negative.binomial(theta), control = list(epsilon = 1e-15, maxit = 200), start = coef(f)); f$theta <- as.numeric(theta) }
  }
  q <- glm(y ~ full + age + before + offset(log(years)), data = d, family = poisson(), control = list(epsilon = 1e-15, maxit = 200))
  rates <- function(v) { a <- model.matrix(f); b <- a; a[, 2] <- 1; b[, 2] <- 0; m1 <- exp(a %*% coef(f)); m0 <- exp(b %*% coef(f)); g <- colMeans(a * drop(m1)) - colMeans(b * drop(m0)); c(mean(m1) - mean(m0), sqrt(drop(g %*% v %*% g))) }
  h <- vcovHC(f, "HC3"); out <- list(data = d, beta = unname(coef(f)), theta = if (is.null(f$theta)) "Inf" else f$theta, hc3 = sqrt(h[2, 2]), difference = rates(h), poisson_beta = unname(coef(q)), poisson_hc3 = sqrt(vcovHC(q, "HC3")[2, 2]))
  if (length(unique(d$group)) < nrow(d)) {  # clubSandwich knows the variance of Poisson and of a negative binomial with theta held
    v <- vcovCR(q, cluster = d$group, type = "CR2"); t <- coef_test(q, v, test = "Satterthwaite")
    out$poisson_cr2 <- c(t$SE[2], if (is.null(t$df_Satt)) t$df[2] else t$df_Satt[2])
  }
  out
}
writeLines(toJSON(c(list(versions = sapply(c("MASS", "sandwich", "clubSandwich"), function(p) as.character(packageVersion(p)))), lapply(sets, answer)), digits = 16, auto_unbox = TRUE), "counts.json")
