# data/growth.csv: distances of 11 girls and 16 boys at ages 8, 10, 12 and 14 (Potthoff & Roy 1964), as in nlme::Orthodont;
# growth.json: nlme::gls at tight tolerances, and the classical split-plot F tests by aov.
# R 4.2.2, nlme 3.1-162, jsonlite. Run in this folder: Rscript make_growth.R
library(nlme)
d <- as.data.frame(Orthodont); d$visit <- factor(d$age); d$t <- as.integer(d$visit); d$girl <- as.integer(d$Sex == "Female")
d$Subject <- factor(as.character(d$Subject)); d <- d[order(d$Subject, d$t), ]
w <- reshape(d[, c("Subject", "girl", "t", "distance")], direction = "wide", idvar = c("Subject", "girl"), timevar = "t")
names(w) <- c("child", "girl", "y8", "y10", "y12", "y14"); write.csv(w, "data/growth.csv", row.names = FALSE, quote = FALSE)
ctl <- glsControl(tolerance = 1e-12, msTol = 1e-14, maxIter = 1000, msMaxIter = 1000)
one <- function(cor, het) {
  f <- gls(distance ~ 0 + visit + visit:girl, data = d, correlation = cor, weights = if (het) varIdent(form = ~ 1 | visit), control = ctl)
  list(log_likelihood = as.numeric(logLik(f)), estimate = unname(coef(f)[5:8]), se = unname(sqrt(diag(vcov(f)))[5:8]),
       covariance = unclass(getVarCov(f, individual = "M01"))[1:16])
}
cs <- corCompSymm(form = ~ t | Subject); ar <- corAR1(form = ~ t | Subject); un <- corSymm(form = ~ t | Subject)
s <- summary(aov(distance ~ girl * visit + Error(Subject), data = d))
out <- list("unstructured" = one(un, TRUE), "compound symmetry" = one(cs, FALSE), "ar1" = one(ar, FALSE),
  "heterogeneous ar1" = one(ar, TRUE), "heterogeneous compound symmetry" = one(cs, TRUE),
  split_plot = list(girl = unname(unlist(s[[1]][[1]]["girl", c("F value", "Pr(>F)")])),
                    interaction = unname(unlist(s[[2]][[1]][2, c("F value", "Pr(>F)")]))))
writeLines(jsonlite::toJSON(out, digits = NA, auto_unbox = TRUE, pretty = TRUE), "growth.json")
