# The estimates of a pool of clinics, computed a second time, in R.
#
#     Rscript program.R RUN results.json [agreement.csv]
#
# RUN is the folder of a pooled run: POOL.toml is what the clinics agreed on, contributions/ holds the file of each clinic, results.json
# what the run printed. This program reads the files of the clinics, computes the estimates anew, and holds both against each other. It ends
# with the line "N of M estimates agree; K of T computed": M were compared, N of them agree; the run has T estimates, K were computed here.
# It ends with status 1 when one differs, with 2 when it could not be done. The table of agreement goes to agreement.csv as well.
#
# It shares nothing with the program that made the run: it was written from docs/methods/pooling.md and the pages that this one names, and needs R
# alone. The functions from here to "What the clinics gave" are those of the program that the run of a study carries.

options(stringsAsFactors = FALSE, warn = 1, digits = 10)

# here stands what the program of a study has as well

# ---------------------------------------------------------------------------------------------------------------------------------
# What the clinics gave
# ---------------------------------------------------------------------------------------------------------------------------------
AGREED <- read_toml(file.path(STUDY, "POOL.toml"))
PLAN <- AGREED$plan
VISITS <- names(PLAN$visits)
LATER <- VISITS[-1]
PRIMARY <- PLAN$primary
MEASURES <- names(PLAN$measures)
LEVEL <- PLAN$confidence$level
better <- function(m) if (PLAN$measures[[m]]$better == "higher") 1 else -1
GIVEN <- lapply(sort(list.files(file.path(STUDY, "contributions"), "[.]json$", full.names = TRUE), method = "radix"), read_json)
CLINICS <- names(GIVEN) <- vapply(GIVEN, `[[`, "", "clinic")
FIRST <- 3                        # columns of the sums before the covariates: one, the arm, the score at the start
NC <- length(GIVEN[[1]]$columns) - FIRST
FEWEST <- 3                       # clinics that are pooled

# The sums of a clinic's groups of people: at which later visits they were seen, how many they are, and sums of products of (one, arm, start, c, y).
blocks_of <- function(m, clinic) lapply(GIVEN[[clinic]]$measures[[m]]$blocks, function(b) {
  width <- length(b$products)
  list(seen = match(unlist(b$visits), LATER), n = b$people, S = matrix(as.numeric(unlist(b$products)), width, width))
})
# People of both programmes were seen in a clinic at a later visit.
compares <- function(m, clinic, t) {
  there <- Filter(function(b) t %in% b$seen, blocks_of(m, clinic))
  people <- sum(vapply(there, function(b) b$S[1, 1], 0)); full <- sum(vapply(there, function(b) b$S[1, 2], 0))
  0 < full && full < people
}
# The sums of several clinics in one model (docs/methods/pooling.md, One stage): the column of ones of each clinic becomes its indicator, all
# other indicators are zero for its people. Visits are those at which some clinic compares both programmes.
join <- function(m, clinics) {
  clinics <- Filter(function(clinic) length(blocks_of(m, clinic)) > 0, clinics)
  kept <- Filter(function(t) any(vapply(clinics, function(clinic) compares(m, clinic, t), TRUE)), seq_along(LATER))
  if (!length(kept)) return(NULL)
  K <- length(clinics); nz <- K + 2
  patterns <- list()
  for (k in seq_len(K)) {
    blocks <- Filter(function(b) any(b$seen %in% kept), blocks_of(m, clinics[k]))
    for (b in blocks) {
      # places of the block's columns among all: its clinic's indicator, arm, start, covariates, scores at the visits that are kept
      own <- c(seq_len(FIRST + NC), FIRST + NC + which(b$seen %in% kept))
      at <- c(k, K + 1, K + 2, nz + seq_len(NC), nz + NC + match(b$seen[b$seen %in% kept], kept))
      S <- matrix(0, nz + NC + length(kept), nz + NC + length(kept))
      S[at, at] <- b$S[own, own]
      patterns[[length(patterns) + 1L]] <- list(seen = match(b$seen[b$seen %in% kept], kept), n = b$n, S = S)
    }
    # Where a clinic saw nobody at a visit, one made-up score stands for it, of which its intercept there tells everything.
    for (t in setdiff(seq_along(kept), match(unlist(lapply(blocks, `[[`, "seen")), kept))) {
      S <- matrix(0, nz + NC + length(kept), nz + NC + length(kept))
      S[k, k] <- 1
      patterns[[length(patterns) + 1L]] <- list(seen = t, n = 1, S = S)
    }
  }
  drop_repeated(list(patterns = patterns, T = length(kept), nz = nz, nc = NC, visits = LATER[kept], clinics = K))
}
# A covariate that says nothing beside the columns before it adjusts nothing, and is left out.
drop_repeated <- function(m) {
  total <- Reduce(`+`, lapply(m$patterns, `[[`, "S"))
  kept <- seq_len(m$nz)[-(m$clinics + 1)]             # beside the clinics, the start and the covariates before it; the arm is asked for
  for (j in m$nz + seq_len(m$nc)) {
    scale <- sqrt(diag(total)[kept])
    left <- total[j, j] - drop((total[j, kept] / scale) %*% solve(total[kept, kept] / tcrossprod(scale), total[kept, j] / scale))
    if (left > 1e-9 * total[j, j]) kept <- c(kept, j)
  }
  covariates <- kept[kept > m$nz]
  at <- c(seq_len(m$nz), covariates, m$nz + m$nc + seq_len(m$T))
  m$patterns <- lapply(m$patterns, function(p) { p$S <- p$S[at, at, drop = FALSE]; p })
  m$nc <- length(covariates)
  m
}
# Full programme less skills group at each visit, by REML and Kenward & Roger (docs/methods/mmrm.md).
differences <- function(m, clinics) {
  sums <- join(m, clinics)
  if (is.null(sums)) return(list())
  fit <- mmrm_fit(sums)
  kr <- kenward_roger(fit)
  setNames(lapply(seq_along(sums$visits), function(t) {
    l <- numeric(sums$nz * sums$T + sums$nc)
    l[(t - 1) * sums$nz + sums$clinics + 1] <- 1
    contrast(fit, kr, l)
  }), sums$visits)
}

