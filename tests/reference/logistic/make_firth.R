# Makes firth.json beside it: Firth's logistic regression of synthetic people where somebody stands alone in a level, where a
# column separates, and where the event is rare. By the definition: stats::optim climbs the penalised likelihood, stats::uniroot
# finds the profile limits of the arm. Age is in units of nine years from 36. (The iteration of
# brglm2 0.9 does not settle on such data.) R 4.2.2. Run from the top of the checkout: Rscript tests/reference/logistic/make_firth.R
set.seed(20)
people <- function(n) data.frame(full = rep(0:1, length.out = n), age = round(rnorm(n, 36, 9)))
lone <- people(44); lone$alone <- as.numeric(1:44 == 9); lone$y <- rbinom(44, 1, plogis(0.4 + 0.7 * lone$full)); lone$y[9] <- 1
two <- people(60); two$alone <- as.numeric(1:60 == 4); two$other <- as.numeric(1:60 == 31)
two$y <- rbinom(60, 1, plogis(0.9 * two$full - 0.2)); two$y[c(4, 31)] <- 0:1
apart <- people(36); apart$kind <- as.numeric(apart$age > 42); apart$y <- ifelse(apart$kind == 1, 1, rbinom(36, 1, 0.45))
rare <- people(90); rare$alone <- as.numeric(1:90 == 2); rare$y <- as.numeric(1:90 %in% c(2, 17, 40, 66))
height <- function(b, X, y) {
  p <- plogis(drop(X %*% b))
  value <- sum(dbinom(y, 1, p, log = TRUE)) + as.numeric(determinant(t(X) %*% (p * (1 - p) * X))$modulus) / 2
  if (is.finite(value)) value else -1e10
}
score <- function(b, X, y) {
  p <- plogis(drop(X %*% b)); w <- p * (1 - p)
  drop(t(X) %*% (y - p + w * rowSums((X %*% solve(t(X) %*% (w * X))) * X) * (0.5 - p)))
}
climb <- function(b, free, X, y) {
  put <- function(o) replace(b, free, o)
  for (i in 1:6) b <- put(optim(b[free], function(o) -height(put(o), X, y), function(o) -score(put(o), X, y)[free], method = "BFGS",
    control = list(reltol = 1e-17, maxit = 3000))$par)
  b
}
answer <- function(d) {
  X <- cbind(1, as.matrix(d[names(d) != "y"])); X[, "age"] <- (X[, "age"] - 36) / 9; k <- ncol(X)
  b <- climb(rep(0, k), 1:k, X, d$y)
  stopifnot(max(abs(score(b, X, d$y))) < 1e-6)
  p <- plogis(drop(X %*% b)); se <- sqrt(diag(solve(t(X) %*% (p * (1 - p) * X)))); top <- height(b, X, d$y)
  fall <- function(value) 2 * (top - height(climb(replace(b, 2, value), (1:k)[-2], X, d$y), X, d$y)) - qchisq(0.95, 1)
  limits <- c(uniroot(fall, b[2] - c(5, 0) * se[2], tol = 1e-9)$root, uniroot(fall, b[2] + c(0, 5) * se[2], tol = 1e-9)$root)
  list(columns = as.list(d), coef = unname(b), se = unname(se), limits = limits)
}
library(jsonlite)
found <- lapply(list(lone = lone, two_alone = two, separated = apart, rare = rare), answer)
write(toJSON(found, digits = NA, auto_unbox = TRUE, pretty = TRUE), "tests/reference/logistic/firth.json")
