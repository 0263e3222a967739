# Makes sandwich.json: CR0 and CR2 by client and by skills group (clubSandwich) for the unstructured model on repeated.csv.
# The covariance matrix is held at the values in sandwich_covariance.csv (the REML estimate), so that nothing depends on
# where an optimiser stops. R 4.2.2, nlme 3.1-162, clubSandwich 0.5.8, jsonlite. Run in this folder: Rscript make_sandwich.R
suppressMessages({library(nlme); library(clubSandwich)})
d <- read.csv("data/repeated.csv"); T <- 4
S <- as.matrix(read.csv("sandwich_covariance.csv", header = FALSE))
d$group <- (d$id * 7) %% 9
long <- reshape(d, direction = "long", varying = paste0("y", 1:T), v.names = "y", timevar = "visit", idvar = "id")
long <- long[order(long$id, long$visit), ]; long <- long[!is.na(long$y), ]
long$v <- factor(long$visit)
R <- cov2cor(S); s <- sqrt(diag(S))
ratios <- s[-1] / s[1]; names(ratios) <- as.character(2:T)
f <- gls(y ~ 0 + v + v:arm + v:base, data = long, method = "REML",
         correlation = corSymm(value = R[lower.tri(R)], form = ~ visit | id, fixed = TRUE),
         weights = varIdent(fixed = ratios, form = ~ 1 | v))
k <- grep(":arm", names(coef(f)))
out <- list(estimate = unname(coef(f)[k]))
for (kind in c("CR0", "CR2")) for (by in c("id", "group")) {
  test <- coef_test(f, vcov = vcovCR(f, cluster = factor(long[[by]]), type = kind), test = "Satterthwaite")
  out[[paste(kind, if (by == "id") "client" else "group")]] <-
    list(se = test$SE[k], df = if ("df_Satt" %in% names(test)) test$df_Satt[k] else test$df[k])
}
writeLines(jsonlite::toJSON(out, digits = NA, auto_unbox = TRUE, pretty = TRUE), "sandwich.json")