# Two stages: random effects by REML, Hartung & Knapp with max(1, q) in place of q, never narrower than the model's own (docs/methods/pooling.md).
two_stages <- function(y, v) {
  found <- meta_analysis(y, v)
  tau2 <- found$tau2[1]
  w <- 1 / (v + tau2)
  se <- max(found$mean$se, sqrt(1 / sum(w)))
  df <- length(y) - 1
  half <- qt(1 - (1 - LEVEL) / 2, df) * sqrt(se^2 + tau2)
  list(mean = with_t(found$mean$value, se, df), prediction = found$mean$value + c(-1, 1) * half, tau2 = found$tau2, i2 = found$i2, Q = found$Q, df = df,
       weights = w / sum(w))
}

# ---------------------------------------------------------------------------------------------------------------------------------
# The answers, in the order of the page
# ---------------------------------------------------------------------------------------------------------------------------------
id_of <- function(...) paste("pool", ..., sep = ".")
width <- function(x) x$high - x$low
ONE_STAGE <- TWO_STAGE <- list()
for (m in MEASURES) ask(m, {
  own <- setNames(lapply(CLINICS, function(clinic) { found <- list(); ask(paste(m, clinic), found <- differences(m, clinic)); found }), CLINICS)
  for (clinic in CLINICS) {
    if (!is.null(own[[clinic]][[PRIMARY]])) put_list(id_of(m, PRIMARY, clinic, "alone"), own[[clinic]][[PRIMARY]], "iterated")
    others <- setdiff(CLINICS, clinic)
    ask(paste(m, "without", clinic), {
      rest <- differences(m, others)[[PRIMARY]]
      if (!is.null(rest)) put_list(id_of(m, PRIMARY, clinic, "without"), rest, "iterated")
    })
  }
  for (v in LATER) {
    there <- Filter(Negate(is.null), lapply(own, `[[`, v))
    if (length(there) < FEWEST) next
    told <- two_stages(vapply(there, `[[`, 0, "value"), vapply(there, `[[`, 0, "se")^2)
    TWO_STAGE[[paste(m, v)]] <- told$mean
    put_list(id_of(m, v, "two_stage"), told$mean, "iterated")
    put(id_of(m, v, "prediction"), told$mean$value, df = told$df, low = told$prediction[1], high = told$prediction[2], kind = "iterated")
    put(id_of(m, v, "tau2"), told$tau2[1], low = told$tau2[2], high = told$tau2[3], kind = "iterated")
    put(id_of(m, v, "i2"), told$i2, kind = "iterated")
    put(id_of(m, v, "q"), told$Q, df = told$df, p_value = pchisq(told$Q, told$df, lower.tail = FALSE), kind = "iterated")
    if (v == PRIMARY) {   # with more clinics like these the squared error falls as k / (k + more), mean and spread as they are
      k <- length(there); w <- PLAN$measures[[m]]$worthwhile
      for (more in 0:200) {
        limits <- told$mean$value + c(-1, 1) * qt(1 - (1 - LEVEL) / 2, k + more - 1) * told$mean$se * sqrt(k / (k + more))
        if (limits[1] > 0 || limits[2] < 0 || (!is.null(w) && limits[1] > -w && limits[2] < w)) { put(id_of(m, v, "more_clinics"), more); break }
      }
    }
  }
  together <- differences(m, CLINICS)
  for (v in names(together)) {
    ONE_STAGE[[paste(m, v)]] <- together[[v]]
    put_list(id_of(m, v, "one_stage"), together[[v]], "iterated")
  }
  alone <- Filter(Negate(is.null), lapply(own, `[[`, PRIMARY))
  if (!is.null(together[[PRIMARY]]) && length(alone))
    put(id_of(m, PRIMARY, "narrower"), min(vapply(alone, width, 0)) / width(together[[PRIMARY]]), kind = "iterated")
})

