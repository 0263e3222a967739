# Unstructured residuals of each arm's own, groups in both arms, therapists in one, three visits with gaps: glmmTMB.
# Rscript make_by_arm.R data/groups.csv > by_arm.json      (R 4.2.2, glmmTMB)
suppressMessages(library(glmmTMB))
d <- read.csv(commandArgs(TRUE)[1], na.strings = "")
long <- do.call(rbind, lapply(1:3, function(t) data.frame(
  y = d[[paste0("y", t)]], visit = t, client = seq_len(nrow(d)), full = d$full, base = d$base, group = d$group, therapist = d$therapist)))
long <- long[!is.na(long$y), ]
long$visit <- factor(long$visit); long$client <- factor(long$client); long$group <- factor(long$group)
long$therapist <- factor(ifelse(long$full == 1, as.character(long$therapist), "none"))
for (t in 1:3) { long[[paste0("s", t)]] <- (long$visit == t) * (1 - long$full); long[[paste0("f", t)]] <- (long$visit == t) * long$full }
fit <- glmmTMB(y ~ 0 + visit + visit:full + visit:base + us(0 + s1 + s2 + s3 | client) + us(0 + f1 + f2 + f3 | client) +
  (1 | group) + (0 + full | therapist), dispformula = ~0, REML = TRUE, data = long,
  control = glmmTMBControl(optCtrl = list(iter.max = 5000, eval.max = 5000, rel.tol = 1e-15)))
b <- fixef(fit)$cond; v <- vcov(fit)$cond; k <- grep(":full", names(b))
vc <- VarCorr(fit)$cond
num <- function(x) paste0("[", paste(sprintf("%.17g", x), collapse = ", "), "]")
cat("{\n\"versions\": \"", R.version.string, ", glmmTMB ", as.character(packageVersion("glmmTMB")), "\",\n", sep = "")
cat("\"log_likelihood\": ", sprintf("%.17g", as.numeric(logLik(fit))), ",\n", sep = "")
cat("\"estimate\": ", num(b[k]), ",\n\"se\": ", num(sqrt(diag(v))[k]), ",\n", sep = "")
cat("\"group\": ", num(vc$group[1]), ",\n\"therapist\": ", num(vc$therapist[1]), ",\n", sep = "")
cat("\"skills\": ", num(vc$client), ",\n\"full\": ", num(vc$client.1), "\n}\n", sep = "")
