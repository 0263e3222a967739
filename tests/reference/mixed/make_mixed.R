# Makes data/groups.csv (synthetic, from the seed below) and mixed.json: lmerTest on crossed skills groups and therapists
# of the full arm, three visits with gaps; a random intercept of the client stands for compound symmetry.
# R 4.2.2, lme4 1.1-31, lmerTest 3.1-3, jsonlite. Run in this folder: Rscript make_mixed.R
suppressMessages(library(lmerTest))
set.seed(20252)
n <- 90; T <- 3
full <- rep(0:1, length.out = n)
group <- sample(paste0("g", 1:10), n, TRUE)
therapist <- ifelse(full == 1, sample(paste0("t", 1:7), n, TRUE), "")
base <- round(rnorm(n, 30, 7), 1)
ug <- setNames(rnorm(10, 0, 2.5), paste0("g", 1:10)); ut <- setNames(rnorm(7, 0, 3), paste0("t", 1:7))
shift <- ug[group] + ifelse(full == 1, ut[therapist], 0)
y <- sapply(1:T, function(t) 10 + 0.5 * base - 1.5 * full * t / T - t + shift) + rnorm(n, 0, 4) + matrix(rnorm(n * T, 0, 3), n)
y <- round(y, 1)
for (i in 1:n) { t0 <- sample(2:(T + 4), 1); if (t0 <= T) y[i, t0:T] <- NA }
d <- data.frame(id = 1:n, full, group, therapist, base, y1 = y[, 1], y2 = y[, 2], y3 = y[, 3])
write.csv(d, "data/groups.csv", row.names = FALSE, na = "", quote = FALSE)
long <- reshape(d, direction = "long", varying = paste0("y", 1:T), v.names = "y", timevar = "visit", idvar = "id")
long <- long[!is.na(long$y), ]; long$v <- factor(long$visit)
long$therapist[long$therapist == ""] <- "none"
ctl <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-11, maxfun = 1e6))
f <- lmer(y ~ 0 + v + v:full + v:base + (1 | group) + (0 + full | therapist) + (1 | id), data = long, REML = TRUE, control = ctl)
s <- coef(summary(f, ddf = "Satterthwaite")); k <- grep(":full", rownames(s))
v <- as.data.frame(VarCorr(f)); var <- setNames(v$vcov, v$grp)
out <- list(estimate = unname(s[k, 1]), se = unname(s[k, 2]), df = unname(s[k, 3]), log_likelihood = as.numeric(logLik(f)),
            group = var[["group"]], therapist = var[["therapist"]], client = var[["id"]], residual = var[["Residual"]])
writeLines(jsonlite::toJSON(out, digits = NA, auto_unbox = TRUE, pretty = TRUE), "mixed.json")