# Holm over the primary measures, those without an answer counted in the family.
if (PLAN$confidence$multiplicity == "holm") ask("holm", {
  raw <- Filter(Negate(is.null), setNames(lapply(MEASURES, function(m) ONE_STAGE[[paste(m, PRIMARY)]]$p_value), MEASURES))
  adjusted <- p.adjust(unlist(raw), "holm", n = length(MEASURES))
  for (m in names(raw)) put(paste("mmrm", m, PRIMARY, "p_holm", sep = "."), adjusted[[m]], kind = "iterated")
})

# The verdict, by the rules of one study (docs/methods/wording.md), with the interval of two stages required. Where groups are nested in the
# programmes in a clinic, or nobody knows how they lie, it leans at most: the pooled model allows for none.
capped <- !all(vapply(GIVEN, `[[`, "", "groups") %in% c("shared", "said shared", "said none"))
limits <- function(x, sign) if (is.null(x)) NULL else sort(sign * c(x$low, x$high))
ask("verdict", for (m in MEASURES) for (v in LATER) {
  if (m %in% STOPPED) next
  p <- if (v == PRIMARY) got(paste("mmrm", m, v, "p_holm", sep = "."))$value
  rung <- claims(list(limits(TWO_STAGE[[paste(m, v)]], better(m))), limits(ONE_STAGE[[paste(m, v)]], better(m)), PLAN$measures[[m]]$worthwhile, p, capped)
  put(paste("verdict", m, v, "rung", sep = "."), rung)
})

# What the clinics' editions to share tell: standard errors from the width of the intervals; ratios on their logarithm. Rounding moves a value
# by at most half a step and each limit outwards.
TOLD <- list()
for (clinic in CLINICS) for (one in GIVEN[[clinic]]$shared) {
  key <- one$key
  subject <- if (key$analysis == "completion") "completion" else if (key$analysis == "retention") "stay" else or(key$measure, key$subject)
  TOLD[[subject]][[clinic]] <- one
}
for (subject in names(TOLD)) if (length(TOLD[[subject]]) >= FEWEST) ask(subject, {
  told <- TOLD[[subject]]
  ratio <- told[[1]]$unit == "ratio"
  onto <- if (ratio) log else identity
  back <- if (ratio) exp else identity
  field <- function(name) vapply(told, function(one) as.numeric(one[[name]]), 0)
  pool <- function(inwards) {
    se <- (onto(field("high") - inwards * field("step")) - onto(field("low") + inwards * field("step"))) / (2 * qnorm((1 + field("level")) / 2))
    two_stages(onto(field("value")), se^2)
  }
  for (clinic in names(told)) put(id_of(subject, clinic, "told"), told[[clinic]]$value, low = told[[clinic]]$low, high = told[[clinic]]$high)
  found <- pool(0); finer <- pool(0.5)
  wide <- function(x) back(x$mean$high) - back(x$mean$low)
  put(id_of(subject, "two_stage"), back(found$mean$value), df = found$df, low = back(found$mean$low), high = back(found$mean$high), p_value = found$mean$p_value, kind = "iterated")
  put(id_of(subject, "prediction"), back(found$mean$value), df = found$df, low = back(found$prediction[1]), high = back(found$prediction[2]), kind = "iterated")
  put(id_of(subject, "i2"), found$i2, kind = "iterated")
  put(id_of(subject, "widened"), wide(found) / wide(finer), kind = "iterated")
  slack <- field("step") / 2 / (if (ratio) field("value") else 1)
  put(id_of(subject, "moved"), sum(found$weights * slack) / found$mean$se, kind = "iterated")
})

