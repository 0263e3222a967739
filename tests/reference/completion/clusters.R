# Makes clusters.json beside it: CR2 of a logistic regression on synthetic people, from n by n matrices by the definition of
# Pustejovsky & Tipton (2018), and with each person a cluster by sandwich::vcovHC(type = "HC2"), to which it must fall.
# (sandwich::vcovCL(type = "HC2") is another quantity for a glm: it corrects y - p by the hat matrix of the working scores.)
# R 4.2.2, sandwich 3.0-2. Run from the top of the checkout: Rscript tests/reference/completion/clusters.R
library(sandwich)
library(jsonlite)
set.seed(7)
n <- 84
d <- data.frame(full = rep(0:1, n / 2), age = round(rnorm(n, 35, 10)), group = paste0("G", sample(1:9, n, TRUE)))
shift <- rnorm(9, 0, 0.7)
d$done <- rbinom(n, 1, plogis(0.3 + 0.6 * d$full + 0.03 * (d$age - 35) + shift[as.integer(substring(d$group, 2))]))
write.csv(d, "tests/reference/completion/people.csv", row.names = FALSE, quote = FALSE)
fit <- glm(done ~ full + age, binomial, d, control = glm.control(epsilon = 1e-15, maxit = 100))
fit <- glm(done ~ full + age, binomial, d, start = coef(fit), control = glm.control(epsilon = 1e-16, maxit = 3))
cr2 <- function(cluster) {
  X <- model.matrix(fit); p <- fitted(fit); w <- p * (1 - p); M <- solve(t(X) %*% (w * X))
  H <- X %*% M %*% t(X * w); z <- (d$done - p) / w; meat <- 0
  for (g in unique(cluster)) {
    i <- cluster == g
    D <- diag(sqrt(1 / w[i]), sum(i))                               # working variances of the working response
    B <- D %*% ((diag(nrow(X)) - H)[i, , drop = FALSE] %*% diag(1 / w) %*% t((diag(nrow(X)) - H)[i, , drop = FALSE])) %*% D
    e <- eigen((B + t(B)) / 2)
    A <- D %*% e$vectors %*% diag(1 / sqrt(e$values), sum(i)) %*% t(e$vectors) %*% D
    u <- t(X[i, , drop = FALSE] * w[i]) %*% A %*% z[i]
    meat <- meat + u %*% t(u)
  }
  M %*% meat %*% M
}
v <- cr2(d$group)
p1 <- predict(fit, transform(d, full = 1), type = "response")
p0 <- predict(fit, transform(d, full = 0), type = "response")
x <- function(value) cbind(1, value, d$age)
slope <- colMeans(x(1) * p1 * (1 - p1)) - colMeans(x(0) * p0 * (1 - p0))
write(toJSON(list(coef = unname(coef(fit)), cov = unname(v), alone = unname(vcovHC(fit, type = "HC2")), difference = mean(p1) - mean(p0),
  se = sqrt(drop(slope %*% v %*% slope))), digits = NA, auto_unbox = TRUE, pretty = TRUE), "tests/reference/completion/clusters.json")
