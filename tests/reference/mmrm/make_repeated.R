# Makes repeated.csv (synthetic, from the seed below) and gls.json: nlme::gls by REML, iterated on, for five covariance
# structures. R 4.2.2, nlme 3.1-162, jsonlite. Run in this folder: Rscript make_repeated.R
library(nlme)
set.seed(20251)
n <- 60; T <- 4
arm <- rep(0:1, length.out = n)
base <- round(rnorm(n, 30, 7), 1)
L <- t(chol(outer(1:T, 1:T, function(a, b) 0.65^abs(a - b)) * outer(c(6, 7, 8, 9), c(6, 7, 8, 9))))
wide <- t(sapply(1:n, function(i) 12 + 0.5 * base[i] - 2 * arm[i] * (1:T) / T - (1:T) + L %*% rnorm(T)))
wide <- round(wide, 1)
keep <- matrix(TRUE, n, T)
for (i in 1:n) { t0 <- sample(2:(T + 3), 1); if (t0 <= T) keep[i, t0:T] <- FALSE; if (runif(1) < 0.1) keep[i, 2] <- FALSE }
wide[!keep] <- NA
d <- data.frame(id = 1:n, arm = arm, base = base, y1 = wide[, 1], y2 = wide[, 2], y3 = wide[, 3], y4 = wide[, 4])
write.csv(d, "data/repeated.csv", row.names = FALSE, na = "", quote = FALSE)
long <- reshape(d, direction = "long", varying = paste0("y", 1:T), v.names = "y", timevar = "visit", idvar = "id")
long <- long[order(long$id, long$visit), ]; long <- long[!is.na(long$y), ]
long$v <- factor(long$visit)
ctl <- glsControl(maxIter = 500, msMaxIter = 500, tolerance = 1e-12, msTol = 1e-14, opt = "nlminb")
structures <- list(
  "unstructured" = list(corSymm(form = ~ visit | id), varIdent(form = ~ 1 | v)),
  "heterogeneous ar1" = list(corAR1(form = ~ visit | id), varIdent(form = ~ 1 | v)),
  "ar1" = list(corAR1(form = ~ visit | id), NULL),
  "heterogeneous compound symmetry" = list(corCompSymm(form = ~ 1 | id), varIdent(form = ~ 1 | v)),
  "compound symmetry" = list(corCompSymm(form = ~ 1 | id), NULL))
out <- list()
for (name in names(structures)) {
  s <- structures[[name]]
  f <- gls(y ~ 0 + v + v:arm + v:base, data = long, correlation = s[[1]], weights = s[[2]], method = "REML", control = ctl)
  b <- coef(f); V <- vcov(f)
  k <- grep(":arm", names(b))
  out[[name]] <- list(estimate = unname(b[k]), se = unname(sqrt(diag(V))[k]),
                      log_likelihood = as.numeric(logLik(f)))
}
writeLines(jsonlite::toJSON(out, digits = 15, auto_unbox = TRUE, pretty = TRUE), "gls.json")

# Cluster-robust: twelve groups that cross the arms, clubSandwich 0.5.8, CR2 with Satterthwaite degrees of freedom
library(clubSandwich)
long$group <- (long$id * 7) %% 12
f <- gls(y ~ 0 + v + v:arm + v:base, data = long, correlation = corSymm(form = ~ visit | id),
         weights = varIdent(form = ~ 1 | v), method = "REML", control = ctl)
test <- coef_test(f, vcov = "CR2", cluster = long$group, test = "Satterthwaite")
k <- grep(":arm", rownames(test))
cluster <- list(se = test$SE[k], df = test$df[k])
byid <- coef_test(f, vcov = "CR2", cluster = long$id, test = "Satterthwaite")
client <- list(se = byid$SE[k], df = byid$df[k])
writeLines(jsonlite::toJSON(list(group = cluster, client = client), digits = 15, auto_unbox = TRUE, pretty = TRUE), "cr2.json")
