# The comparison with what is missing at the start completed, by mice 3.15.0 (chained equations, Bayesian linear
# regression "norm"), R 4.2.2, nlme 3.1-162. Writes start.json beside this file: Rscript make_start.R
#
# Two drawn trials, not randomised: the score at the start and the age are missing the more often the higher a later
# score is, so that a comparison of complete cases is biased. "one": one visit, lm in each completed data set, pooled by
# mice::pool with Barnard and Rubin's df. "two": two visits, some last scores missing and left missing; nlme::gls by REML
# with an unstructured covariance in each, estimates pooled. Monte-Carlo errors stand beside the values.
suppressMessages({library(mice); library(nlme)})
set.seed(20260)
number <- function(x) formatC(x, digits = 17, format = "g")
vector_of <- function(x) paste0("[", paste(ifelse(is.na(x), "null", number(x)), collapse = ", "), "]")

draw <- function(n, visits) {
  need <- rnorm(n)
  full <- as.numeric(runif(n) < plogis(0.6 * need))
  start <- round(40 + 6 * need + rnorm(n, 0, 6))
  age <- round(35 + 4 * need + rnorm(n, 0, 9))
  woman <- as.numeric(runif(n) < 0.7)
  person <- rnorm(n, 0, 4)
  later <- sapply(seq_len(visits), function(t)
    round(16 + 0.5 * start + 0.1 * age - 2 * woman - (1 + t) * full + person + rnorm(n, 0, 4)))
  high <- (later[, 1] - mean(later[, 1])) / sd(later[, 1])
  start[runif(n) < plogis(-1.3 + high)] <- NA
  age[runif(n) < plogis(-2.2 + 0.7 * high)] <- NA
  if (visits > 1) later[runif(n) < 0.25, visits] <- NA
  data.frame(full, woman, start, age, later)
}

impute <- function(data, m, maxit) {
  names(data)[5:ncol(data)] <- paste0("y", seq_len(ncol(data) - 4))
  incomplete <- colSums(is.na(data)) > 0
  mice(data, m = m, maxit = maxit, method = ifelse(incomplete, "norm", ""), printFlag = FALSE)
}

write <- function(data, found) {
  columns <- sapply(names(data), function(name) sprintf('"%s": %s', name, vector_of(data[[name]])))
  results <- sapply(names(found), function(name) sprintf('"%s": %s', name, number(found[[name]])))
  paste0("{", paste(c(columns, results), collapse = ",\n"), "}")
}

one <- draw(90, 1)
many <- impute(one, 300, 10)
pooled <- summary(pool(with(many, lm(y1 ~ full + woman + start + age))))
row <- pooled[pooled$term == "full", ]
b <- sd(sapply(1:300, function(i) coef(lm(y1 ~ full + woman + start + age, complete(many, i)))["full"]))
first <- list(m = 300, estimate = row$estimate, se = row$std.error, df = row$df, monte_carlo = b / sqrt(300))

two <- draw(80, 2)
few <- impute(two, 60, 10)
estimates <- sapply(1:60, function(i) {
  wide <- complete(few, i)
  wide[, c("y1", "y2")] <- two[, 5:6]  # what is missing later stays missing
  long <- data.frame(id = rep(1:80, 2), t = rep(1:2, each = 80), y = c(wide$y1, wide$y2), full = wide$full,
                     woman = wide$woman, start = wide$start, age = wide$age)
  long <- long[order(long$id, long$t), ]
  long$visit <- factor(long$t)
  fit <- gls(y ~ 0 + visit + visit:full + visit:start + woman + age, long[!is.na(long$y), ],
             correlation = corSymm(form = ~ t | id), weights = varIdent(form = ~ 1 | visit), method = "REML",
             control = glsControl(tolerance = 1e-10, msTol = 1e-12))
  coef(fit)[c("visit1:full", "visit2:full")]
})
second <- list(m = 60, first_visit = mean(estimates[1, ]), second_visit = mean(estimates[2, ]),
               first_monte_carlo = sd(estimates[1, ]) / sqrt(60), second_monte_carlo = sd(estimates[2, ]) / sqrt(60))
names(one)[5] <- "y1"; names(two)[5:6] <- c("y1", "y2")
writeLines(paste0('{"one": ', write(one, first), ',\n"two": ', write(two, second), "}"), "start.json")
