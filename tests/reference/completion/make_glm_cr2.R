# Makes glm_cr2.json: CR2 of a logistic regression by clubSandwich, and by the definition with the root of the matrix taken on the
# scale of the response (what clubSandwich does) and on that of the working response (what outcomes does).
# R 4.2.2, clubSandwich 0.5.8, jsonlite. Run in this folder: Rscript make_glm_cr2.R
suppressMessages({library(clubSandwich); library(jsonlite)})
set.seed(7)
n <- 90; g <- rep(1:9, each = 10); arm <- rep(c(1, 0), length.out = n)
x <- round(rnorm(n), 3); u <- rnorm(9, 0, .5)[g]
y <- rbinom(n, 1, plogis(.3 + .6 * arm + .5 * x + u))
fit <- glm(y ~ arm + x, family = binomial, control = list(epsilon = 1e-14, maxit = 100))
X <- model.matrix(fit); p <- fitted(fit); w <- p * (1 - p); M <- solve(t(X) %*% (X * w)); r <- y - p
root <- function(B) { e <- eigen(B, symmetric = TRUE); e$vectors %*% diag(1 / sqrt(e$values)) %*% t(e$vectors) }
by_definition <- function(response) {
  meat <- matrix(0, 3, 3)
  for (k in unique(g)) {
    i <- which(g == k); Xi <- X[i, ]; wi <- w[i]
    d <- if (response) sqrt(wi) else 1 / sqrt(wi)
    rows <- if (response) Xi * wi else Xi
    left <- diag(d) %*% (diag(d^2) - rows %*% M %*% t(rows)) %*% diag(d)
    A <- diag(d) %*% root(left) %*% diag(d)
    s <- if (response) t(Xi) %*% (A %*% r[i]) else t(Xi * wi) %*% (A %*% (r[i] / wi))
    meat <- meat + s %*% t(s)
  }
  unname(sqrt(diag(M %*% meat %*% M)))
}
write_json(list(y = y, arm = arm, x = x, group = g,
  club_sandwich = unname(sqrt(diag(as.matrix(vcovCR(fit, cluster = g, type = "CR2"))))),
  response = by_definition(TRUE), working = by_definition(FALSE)), "glm_cr2.json", digits = NA, auto_unbox = TRUE)
