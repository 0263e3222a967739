# Makes survival.json beside it: what R's survival finds on the synthetic people of people.csv (ties, times of zero,
# a shared group). R 4.2.2, survival 3.5-3. Run: Rscript survival.R
library(survival)
library(jsonlite)
set.seed(1)
here <- "tests/reference/survival"
n <- 90
d <- data.frame(full = rep(0:1, length.out = n), age = round(rnorm(n, 35, 10)), sex = rbinom(n, 1, 0.6))
d$group <- paste0("G", sprintf("%02d", sample(1:11, n, TRUE)))
t <- ceiling(rexp(n, 0.05 * exp(-0.5 * d$full + 0.02 * (d$age - 35))))
d$time <- pmin(t, 24)
d$time[c(3, 10, 17)] <- 0
d$left <- as.integer(t < 24 | d$time == 0)
d$left[sample(n, 12)] <- 0
write.csv(d, file.path(here, "people.csv"), row.names = FALSE, quote = FALSE)
s <- Surv(d$time, d$left)
exact <- coxph.control(eps = 1e-14, toler.chol = 1e-15, iter.max = 100)
fit1 <- coxph(s ~ full, d, ties = "efron", control = exact)
fit3 <- coxph(s ~ full + age + sex, d, ties = "efron", control = exact)
rob3 <- coxph(s ~ full + age + sex, d, ties = "efron", cluster = group, control = exact)
km <- summary(survfit(s ~ full, d, conf.type = "log-log"))
zph <- function(f) as.data.frame(cox.zph(f)$table)
rmst <- function(arm, tau) {
  f <- survfit(Surv(time, left) ~ 1, d[d$full == arm, ])
  r <- summary(f, rmean = tau)$table
  c(r["rmean"], r["se(rmean)"])
}
out <- list(
  km = lapply(0:1, function(a) { k <- km$strata == paste0("full=", a)
    list(time = km$time[k], at_risk = km$n.risk[k], left = km$n.event[k], share = km$surv[k], low = km$lower[k], high = km$upper[k]) }),
  logrank = list(chisq = survdiff(s ~ full, d)$chisq, exp = survdiff(s ~ full, d)$exp, var = survdiff(s ~ full, d)$var[1, 1]),
  cox1 = list(coef = unname(coef(fit1)), se = sqrt(diag(vcov(fit1))), loglik = fit1$loglik, zph = zph(fit1)),
  cox3 = list(coef = unname(coef(fit3)), se = unname(sqrt(diag(vcov(fit3)))), loglik = fit3$loglik, zph = zph(fit3),
              score_residuals = unname(residuals(fit3, "score"))),
  robust3 = unname(sqrt(diag(vcov(rob3)))),
  influence = unname(drop(residuals(survfit(s ~ full, d), times = 20, type = "auc"))),
  rmst = list(tau = 20, skills = unname(rmst(0, 20)), full = unname(rmst(1, 20)))
)
write(toJSON(out, digits = NA, auto_unbox = TRUE, pretty = TRUE), file.path(here, "survival.json"))
