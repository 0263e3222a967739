# The estimates of a report, computed a second time, in R.
#
#     Rscript program.R STUDY results.json [agreement.csv]
#
# STUDY is the folder of the tables (plan.toml, clients.csv, scores.csv or items/*.csv, ...), results.json what a run of `outcomes`
# printed. This program reads the tables, computes the estimates anew, and holds both against each other. It ends with the line
# "N of M estimates agree; K of T computed": M were compared, N of them agree; the run has T estimates, K were computed here.
# It ends with status 1 when one differs, with 2 when it could not be done. The table of agreement goes to agreement.csv as well,
# a row for each statistic, where a name for it is given.
#
# It shares nothing with the program that made the run. It was written from that program's documentation (docs/methods, docs/plan.md,
# docs/data.md), and uses R, `nlme` and `survival` as they come. Where a function follows a page of the documentation it says which.
#
# How to read it: part 1 reads files; part 2 makes the cohort (who, which programme, which score at which visit); part 3 holds the
# methods; part 4 asks one question after another, in the order of the report, and puts each estimate under the id it has
# there; part 5 compares. Differences are always full programme (1) minus skills group only (0).
# What stands between “in the program of a pool as well” and “up to here” is in the program that a pooled run carries, too.

suppressPackageStartupMessages({
  library(stats)
  library(nlme)
  library(survival)
})
options(stringsAsFactors = FALSE, warn = 1, digits = 10)

# What each instrument's key says, as the text of its definition. In the copy that a run carries these lines hold the instruments of
# that study; here they are empty, and the definitions are looked for beside this program.
KEYS <- list(
"dbt_wccl" = r"-----(id = "dbt_wccl"
name = "DBT Ways of Coping Checklist"
citation = "Neacsiu et al. 2010, doi 10.1002/jclp.20685"
domain = "skills use"
better = "higher"
n_items = 59
answers = [0, 3]
reversed_items = []
default_score = "skills_use"
traps = [
    "There is no total over all items: skills use is better when higher, the two other subscales when lower.",
    "The items are also found under the numbers of the 75-item checklist that the form comes from: never match by number across the two.",
    "A dysfunctional coping score over the 21 items of the two other subscales is in use (unchecked).",
]
licence = "Not retrieved; no wording is shipped."

[key]
status = "checked"
programs = 1

[subscale_scores]
rule = "mean"
status = "checked"

[subscales.skills_use]
items = [1, 2, 4, 6, 9, 10, 11, 13, 16, 18, 19, 21, 22, 23, 26, 27, 29, 31, 33, 34, 35, 36, 38, 39, 40, 42, 43, 44, 47, 49, 50, 51, 53, 54, 56, 57, 58, 59]
maximum_missing = 12

[subscales.dysfunctional_general]
items = [3, 5, 8, 12, 14, 17, 20, 25, 32, 37, 41, 45, 46, 52, 55]
better = "lower"
maximum_missing = 4

[subscales.blaming_others]
items = [7, 15, 24, 28, 30, 48]
better = "lower"
maximum_missing = 1

[scores.dysfunctional_total]
subscales = ["dysfunctional_general", "blaming_others"]
rule = "mean"
range = [0, 3]
better = "lower"
maximum_missing = 6
status = "unchecked"

[missing]
status = "checked"
source = "Rule of the laboratory that made the form: a subscale is scored when less than a third of its items is missing."

[[reliability]]
kind = "alpha"
score = "skills_use"
value = 0.934
sample = "n = 78 to 80"
status = "checked"

[[reliability]]
kind = "alpha"
score = "dysfunctional_general"
value = 0.926
sample = "n = 78 to 80"
status = "checked"

[[reliability]]
kind = "alpha"
score = "blaming_others"
value = 0.892
sample = "n = 78 to 80"
status = "checked"

[[reliability]]
kind = "alpha"
score = "skills_use"
value = [0.92, 0.96]
sample = "the publication of 2010"
status = "unchecked"
)-----",
"ders16" = r"-----(id = "ders16"
name = "Difficulties in Emotion Regulation Scale, 16 items"
citation = "Bjureberg et al. 2016, doi 10.1007/s10862-015-9514-x"
domain = "emotion regulation"
better = "lower"
n_items = 16
answers = [1, 5]
reversed_items = []
default_score = "total"
traps = [
    "No item is turned and there is no awareness subscale.",
    "Files named after this form have been found to hold the 36-item form: count the columns.",
]
licence = "Not retrieved; no wording is shipped."

[key]
status = "checked"
programs = 1

[subscale_scores]
rule = "sum"
status = "checked"

[subscales.clarity]
items = [1, 2]

[subscales.goals]
items = [3, 7, 15]

[subscales.impulse]
items = [4, 8, 11]

[subscales.strategies]
items = [5, 6, 12, 14, 16]

[subscales.nonacceptance]
items = [9, 10, 13]

[scores.total]
rule = "sum"
range = [16, 80]
status = "checked"

[metrics.mean]
rule = "mean"
status = "unchecked"

[missing]
status = "project default"
source = "No published rule was found. This project prorates the total with at most three of the 16 items missing, subscales of three to five items with at most one, and the two-item subscale not at all."

[[reliability]]
kind = "alpha"
score = "total"
value = [0.92, 0.95]
status = "unchecked"

[[reliability]]
kind = "alpha"
score = "total"
value = 0.93
sample = "a published analysis program"
status = "checked"

[[reliability]]
kind = "retest"
score = "total"
value = 0.85
status = "unchecked"
)-----",
"dts" = r"-----(id = "dts"
name = "Distress Tolerance Scale"
citation = "Simons & Gaher 2005, Motivation and Emotion 29:83–102, doi 10.1007/s11031-005-7955-3"
domain = "distress tolerance"
better = "higher"
n_items = 15
answers = [1, 5]
answers_note = "Published form: 1 strongly agree to 5 strongly disagree (unchecked). Some services number the options the other way; that is the setting `coding = \"opposite\"`."
reversed_items = [6]
default_score = "total"
traps = [
    "Item 6 runs opposite to the other 14. Where 5 stands for strong disagreement item 6 alone is turned; where 5 stands for strong agreement every item except 6 is.",
    "Files are found in both directions of coding, and nothing inside the 15 answers tells which: the whole score is merely mirrored. The plan must say it.",
    "The total is the mean of the four subscale means, not the mean of the 15 items.",
    "Item 6 is sometimes averaged unturned. Use `items_already_reversed` only if the file's column really holds turned answers.",
]
licence = "No licence text was found; no wording is shipped."

[key]
status = "checked"
programs = 3

[subscale_scores]
rule = "mean"
status = "checked"

[subscales.tolerance]
items = [1, 3, 5]

[subscales.absorption]
items = [2, 4, 15]

[subscales.appraisal]
items = [6, 7, 9, 10, 11, 12]

[subscales.regulation]
items = [8, 13, 14]

[scores.total]
rule = "mean_of_subscales"
range = [1, 5]
status = "checked"

[missing]
status = "project default"
source = "No published rule was found. This project prorates each subscale with at most one item missing, and the total with at most three of the 15."

[[reliability]]
kind = "alpha"
score = "total"
value = 0.82
status = "unchecked"

[[reliability]]
kind = "retest_icc"
score = "total"
value = 0.61
sample = "six months"
status = "unchecked"
)-----",
"ffmq15" = r"-----(id = "ffmq15"
name = "Five Facet Mindfulness Questionnaire, 15 items"
citation = "Gu et al. 2016, Psychological Assessment 28:791–802"
domain = "mindfulness"
better = "higher"
n_items = 15
answers = [1, 5]
reversed_items = [3, 4, 7, 8, 9, 13, 14]
default_score = "total"
traps = [
    "Totals with observe (15 to 75) and without it (12 to 60) are both in use. The score `without_observe` leaves it out.",
    "At least one study gave only 14 of the items: count the columns.",
]
licence = "Not retrieved; no wording is shipped."

[key]
status = "checked"
programs = 3

[subscale_scores]
rule = "sum"
status = "checked"

[subscales.observe]
items = [1, 6, 11]

[subscales.describe]
items = [2, 7, 12]

[subscales.act_aware]
items = [3, 8, 13]

[subscales.nonjudge]
items = [4, 9, 14]

[subscales.nonreact]
items = [5, 10, 15]

[scores.total]
rule = "sum"
range = [15, 75]
status = "checked"

[scores.without_observe]
subscales = ["describe", "act_aware", "nonjudge", "nonreact"]
rule = "sum"
range = [12, 60]
status = "checked"

[metrics.mean]
rule = "mean"
status = "unchecked"

[missing]
status = "project default"
source = "No published rule was found. This project prorates the total with at most three of the 15 items missing (two of 12 without observe) and each facet with at most one."
)-----",
"gbo" = r"-----(id = "gbo"
name = "Goal-Based Outcomes"
citation = "Law & Jacob 2015; Law 2019, guidance notes"
domain = "goals"
better = "higher"
n_items = 3
table = "goals"
answers = [0, 10]
answers_note = "Up to three goals of the person's own, each rated from 0 to 10."
reversed_items = []
default_score = "total"
traps = [
    "The goals of two people are never the same, so that Cronbach's alpha and correlations of items say nothing here: a reliable change needs a published threshold.",
    "A mean over whatever goals are rated moves when an easy goal is added or a hard one dropped: the score is of the goals that a person rated the first time, and there is none where one of them is not rated.",
]
licence = "Free to use with attribution (unchecked); no wording is shipped."

[key]
status = "checked"
programs = 1

[scores.total]
rule = "mean"
range = [0, 10]
maximum_missing = 0
status = "checked"

[missing]
status = "project default"
source = "Published practice takes the mean change over a person's goals (checked). What becomes of goals that are not rated again is a choice of this project: no score."

[[reliable_change]]
name = "reliable change index of Edbrooke-Childs et al. 2015, parents of children in community services"
score = "total"
points = 2.45
status = "unchecked"
)-----")
# keys end

# ---------------------------------------------------------------------------------------------------------------------------------
# Part 1. Reading: JSON, TOML, CSV
# ---------------------------------------------------------------------------------------------------------------------------------

# in the program of a pool as well
read_text <- function(path) {
  text <- readChar(path, file.info(path)$size, useBytes = TRUE)
  sub("^\xef\xbb\xbf", "", text, useBytes = TRUE)
}

# JSON, by tokens: a string, a number, a word, or one of {}[]:, . Null becomes NA.
read_json <- function(path) {
  text <- read_text(path)
  pattern <- "\"(?:[^\"\\\\]|\\\\.)*+\"|-?[0-9][0-9.eE+-]*|true|false|null|NaN|-?Infinity|[{}\\[\\]:,]"
  tokens <- regmatches(text, gregexpr(pattern, text, perl = TRUE, useBytes = TRUE))[[1]]
  first <- substr(tokens, 1, 1)
  at <- 1L
  unquote <- function(token) {
    inner <- substr(token, 2, nchar(token, "bytes") - 1)
    if (!grepl("\\", inner, fixed = TRUE)) { Encoding(inner) <- "UTF-8"; return(inner) }
    json_unescape(inner)
  }
  value <- function() {
    token <- tokens[at]; kind <- first[at]; at <<- at + 1L
    if (kind == "{") {
      names <- character(); items <- list()
      while (first[at] != "}") {
        if (first[at] == ",") at <<- at + 1L
        name <- unquote(tokens[at]); at <<- at + 2L
        names[[length(names) + 1L]] <- name
        items[[length(names)]] <- value()
      }
      at <<- at + 1L
      names(items) <- names
      return(items)
    }
    if (kind == "[") {
      items <- list()
      while (first[at] != "]") {
        if (first[at] == ",") at <<- at + 1L
        items[[length(items) + 1L]] <- value()
      }
      at <<- at + 1L
      return(items)
    }
    if (kind == "\"") return(unquote(token))
    switch(token, `true` = TRUE, `false` = FALSE, `null` = NA, `NaN` = NaN, Infinity = Inf, `-Infinity` = -Inf, as.numeric(token))
  }
  value()
}

json_unescape <- function(text) {
  Encoding(text) <- "UTF-8"
  repeat {
    found <- regexpr("\\\\u[0-9a-fA-F]{4}", text)
    if (found < 0) break
    code <- strtoi(substr(text, found + 2, found + 5), 16L)
    text <- paste0(substr(text, 1, found - 1), intToUtf8(code), substr(text, found + 6, nchar(text)))
  }
  for (pair in list(c("\\n", "\n"), c("\\t", "\t"), c("\\\"", "\""), c("\\/", "/"), c("\\\\", "\\")))
    text <- gsub(pair[1], pair[2], text, fixed = TRUE)
  text
}

# TOML, as far as plans and definitions go: tables, arrays of tables, inline tables, arrays, strings, numbers, true and false.
read_toml <- function(path) parse_toml(read_text(path))
parse_toml <- function(text) {
  Encoding(text) <- "UTF-8"
  signs <- strsplit(text, "")[[1]]
  n <- length(signs)
  at <- 1L
  root <- list()
  table <- character()
  skip <- function(lines = TRUE) {
    while (at <= n) {
      sign <- signs[at]
      if (sign == "#") while (at <= n && signs[at] != "\n") at <<- at + 1L
      else if (sign %in% c(" ", "\t", "\r") || (lines && sign == "\n")) at <<- at + 1L
      else break
    }
  }
  quoted <- function() {
    mark <- signs[at]
    if (at + 2L <= n && signs[at + 1L] == mark && signs[at + 2L] == mark) {
      at <<- at + 3L
      start <- at
      while (!(signs[at] == mark && signs[at + 1L] == mark && signs[at + 2L] == mark)) at <<- at + 1L
      out <- paste(signs[seq_len(at - start) + start - 1L], collapse = "")
      at <<- at + 3L
      return(sub("^\n", "", out))
    }
    at <<- at + 1L
    out <- character()
    while (signs[at] != mark) {
      if (signs[at] == "\\" && mark == "\"") {
        at <<- at + 1L
        if (signs[at] %in% c("u", "U")) {
          width <- if (signs[at] == "u") 4L else 8L
          out <- c(out, intToUtf8(strtoi(paste(signs[at + seq_len(width)], collapse = ""), 16L)))
          at <<- at + width + 1L
          next
        }
        out <- c(out, switch(signs[at], n = "\n", t = "\t", r = "\r", b = "\b", f = "\f", signs[at]))
      } else out <- c(out, signs[at])
      at <<- at + 1L
    }
    at <<- at + 1L
    paste(out, collapse = "")
  }
  key <- function() {
    parts <- character()
    repeat {
      skip(FALSE)
      if (signs[at] %in% c("\"", "'")) parts <- c(parts, quoted())
      else {
        start <- at
        while (grepl("[A-Za-z0-9_-]", signs[at])) at <<- at + 1L
        parts <- c(parts, paste(signs[start:(at - 1L)], collapse = ""))
      }
      skip(FALSE)
      if (at <= n && signs[at] == ".") at <<- at + 1L else break
    }
    parts
  }
  value <- function() {
    skip()
    sign <- signs[at]
    if (sign %in% c("\"", "'")) return(quoted())
    if (sign == "[") {
      at <<- at + 1L
      out <- list()
      repeat {
        skip()
        if (signs[at] == "]") { at <<- at + 1L; break }
        if (signs[at] == ",") { at <<- at + 1L; next }
        out[[length(out) + 1L]] <- value()
      }
      plain <- all(vapply(out, function(x) is.atomic(x) && length(x) == 1L, TRUE))
      if (length(out) && plain) return(unlist(out))
      return(out)
    }
    if (sign == "{") {
      at <<- at + 1L
      out <- list()
      repeat {
        skip()
        if (signs[at] == "}") { at <<- at + 1L; break }
        if (signs[at] == ",") { at <<- at + 1L; next }
        name <- key(); skip(); at <<- at + 1L
        out <- put_deep(out, name, value())
      }
      return(out)
    }
    start <- at
    while (at <= n && !(signs[at] %in% c(",", "]", "}", "\n", "#", " ", "\t", "\r"))) at <<- at + 1L
    word <- paste(signs[start:(at - 1L)], collapse = "")
    if (word %in% c("true", "false")) return(word == "true")
    number <- suppressWarnings(as.numeric(gsub("_", "", word)))
    if (is.na(number)) word else number
  }
  repeat {
    skip()
    if (at > n) break
    if (signs[at] == "[") {
      double <- signs[at + 1L] == "["
      at <- at + if (double) 2L else 1L
      table <- key()
      skip(FALSE)
      at <- at + if (double) 2L else 1L
      if (double) {
        entries <- get_deep(root, table)
        table <- c(table, length(entries) + 1L)
        root <- put_deep(root, table, list())
      } else if (is.null(get_deep(root, table))) root <- put_deep(root, table, list())
    } else {
      name <- key(); skip(FALSE); at <- at + 1L
      root <- put_deep(root, c(table, name), value())
    }
  }
  root
}
get_deep <- function(tree, path) {
  for (name in path) {
    index <- suppressWarnings(as.integer(name))
    tree <- if (is.null(names(tree)) && !is.na(index)) { if (index <= length(tree)) tree[[index]] else NULL } else tree[[name]]
    if (is.null(tree)) return(NULL)
  }
  tree
}
put_deep <- function(tree, path, value) {
  index <- suppressWarnings(as.integer(path[1]))
  name <- if (is.null(names(tree)) && !is.na(index) && index == length(tree) + 1L) index
          else if (is.null(names(tree)) && !is.na(index) && index <= length(tree) && length(tree)) index else path[1]
  if (length(path) == 1L) {
    if (is.null(value)) return(tree)
    tree[[name]] <- value
  } else {
    below <- if (is.numeric(name) && name > length(tree)) list() else tree[[name]]
    tree[[name]] <- put_deep(if (is.null(below)) list() else below, path[-1], value)
  }
  tree
}

# up to here
# A table of the study: everything as text, blanks around a cell removed, an empty cell as NA. NULL where there is no such table.
read_table <- function(name, folder = STUDY) {
  path <- file.path(folder, name)
  if (!file.exists(path)) return(NULL)
  out <- read.csv(path, colClasses = "character", na.strings = "", check.names = FALSE, encoding = "UTF-8",
                  fileEncoding = "UTF-8-BOM", strip.white = TRUE)
  out[] <- lapply(out, function(cells) { cells <- trimws(cells); cells[!is.na(cells) & cells == ""] <- NA; cells })
  names(out) <- trimws(names(out))
  out[rowSums(!is.na(out)) > 0, , drop = FALSE]
}
as_number <- function(cells) suppressWarnings(as.numeric(cells))
as_yes <- function(cells) {
  cells <- tolower(cells)
  ifelse(cells %in% c("yes", "y", "true", "1"), TRUE, ifelse(cells %in% c("no", "n", "false", "0"), FALSE, NA))
}
column <- function(table, name) if (is.null(table) || !(name %in% names(table))) rep(NA_character_, NROW(table)) else table[[name]]
# in the program of a pool as well
or <- function(x, default) if (is.null(x)) default else x
# up to here

# ---------------------------------------------------------------------------------------------------------------------------------
# Part 2. The cohort: everyone who started, by the programme they started, with a full grid of people by visits
# ---------------------------------------------------------------------------------------------------------------------------------

# in the program of a pool as well
arguments <- commandArgs(TRUE)
if (length(arguments) < 2) stop("Rscript program.R STUDY results.json")
STUDY <- arguments[1]
# up to here
set.seed(20250101)
# Of what the run printed one thing is read before the end: which of several covariance structures of the main and of the mixed model it came to
# (docs/methods/mmrm.md has their order). Here only unstructured ones are fitted.
# in the program of a pool as well
RUN <- Filter(function(r) identical(r$kind, "estimate"), read_json(arguments[2])$results)
names(RUN) <- vapply(RUN, `[[`, "", "id")
# up to here
structure_of <- function(id) or(or(RUN[[id]]$how, list())$structure, "none")

PLAN <- read_toml(file.path(STUDY, "plan.toml"))
ARMS <- c(full = PLAN$arms$full$value, skills = PLAN$arms$skills$value)
VISITS <- setdiff(names(PLAN$visits), "primary")
START <- VISITS[1]
LATER <- VISITS[-1]
PRIMARY <- PLAN$visits$primary
MEASURES <- names(PLAN$measures)
# What each measure's numbers are: points of a score, a count of episodes, or a yes/no (docs/plan.md). All primary ones are one family.
KIND <- vapply(PLAN$measures, function(m) if (is.null(m$kind)) "score" else m$kind, "")
FAMILY <- MEASURES[vapply(PLAN$measures, function(m) m$role == "primary", TRUE)]
SCORED <- MEASURES[KIND == "score"]
PRIMARIES <- FAMILY[FAMILY %in% SCORED]
LEVEL <- or(PLAN$confidence$level, 0.95)
WEEK <- vapply(VISITS, function(v) as.numeric(or(PLAN$visits[[v]]$week, NA)), 0)
COVARIATES <- as.character(or(PLAN$adjust$covariates, character()))
better <- function(m) if (PLAN$measures[[m]]$better == "higher") 1 else -1

clients <- read_table("clients.csv")
ID <- clients$client_id
N <- length(ID)
FULL <- as.integer(clients$arm == ARMS[["full"]])
ARM <- list(full = FULL == 1, skills = FULL == 0)
started <- as.Date(column(clients, "start_date"))

# A covariate of which most cells are numbers is a number, else it holds levels (docs/data.md), in the order of their text.
covariate <- function(name) {
  cells <- column(clients, name)
  numbers <- as_number(cells)
  if (sum(!is.na(numbers)) > sum(!is.na(cells)) / 2) numbers else factor(cells, levels = sort(unique(cells[!is.na(cells)]), method = "radix"))
}
CHARACTERISTICS <- setNames(lapply(COVARIATES, covariate), COVARIATES)
known <- Reduce(`&`, lapply(CHARACTERISTICS, function(x) !is.na(x)), rep(TRUE, N))

# The units that people may share: the skills group and the 121 therapist.
unit_of <- function(key) { name <- PLAN$adjust[[key]]; if (is.null(name)) rep(NA_character_, N) else column(clients, name) }
GROUP <- unit_of("skills_group")
THERAPIST <- unit_of("therapist")

# A questionnaire with a date and no visit belongs to the visit whose window holds it, of several the nearest to the planned week (docs/plan.md).
visit_by_date <- function(id, date) {
  week <- as.numeric(as.Date(date) - started[match(id, ID)]) / 7
  out <- rep(NA_character_, length(id))
  best <- rep(Inf, length(id))
  for (v in VISITS) {
    window <- PLAN$visits[[v]]$window
    if (is.null(window)) next
    distance <- abs(week - WEEK[[v]])
    inside <- !is.na(week) & week >= window[1] & week <= window[2] & distance < best
    out[inside] <- v
    best[inside] <- distance[inside]
  }
  out
}

# From items to scores (docs/methods/scoring.md).
definition_of <- function(instrument) {
  if (!is.null(KEYS[[instrument]])) return(parse_toml(KEYS[[instrument]]))
  self <- sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE))
  read_toml(file.path(dirname(self), "..", "instruments", "definitions", paste0(instrument, ".toml")))
}
default_cap <- function(n) if (n >= 3) max(1, n %/% 5) else 0
one_score <- function(answers, rule, factor, cap) {
  absent <- rowSums(is.na(answers))
  mean <- rowMeans(answers, na.rm = TRUE)
  mean[absent > cap] <- NA
  factor * if (rule == "sum") mean * ncol(answers) else mean
}
# The columns of the answers: q01 to the last, or the only ones that are numbered from 1 to the last in another way, such as PHQ9_1.
answered_in <- function(table, n) {
  columns <- sprintf("q%02d", seq_len(n))
  numbered <- grep("^.*[^0-9]0*[1-9][0-9]*$", names(table), value = TRUE)
  if (all(columns %in% names(table)) || length(numbered) == 0) return(columns)
  number <- as.integer(sub("^.*[^0-9]", "", numbered))
  stem <- gsub("[_. -]", "", tolower(sub("[0-9]+$", "", numbered)))
  whole <- Filter(function(of) identical(sort(number[stem == of]), seq_len(n)), unique(stem))
  if (length(whole) != 1) return(columns)
  numbered[stem == whole][order(number[stem == whole])]
}
turned_answers <- function(table, key, scoring) {
  columns <- answered_in(table, key$n_items)
  answers <- sapply(columns, function(name) as_number(column(table, name)))
  dim(answers) <- c(nrow(table), key$n_items)
  turn <- as.integer(or(key$reversed_items, integer()))
  if (identical(scoring$coding, "opposite")) turn <- setdiff(seq_len(key$n_items), turn)
  if (isTRUE(scoring$items_already_reversed)) turn <- if (identical(scoring$coding, "opposite")) seq_len(key$n_items) else integer()
  if (!is.null(scoring$reverse_items)) turn <- as.integer(scoring$reverse_items)
  answers[, turn] <- sum(key$answers) - answers[, turn]
  answers
}
items_of <- function(key, name) {
  score <- key$scores[[name]]
  if (!is.null(key$subscales[[name]])) return(as.integer(key$subscales[[name]]$items))
  if (!is.null(score$items)) return(as.integer(score$items))
  if (!is.null(score$subscales)) return(sort(unlist(lapply(score$subscales, function(s) as.integer(key$subscales[[s]]$items)))))
  seq_len(key$n_items)
}
scored <- function(table, instrument, scoring) {
  key <- definition_of(instrument)
  answers <- turned_answers(table, key, scoring)
  name <- or(scoring$score, key$default_score)
  cap_of <- function(entry, n, whole) or(scoring$maximum_missing, or(entry$maximum_missing, or(if (whole) key$missing$maximum_missing, default_cap(n))))
  if (!is.null(key$subscales[[name]])) {
    items <- items_of(key, name)
    rule <- or(key$subscales[[name]]$rule, key$subscale_scores$rule)
    return(one_score(answers[, items, drop = FALSE], rule, or(key$subscale_scores$factor, 1), cap_of(key$subscales[[name]], length(items), FALSE)))
  }
  entry <- key$scores[[name]]
  if (is.null(entry)) { entry <- key$metrics[[name]]; items <- items_of(key, key$default_score) } else items <- items_of(key, name)
  cap <- cap_of(entry, length(items), TRUE)
  if (entry$rule != "mean_of_subscales") return(one_score(answers[, items, drop = FALSE], entry$rule, or(entry$factor, 1), cap))
  parts <- sapply(names(key$subscales), function(s) {
    part <- as.integer(key$subscales[[s]]$items)
    one_score(answers[, part, drop = FALSE], "mean", 1, or(key$subscales[[s]]$maximum_missing, default_cap(length(part))))
  })
  out <- rowMeans(matrix(parts, nrow(answers)))
  out[rowSums(is.na(answers)) > cap] <- NA
  out
}

# Cronbach's alpha of the items at the first questionnaire of each person, where the plan has no reliability (docs/methods/reliable_change.md).
ALPHA <- list()
cronbach <- function(answers) {
  answers <- answers[rowSums(is.na(answers)) == 0, , drop = FALSE]
  k <- ncol(answers)
  k / (k - 1) * (1 - sum(apply(answers, 2, var)) / var(rowSums(answers)))
}

# One row for each questionnaire: who, visit, score. A measure comes from the items of its instrument or from scores.csv.
SCORES_TABLE <- read_table("scores.csv")
GOALS_TABLE <- read_table("goals.csv")
of_goals <- function(instrument) !is.null(instrument) && identical(definition_of(instrument)$table, "goals")
# A person's own goals (docs/methods/scoring.md): the mean of those rated the first time, where all of them are rated.
scored_goals <- function() {
  table <- GOALS_TABLE
  visit <- column(table, "visit"); date <- column(table, "date")
  when <- ifelse(is.na(visit), as.character(date), "")
  table$occasion <- paste(table$client_id, ifelse(is.na(visit), "", visit), when, sep = "\n")
  first_row <- !duplicated(table$occasion)
  out <- data.frame(client_id = table$client_id[first_row], visit = visit[first_row], date = date[first_row], score = NA_real_)
  occasions <- table$occasion[first_row]
  rating <- as_number(table$rating)
  for (id in unique(out$client_id)) {
    mine <- which(out$client_id == id)
    mine <- mine[order(match(out$visit[mine], VISITS), out$date[mine])]
    own <- NULL
    for (row in mine) {
      these <- table$occasion == occasions[row] & !is.na(rating)
      if (!any(these)) next
      if (is.null(own)) own <- table$goal[these]
      at <- match(own, table$goal[these])
      out$score[row] <- mean(rating[these][at])
    }
  }
  out
}
NO_WINDOW <- list()
questionnaires <- function(m) {
  spec <- PLAN$measures[[m]]
  goals <- of_goals(spec$instrument)
  if (goals) {
    table <- scored_goals()
    score <- table$score
  } else if (!is.null(spec$instrument)) {
    table <- read_table(file.path("items", paste0(spec$instrument, ".csv")))
    score <- scored(table, spec$instrument, spec$scoring)
  } else {
    table <- SCORES_TABLE[SCORES_TABLE$measure == m, , drop = FALSE]
    score <- as_number(table$score)
  }
  visit <- column(table, "visit")
  blank <- is.na(visit)
  visit[blank] <- visit_by_date(table$client_id[blank], column(table, "date")[blank])
  out <- data.frame(id = table$client_id, visit = visit, score = score, date = column(table, "date"))
  if (!is.null(spec$instrument) && !goals) {
    key <- definition_of(spec$instrument)
    in_time <- order(match(out$id, ID), out$date, match(out$visit, VISITS))
    first <- in_time[!duplicated(out$id[in_time])]
    ALPHA[[m]] <<- tryCatch(cronbach(turned_answers(table, key, spec$scoring)[first, items_of(key, or(spec$scoring$score, key$default_score)), drop = FALSE]),
                            error = function(e) NA)
  }
  out
}
grid_of <- function(m) {
  rows <- questionnaires(m)
  NO_WINDOW[[m]] <<- unique(rows$id[is.na(rows$visit) & !is.na(rows$score)])
  rows <- rows[!is.na(rows$visit) & rows$id %in% ID, ]
  grid <- matrix(NA_real_, N, length(VISITS), dimnames = list(ID, VISITS))
  grid[cbind(match(rows$id, ID), match(rows$visit, VISITS))] <- rows$score
  grid
}
GRID <- setNames(lapply(MEASURES, grid_of), MEASURES)

# The people of the main comparison: a score at the start, all covariates, and a later score.
compared <- function(m) !is.na(GRID[[m]][, START]) & known & rowSums(!is.na(GRID[[m]][, LATER, drop = FALSE])) > 0

# Whether a person completed: TRUE, FALSE or NA where nobody knows (docs/plan.md, docs/methods/completion.md).
ATTENDANCE <- read_table("attendance.csv")
longest_run <- function(missed) { runs <- rle(missed); max(0, runs$lengths[runs$values]) }
by_rule <- function(stream, minimum, longest) {
  table <- ATTENDANCE[ATTENDANCE$status != "cancelled_by_service" & ATTENDANCE$client_id %in% ID, , drop = FALSE]
  if (stream != "any") table <- table[table$kind == stream, , drop = FALSE]
  order_in_time <- if ("date" %in% names(table) && !all(is.na(table$date))) as.numeric(as.Date(table$date)) else as_number(table$week)
  out <- rep(NA, N)
  for (i in which(ID %in% table$client_id)) {
    mine <- table$client_id == ID[i]
    status <- table$status[mine]; kind <- table$kind[mine]; when <- order_in_time[mine]
    runs <- vapply(unique(kind), function(k) { these <- kind == k; longest_run((status != "attended")[these][order(when[these])]) }, 0)
    out[i] <- mean(status == "attended") >= minimum - 1e-12 && max(runs) < longest
  }
  out
}
COMPLETION <- PLAN$completion
RULE <- or(COMPLETION$rule, list())
MINIMUM <- or(RULE$minimum_share, 0.75)
LONGEST <- if (is.null(COMPLETION$rule)) 4 else or(RULE$longest_run_missed, Inf)   # a rule that names no run knows none
COMPLETED <- if (!is.null(COMPLETION$column)) as_yes(column(clients, COMPLETION$column)) else if (!is.null(COMPLETION$rule) && !is.null(ATTENDANCE))
  by_rule(or(RULE$stream, "any"), MINIMUM, LONGEST) else rep(NA, N)

# ---------------------------------------------------------------------------------------------------------------------------------
# What is computed here is put under the id that the run gives it.
# `kind` says how closely it must agree: "closed" (a closed form), "iterated" (found by steps), "drawn" (Monte Carlo, with `within`:
# for each statistic that has a Monte-Carlo error from where to where chance may move it in the run, four errors of the difference of both programs).
# ---------------------------------------------------------------------------------------------------------------------------------
# in the program of a pool as well
HERE <- new.env()
put <- function(id, value, se = NULL, df = NULL, low = NULL, high = NULL, p_value = NULL, df2 = NULL, kind = "closed", within = NULL)
  assign(id, list(value = value, se = se, df = df, df2 = df2, low = low, high = high, p_value = p_value, kind = kind, within = within), HERE)
put_list <- function(id, x, kind = "closed") put(id, x$value, x$se, x$df, x$low, x$high, x$p_value, x$df2, kind)
has <- function(id) exists(id, HERE, inherits = FALSE)
got <- function(id) if (has(id)) get(id, HERE) else NULL
# up to here

# ---------------------------------------------------------------------------------------------------------------------------------
# Part 3. Methods
# ---------------------------------------------------------------------------------------------------------------------------------

# in the program of a pool as well
# An estimate with its t interval (normal where df is infinite) at the plan's level.
with_t <- function(value, se, df, level = LEVEL) {
  half <- qt(1 - (1 - level) / 2, df) * se
  list(value = value, se = se, df = if (is.finite(df)) df, low = value - half, high = value + half, p_value = 2 * pt(-abs(value / se), df))
}
# up to here
wilson <- function(x, n, z = qnorm(1 - (1 - LEVEL) / 2)) {
  p <- x / n
  middle <- (p + z^2 / (2 * n)) / (1 + z^2 / n)
  half <- z / (1 + z^2 / n) * sqrt(p * (1 - p) / n + z^2 / (4 * n^2))
  list(value = p, low = if (x == 0) 0 else middle - half, high = if (x == n) 1 else middle + half)
}
newcombe <- function(x1, n1, x0, n0) {
  one <- wilson(x1, n1); zero <- wilson(x0, n0); d <- one$value - zero$value
  list(value = d, low = d - sqrt((one$value - one$low)^2 + (zero$high - zero$value)^2), high = d + sqrt((one$high - one$value)^2 + (zero$value - zero$low)^2))
}
# Hedges' exact small-sample factor (docs/methods/effect_size.md).
J <- function(df) exp(lgamma(df / 2) - lgamma((df - 1) / 2)) / sqrt(df / 2)
pooled_sd <- function(x1, x0) sqrt(((length(x1) - 1) * var(x1) + (length(x0) - 1) * var(x0)) / (length(x1) + length(x0) - 2))
# A model's difference as an effect size, signed so that positive favours the full programme: delta method, t on the model's df.
adjusted_g <- function(fit, m, start, full) {
  x <- start[full == 1]; y <- start[full == 0]
  nu <- length(x) + length(y) - 2
  s <- pooled_sd(x, y)
  d <- better(m) * fit$value / s
  se <- J(nu) * sqrt(fit$se^2 / s^2 + d^2 / (2 * nu))
  half <- qt(1 - (1 - LEVEL) / 2, or(fit$df, Inf)) * se
  list(value = J(nu) * d, se = se, low = J(nu) * d - half, high = J(nu) * d + half)
}
# Standardised differences; several levels at once: Yang & Dalton (2012). Weights move the means, never the standard deviations.
smd_number <- function(x, full, w = rep(1, length(x))) {
  use <- !is.na(x)
  x <- x[use]; full <- full[use]; w <- w[use]
  (weighted.mean(x[full == 1], w[full == 1]) - weighted.mean(x[full == 0], w[full == 0])) / sqrt((var(x[full == 1]) + var(x[full == 0])) / 2)
}
smd_levels <- function(x, full, w = rep(1, length(x))) {
  use <- !is.na(x)
  x <- x[use]; full <- full[use]; w <- w[use]
  shares <- function(arm, w) vapply(levels(x)[-1], function(l) weighted.mean(x[full == arm] == l, w[full == arm]), 0)
  p1 <- shares(1, rep(1, length(x))); p0 <- shares(0, rep(1, length(x)))
  S <- (diag(p1, length(p1)) - outer(p1, p1) + diag(p0, length(p0)) - outer(p0, p0)) / 2
  d <- shares(1, w) - shares(0, w)
  if (length(d) == 1) d / sqrt(S[1]) else sqrt(drop(d %*% solve(S, d)))
}
smd <- function(x, full, w = rep(1, length(x))) if (is.factor(x)) smd_levels(x, full, w) else smd_number(x, full, w)

# --- Designs ----------------------------------------------------------------------------------------------------------------------
# The columns of characteristics for some people: numbers as they are, levels as indicators against the first; what is the same for everybody
# at hand is left out, and so is a column that repeats others.
columns_of <- function(characteristics, use) {
  out <- NULL
  for (name in names(characteristics)) {
    x <- characteristics[[name]][use]
    if (is.factor(x)) {
      for (l in levels(droplevels(x))[-1]) { out <- cbind(out, as.numeric(x == l)); colnames(out)[ncol(out)] <- paste0(name, ":", l) }
    } else { out <- cbind(out, x); colnames(out)[ncol(out)] <- name }
  }
  if (is.null(out)) out <- matrix(0, sum(use), 0)
  out[, apply(out, 2, function(x) length(unique(x)) > 1), drop = FALSE]
}
full_rank <- function(X, tolerance = 1e-9) {
  q <- qr(scale(X, center = FALSE, scale = pmax(sqrt(colSums(X^2)), 1e-300)), tol = tolerance)
  X[, sort(q$pivot[seq_len(q$rank)]), drop = FALSE]
}

# --- Who shares what ------------------------------------------------------------------------------------------------------------------
# Skills groups where the plan names them, else therapists; people without one stand alone (docs/methods/ancova.md). Units that nobody in the study
# shares are none.
alone <- function(unit, use) { out <- unit[use]; blank <- is.na(out); out[blank] <- paste0("alone:", ID[use][blank]); out }
shared <- function(unit) any(duplicated(unit[!is.na(unit)]))
CLUSTER <- if (shared(GROUP)) GROUP else if (shared(THERAPIST)) THERAPIST
# Four units in all and two in each arm. People without a group are units of their own where most of an arm's people are.
enough <- function(unit, use, full = FULL) {
  per_arm <- lapply(unique(full[use]), function(a) {
    mine <- unit[use & full == a]
    c(unique(mine[!is.na(mine)]), if (mean(is.na(mine)) > 0.5) paste0("alone", a, seq_len(sum(is.na(mine)))))
  })
  length(unique(unlist(per_arm))) >= 4 && all(lengths(per_arm) >= 2)
}
cluster_for <- function(use) if (!is.null(CLUSTER) && enough(CLUSTER, use)) alone(CLUSTER, use) else NULL

# --- CR2, one for all models ------------------------------------------------------------------------------------------------------------
# Bell & McCaffrey (2002), Pustejovsky & Tipton (2018): working variances V_g = D'D of the units, weights their inverse, M = (X'WX)^-1,
# A_g = D' (D (V_g - X_g M X_g') D')^(-1/2) D. The standard error of l'b and Satterthwaite's degrees of freedom.
inverse_root <- function(B) {
  e <- eigen((B + t(B)) / 2, symmetric = TRUE)
  keep <- e$values > 1e-10 * max(e$values, 1e-300)
  e$vectors[, keep, drop = FALSE] %*% (t(e$vectors[, keep, drop = FALSE]) / sqrt(e$values[keep]))
}
cr2 <- function(units, M, L) {
  L <- as.matrix(L)
  influence <- lapply(units, function(u) {
    D <- chol(u$V)
    A <- t(D) %*% inverse_root(D %*% (u$V - u$X %*% M %*% t(u$X)) %*% t(D)) %*% D
    A %*% chol2inv(D) %*% u$X %*% M %*% L
  })
  lapply(seq_len(ncol(L)), function(j) {
    total <- sum(mapply(function(c, u) sum(c[, j] * u$e)^2, influence, units))
    own <- mapply(function(c, u) sum(c[, j] * (u$V %*% c[, j])), influence, units)
    G <- mapply(function(c, u) t(u$X) %*% c[, j], influence, units)
    G <- matrix(G, nrow(M))
    P <- diag(own, length(own)) - t(G) %*% M %*% G
    list(se = sqrt(total), df = sum(diag(P))^2 / sum(P^2))
  })
}

# --- Least squares (docs/methods/ancova.md) ---------------------------------------------------------------------------------------------
# With clusters CR2, else HC3 with t on n - k. `l` says which combination of the coefficients is asked.
ols <- function(X, y) {
  q <- qr(X)
  M <- chol2inv(qr.R(q))[order(q$pivot), order(q$pivot), drop = FALSE]
  list(X = X, y = y, b = qr.coef(q, y), e = qr.resid(q, y), M = M, h = rowSums((X %*% M) * X))
}
split_rows <- function(cluster) split(seq_along(cluster), cluster)
robust <- function(fit, l, cluster = NULL, apart = TRUE) {
  value <- sum(l * fit$b)
  # Somebody alone in a level (leverage one) informs that level's coefficient and nothing else: spread and df are those without that person.
  lone <- fit$h > 1 - 1e-9
  if (apart && any(lone)) {
    X <- full_rank(fit$X[!lone, , drop = FALSE])
    fit <- ols(X, fit$y[!lone])
    l <- l[match(colnames(X), names(l))]
    cluster <- cluster[!lone]
  }
  if (is.null(cluster)) {
    return(with_t(value, sqrt(sum((fit$e / (1 - fit$h) * (fit$X %*% fit$M %*% l))^2)), nrow(fit$X) - ncol(fit$X)))
  }
  units <- lapply(split_rows(cluster), function(r) list(X = fit$X[r, , drop = FALSE], V = diag(length(r)), e = fit$e[r]))
  spread <- cr2(units, fit$M, l)[[1]]
  with_t(value, spread$se, spread$df)
}
unit_vector <- function(X, name) setNames(as.numeric(colnames(X) == name), colnames(X))

# Shares differ by no more than the whole.
cut_off_one <- function(x) { x$low <- max(x$low, -1); x$high <- min(x$high, 1); x }
# --- Logistic regression and standardisation (docs/methods/completion.md) -----------------------------------------------------------------
# Steps by the information, halved until the (penalised) likelihood rises; `fixed` holds a coefficient for profiles.
logistic <- function(X, y, firth = FALSE, offset = 0, steps = 200) {
  b <- rep(0, ncol(X))
  objective <- function(b) {
    eta <- drop(X %*% b) + offset
    p <- plogis(eta)
    out <- sum(ifelse(y == 1, plogis(eta, log.p = TRUE), plogis(-eta, log.p = TRUE)))
    if (firth) out <- out + 0.5 * as.numeric(determinant(crossprod(PENALTY_X(X) * sqrt(p * (1 - p))))$modulus)
    out
  }
  PENALTY_X <- function(X) if (is.null(attr(X, "whole"))) X else attr(X, "whole")
  now <- objective(b)
  for (i in seq_len(steps)) {
    p <- plogis(drop(X %*% b) + offset)
    w <- p * (1 - p)
    gap <- y - p
    if (firth) {
      Z <- PENALTY_X(X)
      R <- qr.Q(qr(Z * sqrt(w)))
      gap <- gap + rowSums(R^2) * (0.5 - p)
    }
    score <- crossprod(X, gap)
    step <- tryCatch(drop(solve(crossprod(X * sqrt(w)), score)), error = function(e) NULL)
    if (is.null(step)) return(list(b = b, value = now, p = p, settled = FALSE, score = score))
    size <- 1
    repeat {
      then <- objective(b + size * step)
      if (is.finite(then) && then >= now - 1e-13 * abs(now)) break
      size <- size / 2
      if (size < 1e-8) break
    }
    b <- b + size * step
    now <- then
    if (max(abs(size * step)) < 1e-11 * (1 + max(abs(b)))) break
  }
  list(b = b, value = now, p = plogis(drop(X %*% b) + offset), settled = i < steps, score = score)
}
# Limits where the (penalised) likelihood has fallen by half a chi-squared quantile; the likelihood-ratio test of no effect.
profile_limits <- function(X, y, name, firth, fit, level = LEVEL) {
  j <- which(colnames(X) == name)
  rest <- X[, -j, drop = FALSE]
  if (firth) attr(rest, "whole") <- X
  at <- function(value) logistic(rest, y, firth, offset = X[, j] * value)$value
  drop_by <- qchisq(level, 1) / 2
  p <- fit$p
  se <- sqrt(solve(crossprod(X * sqrt(p * (1 - p))))[j, j])
  f <- function(value) fit$value - at(value) - drop_by
  side <- function(sign) { far <- fit$b[j] + sign * 2 * se; while (f(far) < 0) far <- far + sign * se; uniroot(f, sort(c(fit$b[j], far)), tol = 1e-10)$root }
  list(low = side(-1), high = side(1), p_value = pchisq(2 * (fit$value - at(0)), 1, lower.tail = FALSE))
}
# Firth's likelihood where the covariates separate, or one of the four cells of arm by outcome holds fewer than five people.
wants_firth <- function(y, full, fit) min(table(factor(y, 0:1), factor(full, 0:1))) < 5 || !fit$settled || any(fit$p < 1e-6 | fit$p > 1 - 1e-6)
standardised <- function(X, y, full, cluster, firth = NA, over = X) {
  fit <- logistic(X, y)
  if (is.na(firth)) firth <- wants_firth(y, full, fit)
  if (firth) fit <- logistic(X, y, TRUE)
  w <- fit$p * (1 - fit$p)
  M <- solve(crossprod(X * sqrt(w)))
  gap <- y - fit$p
  if (firth) gap <- gap + rowSums((X %*% M) * X) * w * (0.5 - fit$p)
  arm <- which(colnames(X) == "arm")
  side <- lapply(c(1, 0), function(a) {
    Z <- over
    Z[, arm] <- a
    p <- plogis(drop(Z %*% fit$b))
    list(mean = mean(p), gradient = colMeans(Z * (p * (1 - p))))
  })
  to_ratio <- function(means) side[[1]]$gradient / means[1] - side[[2]]$gradient / means[2]
  did <- c(side[[1]]$mean, side[[2]]$mean)
  L <- cbind(side[[1]]$gradient - side[[2]]$gradient, to_ratio(did), to_ratio(did - 1))
  spread <- if (is.null(cluster)) lapply(1:3, function(j) list(se = sqrt(drop(L[, j] %*% M %*% L[, j])), df = Inf)) else {
    units <- lapply(split_rows(cluster), function(r) list(X = X[r, , drop = FALSE], V = diag(1 / w[r], length(r)), e = (gap / w)[r]))
    cr2(units, M, L)
  }
  on_logarithm <- function(shares, by) {
    ratio <- with_t(log(shares[1] / shares[2]), by$se, by$df)
    ratio[c("value", "low", "high")] <- lapply(ratio[c("value", "low", "high")], exp)
    ratio
  }
  list(difference = cut_off_one(with_t(did[1] - did[2], spread[[1]]$se, spread[[1]]$df)), ratio = on_logarithm(did, spread[[2]]),
    ratio_of_others = on_logarithm(1 - did, spread[[3]]), fit = fit, firth = firth)
}

# --- The repeated-measures model, MMRM (docs/methods/mmrm.md) --------------------------------------------------------------------------
# y_i = X_i b + e_i, covariance V of the visits, unstructured, by REML. A row of `Z` holds what has an effect at every visit, a row of `C` what
# has one effect. People with the same visits seen make a pattern; sums of products of (z, c, y) over a pattern are all that is needed.
mmrm_sums <- function(Z, C, Y, weight = rep(1, nrow(Y))) {
  seen <- !is.na(Y)
  key <- apply(seen, 1, function(s) paste(as.integer(s), collapse = ""))
  W <- cbind(Z, C, Y)
  W[is.na(W)] <- 0
  patterns <- lapply(sort(unique(key[weight != 0])), function(k) {
    rows <- key == k & weight != 0
    list(seen = which(seen[which(rows)[1], ]), n = sum(weight[rows]), S = crossprod(W[rows, , drop = FALSE] * sqrt(weight[rows])))
  })
  list(patterns = patterns, T = ncol(Y), nz = ncol(Z), nc = ncol(C), key = key, W = W)
}
# in the program of a pool as well
# Sum over the patterns of X'[Q]X and X'[Q]y, where Q_p is a matrix of visits by visits.
x_q_x <- function(m, Q) {
  T <- m$T; nz <- m$nz; nc <- m$nc; k <- nz * T + nc
  out <- matrix(0, k, k)
  z <- seq_len(nz); c <- nz + seq_len(nc); top <- seq_len(nz * T); end <- nz * T + seq_len(nc)
  for (i in seq_along(Q)) {
    S <- m$patterns[[i]]$S
    out[top, top] <- out[top, top] + kronecker(Q[[i]], S[z, z, drop = FALSE])
    if (nc) {
      out[top, end] <- out[top, end] + kronecker(rowSums(Q[[i]]), S[z, c, drop = FALSE])
      out[end, top] <- out[end, top] + kronecker(t(colSums(Q[[i]])), S[c, z, drop = FALSE])
      out[end, end] <- out[end, end] + sum(Q[[i]]) * S[c, c]
    }
  }
  out
}
x_q_r <- function(m, Q, B) {          # X'[Q]r for r = W B: B is the identity's columns of y, or what makes residuals
  T <- m$T; nz <- m$nz; nc <- m$nc
  out <- numeric(nz * T + nc)
  z <- seq_len(nz); c <- nz + seq_len(nc)
  for (i in seq_along(Q)) {
    G <- m$patterns[[i]]$S %*% B %*% t(Q[[i]])
    out[seq_len(nz * T)] <- out[seq_len(nz * T)] + as.vector(G[z, , drop = FALSE])
    if (nc) out[nz * T + seq_len(nc)] <- out[nz * T + seq_len(nc)] + rowSums(G[c, , drop = FALSE])
  }
  out
}
residual_maker <- function(m, beta) {
  B <- rbind(-matrix(beta[seq_len(m$nz * m$T)], m$nz), matrix(-beta[m$nz * m$T + seq_len(m$nc)], m$nc, m$T), diag(m$T))
  B
}
lower <- function(T) which(lower.tri(diag(T), TRUE), arr.ind = TRUE)
directions <- function(T) { at <- lower(T); lapply(seq_len(nrow(at)), function(i) { D <- matrix(0, T, T); D[at[i, 1], at[i, 2]] <- 1; D[at[i, 2], at[i, 1]] <- 1; D }) }
# Everything at one covariance matrix: the log-likelihood, the score, and (on demand) the information of its elements.
mmrm_at <- function(m, V, information = TRUE, D = directions(m$T)) {
  T <- m$T
  inverse <- lapply(m$patterns, function(p) { W <- matrix(0, T, T); W[p$seen, p$seen] <- chol2inv(chol(V[p$seen, p$seen, drop = FALSE])); W })
  XWX <- x_q_x(m, inverse)
  U <- chol(XWX)
  Phi <- chol2inv(U)
  Y <- rbind(matrix(0, m$nz + m$nc, T), diag(T))
  beta <- drop(Phi %*% x_q_r(m, inverse, Y))
  B <- residual_maker(m, beta)
  index <- lapply(seq_len(T), function(t) c((t - 1) * m$nz + seq_len(m$nz), m$nz * T + seq_len(m$nc)))
  x <- seq_len(m$nz + m$nc)
  value <- -sum(log(diag(U)))
  gradient <- matrix(0, T, T)
  R <- list()
  for (i in seq_along(m$patterns)) {
    p <- m$patterns[[i]]; W <- inverse[[i]]
    R[[i]] <- crossprod(B, p$S %*% B)
    SP <- matrix(0, T, T)
    for (s in p$seen) for (t in p$seen) if (s <= t) SP[s, t] <- SP[t, s] <- sum(p$S[x, x] * Phi[index[[s]], index[[t]]])
    gradient <- gradient + p$n * W - W %*% (R[[i]] + SP) %*% W
    value <- value - 0.5 * (p$n * as.numeric(determinant(V[p$seen, p$seen, drop = FALSE])$modulus) + sum(W * R[[i]]))
  }
  out <- list(value = value, beta = beta, Phi = Phi, score = vapply(D, function(d) -0.5 * sum(d * gradient), 0), V = V, inverse = inverse, D = D, B = B)
  if (!information) return(out)
  q <- length(D)
  out$P <- lapply(D, function(d) x_q_x(m, lapply(inverse, function(W) W %*% d %*% W)))
  XD <- vapply(D, function(d) x_q_r(m, lapply(inverse, function(W) W %*% d %*% W), B), numeric(length(beta)))
  expected <- observed <- matrix(0, q, q)
  out$Q <- vector("list", q * q)
  PPhi <- lapply(out$P, function(P) P %*% Phi)
  for (i in seq_len(q)) for (j in seq_len(i)) {
    WDWDW <- lapply(inverse, function(W) W %*% D[[i]] %*% W %*% D[[j]] %*% W)
    Q <- x_q_x(m, WDWDW)
    out$Q[[(i - 1) * q + j]] <- Q
    trace <- sum(mapply(function(p, W) p$n * sum((W %*% D[[i]]) * t(W %*% D[[j]])), m$patterns, inverse))
    expected[i, j] <- expected[j, i] <- 0.5 * (trace - 2 * sum(Phi * t(Q)) + sum(PPhi[[i]] * t(PPhi[[j]])))
    square <- sum(mapply(function(r, W) sum(W * r), R, WDWDW)) - drop(XD[, i] %*% Phi %*% XD[, j])
    observed[i, j] <- observed[j, i] <- square - expected[i, j]
  }
  out$expected <- expected
  out$observed <- observed
  out
}
positive <- function(V) { e <- eigen(V, symmetric = TRUE, only.values = TRUE)$values; min(e) > 1e-10 * max(e) }
fill_lower <- function(theta, T) { V <- matrix(0, T, T); V[lower.tri(V, TRUE)] <- theta; V + t(V) - diag(diag(V), T) }
mmrm_start <- function(m) {
  total <- Reduce(`+`, lapply(m$patterns, `[[`, "S"))
  T <- m$T; x <- seq_len(m$nz + m$nc)
  diag(vapply(seq_len(T), function(t) {
    p <- Filter(function(p) t %in% p$seen, m$patterns)
    S <- Reduce(`+`, lapply(p, `[[`, "S")); n <- sum(vapply(p, `[[`, 0, "n"))
    y <- m$nz + m$nc + t
    (S[y, y] - drop(S[y, x] %*% qr.coef(qr(S[x, x] + diag(1e-10 * diag(S)[x], length(x))), S[x, y]))) / n
  }, 0), T)
}
# Newton's steps on the restricted likelihood, halved until it rises; scoring steps where the surface does not bend down.
mmrm_fit <- function(m, V = mmrm_start(m), most = 100) {
  T <- m$T
  theta <- V[lower.tri(V, TRUE)]
  now <- mmrm_at(m, V)
  for (i in seq_len(most)) {
    bends <- min(eigen(now$observed, symmetric = TRUE, only.values = TRUE)$values) > 1e-9 * max(abs(now$observed))
    step <- drop(solve(if (bends) now$observed else now$expected, now$score))
    size <- 1
    repeat {
      V <- fill_lower(theta + size * step, T)
      if (positive(V)) {
        then <- mmrm_at(m, V)
        if (then$value >= now$value - 1e-10 * (1 + abs(now$value))) break
      }
      size <- size / 2
      if (size < 1e-9) stop("the likelihood does not rise")
    }
    theta <- theta + size * step
    rise <- sum(step * now$score)
    now <- then
    if (rise < 1e-16) break
  }
  now$bends <- bends
  now
}
# Kenward & Roger (1997) in the covariance elements, degrees of freedom by the inverse of the observed information.
kenward_roger <- function(fit) {
  w <- solve(fit$observed)
  q <- length(fit$D); Phi <- fit$Phi
  inner <- matrix(0, nrow(Phi), ncol(Phi))
  for (i in seq_len(q)) for (j in seq_len(q)) {
    Q <- if (j <= i) fit$Q[[(i - 1) * q + j]] else t(fit$Q[[(j - 1) * q + i]])
    inner <- inner + w[i, j] * (Q - fit$P[[i]] %*% Phi %*% fit$P[[j]])
  }
  list(w = w, Phi = Phi, adjusted = Phi + 2 * Phi %*% inner %*% Phi)
}
contrast <- function(fit, kr, l) {
  v <- drop(l %*% kr$Phi %*% l)
  g <- vapply(fit$P, function(P) drop(l %*% kr$Phi %*% P %*% kr$Phi %*% l), 0)
  with_t(sum(l * fit$beta), sqrt(drop(l %*% kr$adjusted %*% l)), 2 * v^2 / drop(g %*% kr$w %*% g))
}
# up to here
# Several contrasts at once: the scaled F of Kenward & Roger, p. 987.
joint_test <- function(fit, kr, L) {
  q <- ncol(L); Phi <- kr$Phi
  Theta <- L %*% solve(t(L) %*% Phi %*% L) %*% t(L)
  TP <- lapply(fit$P, function(P) Theta %*% Phi %*% P %*% Phi)
  A1 <- A2 <- 0
  for (i in seq_along(TP)) for (j in seq_along(TP)) {
    A1 <- A1 + kr$w[i, j] * sum(diag(TP[[i]])) * sum(diag(TP[[j]]))
    A2 <- A2 + kr$w[i, j] * sum(TP[[i]] * t(TP[[j]]))
  }
  B <- (A1 + 6 * A2) / (2 * q)
  g <- ((q + 1) * A1 - (q + 4) * A2) / ((q + 2) * A2)
  bottom <- 3 * q + 2 * (1 - g)
  expected <- 1 / (1 - A2 / q)
  variance <- 2 / q * (1 + g / bottom * B) / ((1 - (q - g) / bottom * B)^2 * (1 - (q + 2 - g) / bottom * B))
  rho <- variance / (2 * expected^2)
  df2 <- 4 + (q + 2) / (q * rho - 1)
  lambda <- df2 / (expected * (df2 - 2))
  b <- drop(t(L) %*% fit$beta)
  F <- lambda / q * drop(b %*% solve(t(L) %*% kr$adjusted %*% L, b))
  list(value = F, df = q, df2 = df2, p_value = pf(F, q, df2, lower.tail = FALSE))
}
# The standard error by clusters, CR2 with the fitted covariance as working model.
mmrm_units <- function(fit, m, Z, C, Y, cluster) {
  T <- m$T
  lapply(split_rows(cluster), function(rows) {
    X <- e <- NULL; sizes <- list()
    for (i in rows) {
      o <- which(!is.na(Y[i, ]))
      if (!length(o)) next
      for (t in o) {
        x <- numeric(m$nz * T + m$nc)
        x[(t - 1) * m$nz + seq_len(m$nz)] <- Z[i, ]
        x[m$nz * T + seq_len(m$nc)] <- C[i, ]
        X <- rbind(X, x)
      }
      e <- c(e, Y[i, o]); sizes[[length(sizes) + 1]] <- o
    }
    V <- matrix(0, nrow(X), nrow(X)); at <- 0
    for (o in sizes) { V[at + seq_along(o), at + seq_along(o)] <- fit$V[o, o]; at <- at + length(o) }
    list(X = X, V = V, e = e - drop(X %*% fit$beta))
  })
}

# ---------------------------------------------------------------------------------------------------------------------------------
# Part 4. The questions, in the order of the report
# ---------------------------------------------------------------------------------------------------------------------------------
# A question that cannot be computed on a study must not keep the others from being computed.
# `not_estimable` ends one where the run has no number either; anything else that ends it is told, and STOPPED holds its name.
# in the program of a pool as well
NOTES <- STOPPED <- character()
not_estimable <- function(reason) stop(structure(class = c("not_estimable", "error", "condition"), list(message = reason, call = NULL)))
ask <- function(what, code) tryCatch(code, not_estimable = function(e) NULL, error = function(e) {
  NOTES <<- c(NOTES, paste0(what, ": ", conditionMessage(e)))
  STOPPED <<- c(STOPPED, what)
})
# up to here

# --- Who is in it: flow.* --------------------------------------------------------------------------------------------------------
ask("flow", {
  for (a in names(ARM)) {
    in_arm <- ARM[[a]]
    put(paste0("flow.", a, ".started"), sum(in_arm))
    put(paste0("flow.", a, ".completed"), sum(COMPLETED[in_arm], na.rm = TRUE))
    put(paste0("flow.", a, ".completion_not_recorded"), sum(is.na(COMPLETED[in_arm])))
    for (m in MEASURES) {
      grid <- GRID[[m]]
      no_start <- is.na(grid[, START])
      outside <- no_start & ID %in% NO_WINDOW[[m]]
      later <- rowSums(!is.na(grid[, LATER, drop = FALSE])) > 0
      if (KIND[[m]] != "score") {  # compared at each visit by itself; what nobody has at the start is not asked for
        if (all(no_start)) no_start <- !no_start
        later <- !is.na(grid[, PRIMARY])
        outside <- (no_start | !later) & ID %in% NO_WINDOW[[m]]
        held <- !outside & !no_start & known & later
        stem <- paste0("flow.", m, ".", a, ".")
        put(paste0(stem, "compared"), sum(in_arm & held))
        put(paste0(stem, "compared_and_seen"), sum(in_arm & held))
        put(paste0(stem, "left_out.no_window"), sum(in_arm & outside))
        put(paste0(stem, "left_out.no_start"), sum(in_arm & no_start & !outside))
        put(paste0(stem, "left_out.no_covariate"), sum(in_arm & !no_start & !outside & !known))
        put(paste0(stem, "left_out.no_visit"), sum(in_arm & !no_start & !outside & known & !later))
        for (v in VISITS) put(paste("flow", m, v, a, "observed", sep = "."), sum(in_arm & !is.na(grid[, v])))
        next
      }
      stem <- paste0("flow.", m, ".", a, ".")
      put(paste0(stem, "compared"), sum(in_arm & compared(m)))
      put(paste0(stem, "compared_and_seen"), sum(in_arm & compared(m) & !is.na(grid[, PRIMARY])))
      put(paste0(stem, "left_out.no_window"), sum(in_arm & outside))
      put(paste0(stem, "left_out.no_start"), sum(in_arm & no_start & !outside))
      put(paste0(stem, "left_out.no_covariate"), sum(in_arm & !no_start & !known))
      put(paste0(stem, "left_out.no_later"), sum(in_arm & !no_start & known & !later))
      for (v in VISITS) put(paste("flow", m, v, a, "observed", sep = "."), sum(in_arm & !is.na(grid[, v])))
    }
  }
})

# --- How alike they were: baseline.* ----------------------------------------------------------------------------------------------
put_mean <- function(stem, x) {
  x <- x[!is.na(x)]
  if (length(x) < 2) return(invisible())
  fit <- with_t(mean(x), sd(x) / sqrt(length(x)), length(x) - 1)
  put(paste0(stem, ".mean"), fit$value, fit$se, fit$df, fit$low, fit$high)
  put(paste0(stem, ".sd"), sd(x))
}
word <- function(text) gsub("^_|_$", "", gsub("[^a-z0-9]+", "_", tolower(text)))
first <- function(m) if (KIND[[m]] == "yes_no") factor(c("no", "yes")[GRID[[m]][, START] + 1], c("no", "yes")) else GRID[[m]][, START]
# A covariate whose word is that of a measure says what it is (docs/plan.md).
covariate_words <- function() {
  out <- word(COVARIATES)
  used <- c(MEASURES, out)
  for (i in intersect(order(COVARIATES, method = "radix"), which(out %in% MEASURES))) {
    while (out[i] %in% used) out[i] <- paste0(out[i], "_covariate")
    used <- c(used, out[i])
  }
  out
}
known_at_start <- function() c(setNames(CHARACTERISTICS, covariate_words()), setNames(lapply(MEASURES, first), MEASURES))
ask("baseline", {
  at_start <- known_at_start()
  for (name in names(at_start)) {
    x <- at_start[[name]]
    for (a in names(ARM)) {
      if (name %in% MEASURES[KIND == "count"]) next  # its mean number stands with its comparison
      if (!is.factor(x)) put_mean(paste0("baseline.", name, ".", a), x[ARM[[a]]])
      else for (l in levels(x)) put(paste("baseline", name, word(l), a, "share", sep = "."), mean(x[ARM[[a]]] == l, na.rm = TRUE))
    }
    put(paste0("baseline.", name, ".smd"), smd(x, FULL))
  }
})

# --- Scores as they are: describe.* -----------------------------------------------------------------------------------------------
ask("describe", for (m in SCORED) for (v in VISITS) for (a in names(ARM)) put_mean(paste("describe", m, v, a, sep = "."), GRID[[m]][ARM[[a]], v]))

# --- Change within an arm, and between the arms without adjustment: within.*, between.* (docs/methods/effect_size.md) -----------------
standardised_change <- function(start, end) {
  n <- length(start)
  d <- mean(end - start) / sd(start)
  list(d = d, r = cor(start, end), n = n)
}
noncentral_limits <- function(t, df, level = LEVEL) {
  side <- function(p) { f <- function(ncp) pt(t, df, ncp) - p; uniroot(f, c(t - 12, t + 12), tol = 1e-13, extendInt = "downX")$root }
  suppressWarnings(c(side(1 - (1 - level) / 2), side((1 - level) / 2)))
}
ask("change of scores", for (m in SCORED) for (v in LATER) {
  seen <- !is.na(GRID[[m]][, START]) & !is.na(GRID[[m]][, v])
  side <- lapply(ARM, function(in_arm) list(start = GRID[[m]][in_arm & seen, START], end = GRID[[m]][in_arm & seen, v]))
  z <- qnorm(1 - (1 - LEVEL) / 2)
  for (a in names(side)) {
    x <- side[[a]]
    n <- length(x$start)
    if (n < 2) next
    change <- x$end - x$start
    fit <- with_t(mean(change), sd(change) / sqrt(n), n - 1)
    put_list(paste("within", m, v, a, "change", sep = "."), fit)
    # Becker (1988), corrected by J; the corrected value stands in the variance as well.
    s <- standardised_change(x$start, x$end)
    d <- J(n - 1) * better(m) * s$d
    se <- sqrt(2 * (1 - s$r) / n + d^2 / (2 * n))
    put(paste("within", m, v, a, "g", sep = "."), d, se, low = d - z * se, high = d + z * se)
  }
  one <- side$full; zero <- side$skills
  n1 <- length(one$start); n0 <- length(zero$start)
  if (min(n1, n0) < 2) next
  nu <- n1 + n0 - 2
  c1 <- one$end - one$start; c0 <- zero$end - zero$start
  put_list(paste("between", m, v, "difference", sep = "."), with_t(mean(c1) - mean(c0), pooled_sd(c1, c0) * sqrt(1 / n1 + 1 / n0), nu))
  # Hedges' g of the scores at the visit, limits by the noncentral t.
  root <- sqrt(n1 * n0 / (n1 + n0))
  d <- better(m) * (mean(one$end) - mean(zero$end)) / pooled_sd(one$end, zero$end)
  limits <- J(nu) * noncentral_limits(d * root, nu) / root
  g <- J(nu) * d
  put(paste("between", m, v, "g_score", sep = "."), g, sqrt((n1 + n0) / (n1 * n0) + g^2 / (2 * (n1 + n0))), low = limits[1], high = limits[2])
  # d_ppc2, Morris (2008), eq. 8 to 10 and 25, with the correlation pooled within the arms.
  s <- pooled_sd(one$start, zero$start)
  d <- better(m) * (mean(c1) - mean(c0)) / s
  within1 <- cbind(one$start - mean(one$start), one$end - mean(one$end)); within0 <- cbind(zero$start - mean(zero$start), zero$end - mean(zero$end))
  cross <- crossprod(rbind(within1, within0))
  r <- cross[1, 2] / sqrt(cross[1, 1] * cross[2, 2])
  g <- J(nu) * d
  variance <- 2 * J(nu)^2 * (1 - r) * (n1 + n0) / (n1 * n0) * nu / (nu - 2) * (1 + n1 * n0 * g^2 / (2 * (1 - r) * (n1 + n0))) - g^2
  put(paste("between", m, v, "g_change", sep = "."), g, sqrt(variance), low = g - z * sqrt(variance), high = g + z * sqrt(variance))
})

# --- Adjusted at each visit: ancova.* ---------------------------------------------------------------------------------------------------
ancova_design <- function(use, start) full_rank(cbind(one = 1, arm = FULL[use], start = start[use], columns_of(CHARACTERISTICS, use)))
seen_twice <- function(m, v) !is.na(GRID[[m]][, START]) & !is.na(GRID[[m]][, v]) & known
ancova <- function(m, v, robustly = TRUE) {
  use <- seen_twice(m, v)
  X <- ancova_design(use, GRID[[m]][, START])
  fit <- ols(X, GRID[[m]][use, v])
  list(fit = fit, X = X, use = use, result = if (robustly) robust(fit, unit_vector(X, "arm"), cluster_for(use)))
}
ask("ancova", for (m in SCORED) for (v in LATER) {
  if (min(table(factor(FULL[seen_twice(m, v)], 0:1))) < 2) next
  a <- ancova(m, v)
  put_list(paste("ancova", m, v, "difference", sep = "."), a$result)
  g <- adjusted_g(a$result, m, GRID[[m]][a$use, START], FULL[a$use])
  put_list(paste("ancova", m, v, "g", sep = "."), g)
})

# --- Means of clusters: clusters.* (docs/methods/mixed.md) -------------------------------------------------------------------------------
cluster_means <- function(change, use) {
  unit <- ifelse(FULL == 1, if (any(!is.na(THERAPIST[use & FULL == 1]))) THERAPIST else GROUP, GROUP)
  unit <- ifelse(is.na(unit), paste0("alone:", ID), unit)
  side <- lapply(c(1, 0), function(a) tapply(change[use & FULL == a], unit[use & FULL == a], mean))
  v <- vapply(side, function(x) var(x) / length(x), 0)
  df <- sum(v)^2 / sum(v^2 / (lengths(side) - 1))
  with_t(mean(side[[1]]) - mean(side[[2]]), sqrt(sum(v)), df)
}
ask("clusters", for (m in SCORED) for (v in LATER) {
  use <- !is.na(GRID[[m]][, START]) & !is.na(GRID[[m]][, v])
  if (min(table(factor(FULL[use], 0:1))) < 2 || all(is.na(c(GROUP, THERAPIST)))) next
  fit <- cluster_means(GRID[[m]][, v] - GRID[[m]][, START], use)
  put_list(paste("clusters", m, v, "difference", sep = "."), fit)
  put_list(paste("clusters", m, v, "g", sep = "."), adjusted_g(fit, m, GRID[[m]][use, START], FULL[use]))
})

# --- Who completed: completion.* (docs/methods/completion.md) ------------------------------------------------------------------------------
standardise_completion <- function(done) {
  use <- !is.na(done) & known
  X <- full_rank(cbind(one = 1, arm = FULL[use], columns_of(CHARACTERISTICS, use)))
  c(standardised(X, as.numeric(done[use]), FULL[use], cluster_for(use)), list(X = X, y = as.numeric(done[use])))
}
put_shares <- function(stem, done) {
  x <- vapply(ARM, function(in_arm) sum(done[in_arm], na.rm = TRUE), 0)
  n <- vapply(ARM, function(in_arm) sum(!is.na(done[in_arm])), 0)
  for (a in names(ARM)) put_list(paste0(stem, ".", a, ".share"), wilson(x[[a]], n[[a]]))
  list(x = x, n = n)
}
ask("completion", {
  if (any(!is.na(COMPLETED))) {
    counts <- put_shares("completion", COMPLETED)
    # Had none, or all, of those not recorded completed.
    for (a in names(ARM)) {
      put(paste0("completion.", a, ".least"), counts$x[[a]] / sum(ARM[[a]]))
      put(paste0("completion.", a, ".most"), (counts$x[[a]] + sum(ARM[[a]]) - counts$n[[a]]) / sum(ARM[[a]]))
    }
    put_list("completion.crude.difference", newcombe(counts$x[["full"]], counts$n[["full"]], counts$x[["skills"]], counts$n[["skills"]]))
    p <- counts$x / counts$n
    se <- sqrt(sum((1 - p) / counts$x))
    half <- qnorm(1 - (1 - LEVEL) / 2) * se
    ratio <- log(p[["full"]] / p[["skills"]])
    put("completion.crude.ratio", exp(ratio), se, low = exp(ratio - half), high = exp(ratio + half), p_value = 2 * pnorm(-abs(ratio / se)))
    fit <- standardise_completion(COMPLETED)
    put_list("completion.adjusted.difference", fit$difference, "iterated")
    put_list("completion.adjusted.ratio", fit$ratio, "iterated")
    put_list("completion.adjusted.ratio_not_completed", fit$ratio_of_others, "iterated")
    limits <- profile_limits(fit$X, fit$y, "arm", fit$firth, fit$fit)
    put("completion.adjusted.odds_ratio", exp(fit$fit$b[colnames(fit$X) == "arm"]), low = exp(limits$low), high = exp(limits$high), p_value = limits$p_value, kind = "iterated")
    d <- fit$difference
    if (d$low > 0 || d$high < 0) put("completion.adjusted.number_needed", 1 / d$value, low = 1 / d$high, high = 1 / d$low, kind = "iterated")
  }
  if (!is.null(ATTENDANCE)) {
    for (stream in c("group", "any")) {
      stem <- paste0("completion.", stream, "_stream")
      done <- by_rule(stream, MINIMUM, LONGEST)
      put_shares(stem, done)
      put_list(paste0(stem, ".difference"), standardise_completion(done)$difference, "iterated")
    }
  }
})

# --- Reliable and clinically significant change: change.* (docs/methods/reliable_change.md) ---------------------------------------------------
reliability_of <- function(m) or(PLAN$measures[[m]]$reliability, or(ALPHA[[m]], NA))
published_change <- function(m) PLAN$measures[[m]]$reliable_change$points
judged <- function(m) !is.null(published_change(m)) || !is.na(reliability_of(m))
threshold_of <- function(m) if (!is.null(published_change(m))) published_change(m) else qnorm(0.975) * sqrt(2) * sd(GRID[[m]][, START], na.rm = TRUE) * sqrt(1 - reliability_of(m))
cut_offs <- function(m) {
  clinical <- PLAN$measures[[m]]$clinical; other <- PLAN$measures[[m]]$nonclinical
  if (is.null(clinical)) return(NULL)
  way <- sign(other$mean - clinical$mean)
  c(a = clinical$mean + way * 2 * clinical$sd, b = other$mean - way * 2 * other$sd,
    c = (other$sd * clinical$mean + clinical$sd * other$mean) / (clinical$sd + other$sd))
}
# A published threshold is reached by a change of just that size; one from a reliability is not.
beyond <- function(m, gain) if (is.null(published_change(m))) gain > threshold_of(m) else gain > threshold_of(m) - 1e-9
improved_reliably <- function(m, score) beyond(m, (score - GRID[[m]][, START]) * better(m))
JUDGED <- union(PRIMARIES, MEASURES[vapply(MEASURES, function(m) !is.null(published_change(m)), TRUE)])
ask("change", for (m in JUDGED) {
  start <- GRID[[m]][, START]; end <- GRID[[m]][, PRIMARY]
  if (!judged(m) || sum(!is.na(start) & !is.na(end)) < 2) next
  stem <- paste("change", m, PRIMARY, sep = ".")
  put(paste0(stem, ".threshold"), threshold_of(m))
  cuts <- cut_offs(m)
  for (name in names(cuts)) put(paste0(stem, ".cut_off.", name), cuts[[name]])
  gain <- (end - start) * better(m)
  word_of <- ifelse(beyond(m, gain), "improved", ifelse(beyond(m, -gain), "deteriorated", "unchanged"))
  kinds <- list(improved = word_of == "improved", unchanged = word_of == "unchanged", deteriorated = word_of == "deteriorated")
  if (!is.null(cuts)) {
    cut <- cuts[[or(PLAN$measures[[m]]$cut_off, "c")]]
    crossed <- ifelse(is.na(gain), NA, (start - cut) * better(m) < 0 & (end - cut) * better(m) > 0)
    of_them <- function(k, yes) ifelse(is.na(gain), NA, word_of == k & crossed == yes)
    kinds <- c(kinds, list(recovered = of_them("improved", TRUE), improved_only = of_them("improved", FALSE),
                           crossed = of_them("unchanged", TRUE), unchanged_only = of_them("unchanged", FALSE)))
  }
  for (kind in names(kinds)) for (a in names(ARM)) {
    x <- kinds[[kind]][ARM[[a]]]
    put(paste(stem, a, kind, "people", sep = "."), sum(x, na.rm = TRUE))
    put_list(paste(stem, a, kind, sep = "."), wilson(sum(x, na.rm = TRUE), sum(!is.na(x))))
  }
  use <- !is.na(gain) & known
  X <- ancova_design(use, start)
  fit <- standardised(X, as.numeric(kinds$improved[use]), FULL[use], cluster_for(use))
  put_list(paste0(stem, ".improved.difference"), fit$difference, "iterated")
})

# --- Harms: harms.* (docs/methods/harms.md) --------------------------------------------------------------------------------------------------
clopper_pearson <- function(x, n, tail = (1 - LEVEL) / 2)
  list(value = x / n, low = if (x == 0) 0 else qbeta(tail, x, n - x + 1), high = if (x == n) 1 else qbeta(1 - tail, x + 1, n - x))
put_harm <- function(subject, happened) {
  stem <- paste0("harms.", subject)
  counts <- list()
  for (a in names(ARM)) {
    x <- happened[ARM[[a]]]; x <- x[!is.na(x)]
    counts[[a]] <- c(sum(x), length(x))
    put(paste(stem, a, "people", sep = "."), sum(x))
    if (!length(x)) next
    limits <- clopper_pearson(sum(x), length(x))
    put_list(paste(stem, a, "share", sep = "."), limits)
    put(paste(stem, a, "upper", sep = "."), limits$high)
  }
  if (counts$full[2] > 0 && counts$skills[2] > 0)
    put_list(paste0(stem, ".difference"), newcombe(counts$full[1], counts$full[2], counts$skills[1], counts$skills[2]))
}
# Measures on which a single person can be judged, and who was reliably worse than at the start at a visit.
HARM_MEASURES <- function() Filter(function(m) {
  start <- GRID[[m]][, START]; start <- start[!is.na(start)]
  scored <- identical(or(PLAN$measures[[m]]$kind, "score"), "score")
  scored && PLAN$measures[[m]]$domain != "alliance" && length(start) > 0 &&
    (!is.null(published_change(m)) || (!is.na(reliability_of(m)) && length(start) > 1 && diff(range(start)) > 0))
}, MEASURES)
worse_at <- function(m, v) beyond(m, (GRID[[m]][, START] - GRID[[m]][, v]) * better(m))
any_known <- function(columns) apply(do.call(cbind, columns), 1, function(row) if (all(is.na(row))) NA else any(row, na.rm = TRUE))
had_event <- function(kind) {
  until <- as.Date(column(clients, "followed_until")); end <- as.Date(column(clients, "end_date"))
  until[is.na(until)] <- end[is.na(until)]
  if (any(is.na(until) & !is.na(started))) return(NULL)  # a date of a session or a questionnaire may tell: docs/methods/events.md
  rows <- EVENTS_TABLE[EVENTS_TABLE$kind == kind & !(as_number(column(EVENTS_TABLE, "number")) %in% 0), , drop = FALSE]
  day <- as.Date(rows$date)
  vapply(seq_len(N), function(i) if (is.na(started[i]) || until[i] <= started[i]) NA else
    any(rows$client_id == ID[i] & day >= started[i] & day <= until[i]), NA)
}
EVENTS_TABLE <- read_table("events.csv")

# --- What the report has of missing scores: missing.* (docs/methods/missing.md) ------------------------------------------------------------------
ask("missing", for (m in MEASURES) {
  seen <- !is.na(GRID[[m]])
  last <- apply(seen, 1, function(s) if (any(s)) max(which(s)) else 0)
  for (v in VISITS) {
    t <- match(v, VISITS)
    gone <- !seen[, t]
    x <- vapply(ARM, function(in_arm) sum(gone[in_arm]), 0)
    n <- vapply(ARM, sum, 0)
    for (a in names(ARM)) {
      put_list(paste("missing", m, v, a, "share", sep = "."), wilson(x[[a]], n[[a]]))
      if (t > 1) put(paste("missing", m, v, a, "lost", sep = "."), sum(last[ARM[[a]]] < t))
    }
    put_list(paste("missing", m, v, "difference", sep = "."), newcombe(x[["full"]], n[["full"]], x[["skills"]], n[["skills"]]))
  }
  pattern <- apply(seen, 1, function(s) paste(ifelse(s, "s", "m"), collapse = ""))
  kind <- ifelse(rowSums(seen) == 0, "never", ifelse(rowSums(seen) == length(VISITS), "complete",
                 ifelse(rowSums(seen) == last, "monotone", "intermittent")))
  for (a in names(ARM)) {
    for (p in unique(pattern)) put(paste("missing", m, "pattern", p, a, sep = "."), sum(pattern[ARM[[a]]] == p))
    for (k in c("complete", "monotone", "intermittent", "never")) put(paste("missing", m, "kind", k, a, sep = "."), sum(kind[ARM[[a]]] == k))
    # The score before, in standard deviations of everybody seen then: those not seen at the next visit less those who were.
    z <- gone <- who <- NULL
    for (t in seq_len(length(VISITS) - 1)) {
      use <- ARM[[a]] & seen[, t]
      if (!isTRUE(sd(GRID[[m]][, t], na.rm = TRUE) > 0)) next   # where all score alike nothing went before
      z <- c(z, -better(m) * (GRID[[m]][use, t] - mean(GRID[[m]][, t], na.rm = TRUE)) / sd(GRID[[m]][, t], na.rm = TRUE))
      gone <- c(gone, !seen[use, t + 1])
      who <- c(who, which(use))
    }
    put(paste("missing", m, a, "missed_next", sep = "."), length(unique(who[gone])))
    n1 <- sum(gone); n0 <- sum(!gone)
    if (min(n1, n0) > 0) {
      fit <- robust(ols(cbind(one = 1, gone = as.numeric(gone)), z), c(one = 0, gone = 1), who, apart = FALSE)
      put_list(paste("missing", m, a, "last_score", sep = "."), fit)
    }
  }
})

# --- The main comparison: mmrm.* -----------------------------------------------------------------------------------------------------------
# Visits after the start that somebody of each arm attended; intercept, arm and start by visit, the covariates with one effect each.
main_data <- function(m) {
  use <- compared(m)
  visits <- Filter(function(v) all(tapply(!is.na(GRID[[m]][use, v]), factor(FULL[use], 0:1), any) %in% TRUE), LATER)
  Y <- GRID[[m]][use, visits, drop = FALSE]
  Z <- cbind(one = 1, arm = FULL[use], start = GRID[[m]][use, START])
  Z <- Z[, c(TRUE, TRUE, sd(Z[, 3]) > 0), drop = FALSE]
  C <- columns_of(CHARACTERISTICS, use)
  kept <- colnames(full_rank(cbind(Z, C)))
  list(use = use, visits = visits, Y = Y, Z = Z, C = C[, colnames(C) %in% kept, drop = FALSE], sums = mmrm_sums(Z, C[, colnames(C) %in% kept, drop = FALSE], Y))
}
# Columns are brought to a common size first, so that steps do not suffer from units; contrasts below use the arm's column, which keeps its own.
at_visit <- function(d, v, z, c = rep(0, ncol(d$C))) {
  l <- numeric(d$sums$nz * d$sums$T + d$sums$nc)
  l[(match(v, d$visits) - 1) * d$sums$nz + seq_len(d$sums$nz)] <- z
  l[d$sums$nz * d$sums$T + seq_len(d$sums$nc)] <- c
  l
}
# Which interval is the main one (docs/methods/wording.md): by group where the groups are nested in the programmes, else that of people.
SHARED_GROUPS <- local({
  both <- intersect(GROUP[FULL == 1 & !is.na(GROUP)], GROUP[FULL == 0])
  all(vapply(ARM, function(in_arm) mean(GROUP[in_arm] %in% both) >= 0.5, TRUE))
})
NESTED <- !is.null(PLAN$adjust$skills_group) && any(!is.na(GROUP)) && !SHARED_GROUPS
MAIN <- list()
ask("mmrm", for (m in SCORED) if (any(compared(m))) ask(paste("mmrm", m), {
  d <- main_data(m)
  if (!any(vapply(d$visits, function(v) structure_of(paste("mmrm", m, v, "difference", sep = ".")) == "unstructured", TRUE))) stop("no unstructured fit")
  fit <- mmrm_fit(d$sums)
  kr <- kenward_roger(fit)
  MAIN[[m]] <- c(d, list(fit = fit, kr = kr))
  put(paste("mmrm", m, "observations", sep = "."), sum(!is.na(d$Y)))
  put(paste("mmrm", m, START, "start_mean", sep = "."), mean(GRID[[m]][d$use, START]))
  cluster <- cluster_for(d$use)
  L <- sapply(d$visits, function(v) at_visit(d, v, as.numeric(colnames(d$Z) == "arm")))
  clustered <- if (!is.null(cluster)) cr2(mmrm_units(fit, d$sums, d$Z, d$C, d$Y, cluster), fit$Phi, L)
  average <- colMeans(d$Z)
  for (v in d$visits) {
    j <- match(v, d$visits)
    result <- contrast(fit, kr, L[, j])
    stem <- paste("mmrm", m, v, sep = ".")
    put_list(paste0(stem, ".difference"), result, "iterated")
    if (!is.null(cluster)) put_list(paste0(stem, ".clustered"), with_t(result$value, clustered[[j]]$se, clustered[[j]]$df), "iterated")
    main <- if (NESTED && !is.null(cluster)) got(paste0(stem, ".clustered")) else result
    put_list(paste0(stem, ".g"), adjusted_g(main, m, GRID[[m]][d$use, START], FULL[d$use]), "iterated")
    for (a in names(ARM)) {
      z <- average
      z["arm"] <- as.numeric(a == "full")
      put_list(paste0(stem, ".", a, ".adjusted_mean"), contrast(fit, kr, at_visit(d, v, z, colMeans(d$C)))[c("value", "se", "df", "low", "high")], "iterated")
    }
  }
}))
# --- Counts and yes/no at visits: counts.*, yes_no.* (docs/methods/counts.md, docs/methods/yes_no.md) ------------------------------------------
# Who is compared, and the columns: the start (of a count log(y + 1)) where anybody has one, then what is adjusted for.
kind_data <- function(m, v, adjust = TRUE) {
  y <- GRID[[m]][, v]
  start <- GRID[[m]][, START]
  if (KIND[[m]] == "count") start <- log(start + 1)
  taken <- adjust && any(!is.na(start))
  use <- !is.na(y) & (!adjust | known) & (!taken | !is.na(start))
  X <- cbind(one = 1, arm = FULL[use], if (taken) start[use], if (adjust) columns_of(CHARACTERISTICS, use))
  list(y = y[use], use = use, X = full_rank(X), full = FULL[use], cluster = cluster_for(use), start = taken)
}
put_either_way <- function(m, v) {
  y <- GRID[[m]][, v]
  count <- function(z, a) c(sum(z[ARM[[a]]]), sum(ARM[[a]]))
  for (fill in 0:1) {
    what <- c("least", "most")[fill + 1]
    z <- ifelse(is.na(y), fill, y)
    for (a in names(ARM)) put_list(paste("yes_no", m, v, a, what, sep = "."), do.call(wilson, as.list(count(z, a))))
    z <- ifelse(is.na(y), as.numeric(FULL == fill), y)
    put_list(paste("yes_no", m, v, what, "difference", sep = "."), do.call(newcombe, as.list(c(count(z, "full"), count(z, "skills")))))
  }
}
ask("yes/no", for (m in MEASURES[KIND == "yes_no"]) for (v in VISITS) {
  y <- GRID[[m]][, v]
  x <- vapply(ARM, function(in_arm) sum(y[in_arm], na.rm = TRUE), 0)
  n <- vapply(ARM, function(in_arm) sum(!is.na(y[in_arm])), 0)
  stem <- paste("yes_no", m, v, sep = ".")
  for (a in names(ARM)) if (n[[a]] > 0) put_list(paste0(stem, ".", a, ".share"), wilson(x[[a]], n[[a]]))
  if (v == START || any(n == 0)) next
  put_list(paste0(stem, ".crude.difference"), newcombe(x[["full"]], n[["full"]], x[["skills"]], n[["skills"]]))
  if (anyNA(y)) put_either_way(m, v)
  ask(paste("yes/no", m, v), {
    d <- kind_data(m, v)
    fit <- standardised(d$X, d$y, d$full, d$cluster)
    put_list(paste0(stem, ".difference"), fit$difference, "iterated")
    put_list(paste0(stem, ".ratio"), fit$ratio, "iterated")
    limits <- profile_limits(d$X, d$y, "arm", fit$firth, fit$fit)
    put(paste0(stem, ".odds_ratio"), exp(fit$fit$b[colnames(d$X) == "arm"]), low = exp(limits$low), high = exp(limits$high), p_value = limits$p_value, kind = "iterated")
    if (d$start) put_list(paste0(stem, ".linear.difference"), cut_off_one(robust(ols(d$X, d$y), unit_vector(d$X, "arm"), d$cluster)))
    if (v == PRIMARY) {
      reach <- (qnorm(1 - (1 - LEVEL) / 2) + qnorm(0.8)) * fit$difference$se
      put(paste0(stem, ".detectable"), min(reach, 1), kind = "iterated")
      w <- PLAN$measures[[m]]$worthwhile
      if (!is.null(w)) put(paste0(stem, ".people_needed"), ceiling(length(d$y) * (reach / w)^2), kind = "iterated")
    }
  })
})
# Negative binomial (NB2): weighted least squares of the working response given theta, theta where its own score is zero; Poisson at infinity.
log_linear <- function(y, X, theta = Inf) {
  b <- c(log(mean(y)), rep(0, ncol(X) - 1))
  for (i in 1:500) {
    mu <- exp(drop(X %*% b))
    w <- mu / (1 + mu / theta)
    step <- drop(solve(crossprod(X * sqrt(w)), crossprod(X, (y - mu) / (1 + mu / theta))))
    b <- b + step / max(1, max(abs(step)) / 2)
    if (max(abs(step)) < 1e-13) break
  }
  list(b = b, mu = exp(drop(X %*% b)), theta = theta)
}
negative_binomial <- function(y, X) {
  score <- function(lt) {
    th <- exp(lt)
    mu <- log_linear(y, X, th)$mu
    sum(digamma(y + th) - digamma(th) + log(th) + 1 - log(th + mu) - (y + th) / (th + mu))
  }
  far <- log(1e6)
  if (score(far) >= 0) return(log_linear(y, X))
  log_linear(y, X, exp(uniroot(score, c(log(1e-3), far), tol = 1e-13)$root))
}
# A number g(b) with slope l: HC3 with the expected weight, t on n - k; by clusters CR2 on the scale of the counts.
count_spread <- function(d, fit, value, l) {
  w <- fit$mu / (1 + fit$mu / fit$theta)
  M <- solve(crossprod(d$X * sqrt(w)))
  u <- (d$y - fit$mu) / (1 + fit$mu / fit$theta)
  if (is.null(d$cluster)) {
    h <- w * rowSums((d$X %*% M) * d$X)
    return(with_t(value, sqrt(sum((drop(d$X %*% M %*% l) * u / (1 - h))^2)), nrow(d$X) - ncol(d$X)))
  }
  v <- fit$mu * (1 + fit$mu / fit$theta)
  units <- lapply(split_rows(d$cluster), function(r) list(X = d$X[r, , drop = FALSE] * fit$mu[r], V = diag(v[r], length(r)), e = (d$y - fit$mu)[r]))
  spread <- cr2(units, M, cbind(l))[[1]]
  with_t(value, spread$se, spread$df)
}
exp_of <- function(x) { x[c("value", "low", "high")] <- lapply(x[c("value", "low", "high")], exp); x }
# P(full > skills) + P(equal) / 2 by Brunner and Munzel (2000): the chance, its variance, and the part of either programme in that.
pairs_of <- function(full, skills) {
  r <- rank(c(full, skills)); n1 <- length(full); n0 <- length(skills)
  own <- c(var(r[seq_len(n1)] - rank(full)) / (n1 * n0^2), var(r[n1 + seq_len(n0)] - rank(skills)) / (n0 * n1^2))
  list(chance = (mean(r[seq_len(n1)]) - (n1 + 1) / 2) / n0, own = own, df = sum(own)^2 / sum(own^2 / (c(n1, n0) - 1)), ranks = r, n = c(n1, n0))
}
on_log_odds <- function(chance, se, df, p_value) {
  reach <- qt(1 - (1 - LEVEL) / 2, df) * se / (chance * (1 - chance))
  list(value = chance, se = se, df = if (is.finite(df)) df, low = plogis(qlogis(chance) - reach), high = plogis(qlogis(chance) + reach), p_value = p_value)
}
superiority <- function(full, skills) {
  x <- pairs_of(full, skills)
  on_log_odds(x$chance, sqrt(sum(x$own)), x$df, 2 * pt(-abs((x$chance - 0.5) / sqrt(sum(x$own))), x$df))
}
# The same within strata, weighted by n1 n0 / (N + 1); the p-value by van Elteren (1960).
superiority_within <- function(y, full, stratum) {
  strata <- Filter(function(s) min(sum(stratum == s & full == 1), sum(stratum == s & full == 0)) > 1, unique(stratum))
  found <- lapply(strata, function(s) pairs_of(y[stratum == s & full == 1], y[stratum == s & full == 0]))
  weight <- vapply(found, function(x) prod(x$n) / (sum(x$n) + 1), 0); weight <- weight / sum(weight)
  above <- sum(vapply(found, function(x) sum(x$ranks[seq_len(x$n[1])]) / (sum(x$n) + 1) - x$n[1] / 2, 0))
  room <- sum(vapply(found, function(x) prod(x$n) / sum(x$n) * var(x$ranks) / (sum(x$n) + 1)^2, 0))
  on_log_odds(sum(weight * vapply(found, `[[`, 0, "chance")), sqrt(sum(weight^2 * vapply(found, function(x) sum(x$own), 0))), Inf, 2 * pnorm(-abs(above) / sqrt(room)))
}
# Ratio of two rates given all events: the share of them that falls to the full programme, with Clopper and Pearson's limits.
exact_ratio <- function(number, time) {
  x <- binom.test(number[["full"]], sum(number), time[["full"]] / sum(time), conf.level = LEVEL)
  times <- time[["skills"]] / time[["full"]]
  list(value = number[["full"]] / number[["skills"]] * times, low = x$conf.int[1] / (1 - x$conf.int[1]) * times, high = x$conf.int[2] / (1 - x$conf.int[2]) * times,
       p_value = min(1, 2 * pbinom(number[["full"]], sum(number), time[["full"]] / sum(time)), 2 * pbinom(number[["full"]] - 1, sum(number), time[["full"]] / sum(time), lower.tail = FALSE)))
}
ask("counts", for (m in MEASURES[KIND == "count"]) for (v in VISITS) {
  stem <- paste("counts", m, v, sep = ".")
  y <- GRID[[m]][, v]
  for (a in names(ARM)) {
    z <- y[ARM[[a]] & !is.na(y)]
    n <- length(z)
    if (!n) next
    put_list(paste0(stem, ".", a, ".any"), wilson(sum(z > 0), n))
    if (n < 2 || sum(z) == 0 || sd(z) == 0) {
      low <- if (sum(z)) qchisq((1 - LEVEL) / 2, 2 * sum(z)) / 2 / n else 0
      put(paste0(stem, ".", a, ".rate"), mean(z), low = low, high = qchisq(1 - (1 - LEVEL) / 2, 2 * sum(z) + 2) / 2 / n)
    } else put_list(paste0(stem, ".", a, ".rate"), exp_of(with_t(log(mean(z)), sd(z) / sqrt(n) / mean(z), n - 1))[c("value", "se", "df", "low", "high")])
  }
  if (v == START) next
  ask(paste("counts", m, v), {
    d <- kind_data(m, v)
    if (all(tapply(d$y, d$full, sum) > 0)) {
      l <- unit_vector(d$X, "arm")
      fit <- negative_binomial(d$y, d$X)
      main <- count_spread(d, fit, sum(l * fit$b), l)
      put_list(paste0(stem, ".rate_ratio"), exp_of(main), "iterated")
      side <- lapply(1:0, function(a) { Z <- d$X; Z[, "arm"] <- a; mu <- exp(drop(Z %*% fit$b)); list(mean = mean(mu), slope = colMeans(Z * mu)) })
      put_list(paste0(stem, ".rate_difference"), count_spread(d, fit, side[[1]]$mean - side[[2]]$mean, side[[1]]$slope - side[[2]]$slope), "iterated")
      poisson <- log_linear(d$y, d$X)
      put_list(paste0(stem, ".rate_ratio_robust"), exp_of(count_spread(d, poisson, sum(l * poisson$b), l)), "iterated")
      if (v == PRIMARY) {
        reach <- (qnorm(1 - (1 - LEVEL) / 2) + qnorm(0.8)) * main$se
        put(paste0(stem, ".detectable"), exp(better(m) * reach), kind = "iterated")
        w <- PLAN$measures[[m]]$worthwhile
        if (!is.null(w)) put(paste0(stem, ".people_needed"), ceiling(length(d$y) * (reach / log(w))^2), kind = "iterated")
      }
      crude <- kind_data(m, v, FALSE)
      fit <- negative_binomial(crude$y, crude$X)
      put_list(paste0(stem, ".crude.rate_ratio"), exp_of(count_spread(crude, fit, fit$b[[2]], c(0, 1))), "iterated")
    }
    put_list(paste0(stem, ".any.difference"), standardised(d$X, as.numeric(d$y > 0), d$full, d$cluster)$difference, "iterated")
  })
  ask(paste("ranks", m, v), put_list(paste0(stem, ".superiority"), superiority(y[FULL == 1 & !is.na(y)], y[FULL == 0 & !is.na(y)])))
  sums <- vapply(ARM, function(in_arm) sum(y[in_arm], na.rm = TRUE), 0)
  people <- vapply(ARM, function(in_arm) sum(!is.na(y[in_arm])), 0)
  if (min(sums) == 0 && sums[["skills"]] > 0 && min(people) > 0) put_list(paste0(stem, ".rate_ratio_exact"), exact_ratio(sums, people))
})

ANALYSIS <- list(score = "mmrm", yes_no = "yes_no", count = "counts")
MAIN_ID <- function(m, v) {
  if (KIND[[m]] != "score") return(paste(ANALYSIS[[KIND[[m]]]], m, v, if (KIND[[m]] == "count") "rate_ratio" else "difference", sep = "."))
  id <- paste("mmrm", m, v, "clustered", sep = ".")
  if (NESTED && has(id)) id else paste("mmrm", m, v, "difference", sep = ".")
}
# --- Events: events.* (docs/methods/events.md) -----------------------------------------------------------------------------------------------
EVENT_TIME <- function(kind) {
  end <- as.Date(column(clients, "end_date")); until <- as.Date(column(clients, "followed_until"))
  until[is.na(until)] <- end[is.na(until)]
  if (any(is.na(until) & !is.na(started))) return(NULL)
  until <- pmax(until, started); end <- pmin(ifelse(is.na(end), until, end), until); class(end) <- "Date"
  e <- EVENTS_TABLE[EVENTS_TABLE$kind == kind, , drop = FALSE]
  at <- match(e$client_id, ID); day <- as.Date(e$date); number <- as_number(column(e, "number")); number[is.na(number)] <- 1
  spent <- as_number(column(e, "days"))
  sum_in <- function(first, last, what) { keep <- !is.na(at) & !is.na(first[at]) & day >= first[at] & day <= last[at]; out <- tapply(what[keep], factor(at[keep], seq_len(N)), sum); out[is.na(out)] <- 0; as.numeric(out) }
  before <- as.numeric(or(PLAN$events[[kind]]$before, NA)) * 7
  period <- function(first, last, years, what = number) list(y = ifelse(is.na(years), NA, sum_in(first, last, what)), t = years)
  list(since = period(started, until, as.numeric(until - started) / 365.25), during = period(started, end, as.numeric(end - started) / 365.25),
       after = period(end + 1, until, as.numeric(until - end) / 365.25),
       before = if (is.na(before)) NULL else period(started - round(before), started - 1, ifelse(is.na(started), NA, before / 365.25)),
       days = if (all(is.na(spent))) NULL else sum_in(started, until, ifelse(is.na(spent), 0, spent)))
}
rate_of <- function(y, t) {
  E <- sum(y); T <- sum(t); r <- E / T; n <- length(y); a <- 1 - LEVEL; s <- sum((y - r * t)^2)
  if (n < 2 || s <= 1e-20 * E^2) return(list(value = r, low = if (E > 0) qchisq(a / 2, 2 * E) / 2 / T else 0, high = qchisq(1 - a / 2, 2 * E + 2) / 2 / T))
  log_se <- sqrt(n / (n - 1) * s) / E; q <- qt(1 - a / 2, n - 1)
  list(value = r, se = r * log_se, df = n - 1, low = r * exp(-q * log_se), high = r * exp(q * log_se))
}
count_fit <- function(X, y, t, poisson = FALSE) {
  climb <- function(theta, b) { for (i in 1:200) { mu <- t * exp(drop(X %*% b)); w <- mu / (1 + mu / theta); step <- solve(crossprod(X, X * w), crossprod(X, (y - mu) / (1 + mu / theta))); b <- b + drop(step); if (max(abs(step)) < 1e-13) break }; b }
  b <- climb(Inf, c(log(sum(y) / sum(t)), rep(0, ncol(X) - 1))); theta <- Inf
  if (!poisson) {
    slope <- function(l) { th <- exp(l); mu <- t * exp(drop(X %*% climb(th, b))); sum(digamma(y + th) - digamma(th) + 1 - log1p(mu / th) - (y + th) / (th + mu)) }
    if (slope(log(1e5)) < 0) theta <- exp(uniroot(slope, log(c(1e-3, 1e5)), tol = 1e-13)$root)
    b <- climb(theta, b)
  }
  mu <- t * exp(drop(X %*% b)); w <- mu / (1 + mu / theta); M <- solve(crossprod(X, X * w))
  list(X = X, b = b, theta = theta, mu = mu, w = w, u = (y - mu) / (1 + mu / theta), M = M, h = w * rowSums((X %*% M) * X))
}
# Who is told by what is adjusted for to have no event: their rate runs to nothing, by a factor of e a step; the fit is that of the others.
untold <- function(d) {
  b <- c(log(sum(d$y) / sum(d$t)), rep(0, ncol(d$X) - 1))
  for (i in 1:20) {
    mu <- d$t * exp(drop(d$X %*% b))
    step <- drop(solve(crossprod(d$X, d$X * mu), crossprod(d$X, d$y - mu)))
    b <- b + step / max(1, max(abs(step)) / 2)
  }
  keep <- d$y > 0 | exp(drop(d$X %*% b)) > 1e-6 * sum(d$y) / sum(d$t)
  list(X = full_rank(d$X[keep, , drop = FALSE]), y = d$y[keep], t = d$t[keep], cluster = d$cluster[keep], rows = which(keep))
}
count_judge <- function(f, l, value, cluster) {
  if (is.null(cluster)) return(with_t(value, sqrt(sum((drop(f$X %*% f$M %*% l) * f$u / (1 - f$h))^2)), nrow(f$X) - ncol(f$X)))
  v <- f$mu * (1 + f$mu / f$theta); Z <- f$X * f$mu   # on the scale of the counts
  units <- lapply(split_rows(cluster), function(r) list(X = Z[r, , drop = FALSE], V = diag(v[r], length(r)), e = (f$u * (1 + f$mu / f$theta))[r]))
  s <- cr2(units, f$M, l)[[1]]
  with_t(value, s$se, s$df)
}
put_ratio <- function(id, f, cluster) {
  x <- count_judge(f, as.numeric(colnames(f$X) == "arm"), f$b[colnames(f$X) == "arm"], cluster)
  x[c("value", "low", "high")] <- lapply(x[c("value", "low", "high")], exp)
  put_list(id, x, "iterated")
}
if (!is.null(EVENTS_TABLE)) for (kind in names(PLAN$events)) ask(paste("events", kind), {
  E <- EVENT_TIME(kind); stem <- paste0("events.", kind); exposed <- !is.na(E$since$t) & E$since$t > 0
  for (a in names(ARM)) {
    mine <- exposed & ARM[[a]]; y <- E$since$y[mine]; some <- sum(y > 0)
    put(paste(stem, a, "number", sep = "."), sum(y)); put(paste(stem, a, "years", sep = "."), sum(E$since$t[mine]))
    put_list(paste(stem, a, "rate", sep = "."), rate_of(y, E$since$t[mine]))
    for (p in c("before", "during", "after")) if (!is.null(E[[p]])) { m <- ARM[[a]] & !is.na(E[[p]]$t) & E[[p]]$t > 0; put_list(paste(stem, p, a, "rate", sep = "."), rate_of(E[[p]]$y[m], E[[p]]$t[m])) }
    put_list(paste(stem, a, "any", sep = "."), wilson(some, length(y)))
    tail <- (1 - LEVEL) / 2
    top <- if (some == length(y)) 1 else qbeta(1 - tail, some + 1, length(y) - some)
    put(paste(stem, a, "most_any", sep = "."), top, low = if (some == 0) 0 else qbeta(tail, some, length(y) - some + 1), high = top)
    if (!is.null(E$days)) { put(paste(stem, a, "days", sep = "."), sum(E$days[mine])); d <- E$days[mine & E$since$y > 0]; if (length(d) > 1) put_list(paste(stem, a, "days_mean", sep = "."), with_t(mean(d), sd(d) / sqrt(length(d)), length(d) - 1)[c("value", "se", "df", "low", "high")]) }
    if (!is.null(E$before)) {
      m <- ARM[[a]] & !is.na(E$before$t) & E$during$t > 0; s1 <- sum(E$during$y[m]); s0 <- sum(E$before$y[m]); t1 <- sum(E$during$t[m]); t0 <- sum(E$before$t[m])
      gap <- E$during$y[m] / s1 - E$during$t[m] / t1 - E$before$y[m] / s0 + E$before$t[m] / t0
      x <- with_t(log(s1 / t1 / (s0 / t0)), sqrt(sum(m) / (sum(m) - 1) * sum(gap^2)), sum(m) - 1)
      put(paste(stem, "mirror", a, "rate_ratio", sep = "."), exp(x$value), x$se, x$df, exp(x$low), exp(x$high))
    }
  }
  ask(paste("ranks of", kind), {
    few <- -E$since$y[exposed] / round(E$since$t[exposed] * 365.25); full <- FULL[exposed]
    put_list(paste0(stem, ".fewer"), superiority(few[full == 1], few[full == 0]))
    if (!is.null(E$before)) {
      earlier <- E$before$y[exposed]; cut <- quantile(earlier, 1:2 / 3)
      put_list(paste0(stem, ".stratified.fewer"), superiority_within(few, full, (earlier > cut[1]) + (earlier > cut[2])))
    }
  })
  use <- exposed & known
  sums <- vapply(ARM, function(m) sum(E$since$y[m & exposed]), 0)
  if (min(sums) == 0 && sums[["skills"]] > 0) put_list(paste0(stem, ".rate_ratio_exact"), exact_ratio(sums, vapply(ARM, function(m) sum(E$since$t[m & exposed]), 0)))
  if (min(sums) > 0) {
    earlier <- if (is.null(E$before)) NULL else log(E$before$y[use] + 1)
    X <- full_rank(cbind(one = 1, arm = FULL[use], earlier, columns_of(CHARACTERISTICS, use)))
    whole <- list(X = X, y = E$since$y[use], t = E$since$t[use], cluster = cluster_for(use)); d <- untold(whole)
    f <- count_fit(d$X, d$y, d$t)
    put_ratio(paste0(stem, ".rate_ratio"), f, d$cluster)
    put_ratio(paste0(stem, ".rate_ratio_robust"), count_fit(d$X, d$y, d$t, TRUE), d$cluster)
    put_ratio(paste0(stem, ".crude.rate_ratio"), count_fit(cbind(one = 1, arm = FULL[exposed]), E$since$y[exposed], E$since$t[exposed]), cluster_for(exposed))
    heavy <- d$rows[which.max(abs(drop(d$X %*% f$M)[, 2] * f$u / (1 - f$h)))]
    rest <- use; rest[which(use)[heavy]] <- FALSE
    o <- untold(list(X = full_rank(X[-heavy, , drop = FALSE]), y = whole$y[-heavy], t = whole$t[-heavy], cluster = cluster_for(rest)))
    put_ratio(paste0(stem, ".without_one.rate_ratio"), count_fit(o$X, o$y, o$t), o$cluster)
    put(paste0(stem, ".spread"), 1 / f$theta, kind = "iterated")
    side <- lapply(c(1, 0), function(a) { Z <- d$X; Z[, "arm"] <- a; m <- exp(drop(Z %*% f$b)); list(mean = sum(m) / sum(use), slope = colSums(Z * m) / sum(use)) })
    put_list(paste0(stem, ".rate_difference"), count_judge(f, side[[1]]$slope - side[[2]]$slope, side[[1]]$mean - side[[2]]$mean, d$cluster), "iterated")
    put_list(paste0(stem, ".any.difference"), standardised(X, as.numeric(whole$y > 0), FULL[use], whole$cluster)$difference, "iterated")
  }
})
ask("holm", if (or(PLAN$confidence$multiplicity, "holm") == "holm") {
  events <- names(Filter(function(e) identical(e$role, "primary"), PLAN$events))
  ids <- c(vapply(FAMILY, MAIN_ID, "", PRIMARY), if (length(events)) paste0("events.", events, ".rate_ratio"))
  told <- c(paste(ANALYSIS[KIND[FAMILY]], FAMILY, PRIMARY, sep = "."), if (length(events)) paste0("events.", events))
  p <- vapply(ids, function(id) as.numeric(or(got(id)$p_value, NA)), 0)
  adjusted <- p.adjust(p, "holm", n = length(ids))
  for (i in seq_along(ids)) put(paste0(told[i], ".p_holm"), adjusted[i], kind = "iterated")
})

# --- How long people stayed: retention.* (docs/methods/retention.md) ------------------------------------------------------------------------
PLANNED_WEEKS <- or(COMPLETION$weeks, WEEK[[PRIMARY]])
SESSIONS <- read_table("sessions.csv")
# The week of a row of attendance: as recorded, else by its date.
weeks_after_start <- function(table) {
  week <- as_number(column(table, "week"))
  by_date <- as.numeric(as.Date(column(table, "date")) - started[match(table$client_id, ID)]) / 7
  list(written = week, dated = by_date)
}
stays <- function() {
  end <- as.Date(column(clients, "end_date"))
  dates <- c(started, end, if (!is.null(ATTENDANCE)) as.Date(column(ATTENDANCE, "date")), if (!is.null(SESSIONS)) as.Date(column(SESSIONS, "date")))
  latest <- max(dates, na.rm = TRUE)
  length_of <- as.numeric(end - started) / 7
  done <- COMPLETED %in% TRUE
  time <- rep(NA_real_, N); left <- rep(FALSE, N)
  last_seen <- rep(as.Date(NA), N)
  if (!is.null(ATTENDANCE) && "date" %in% names(ATTENDANCE)) {
    came <- ATTENDANCE[ATTENDANCE$status == "attended", ]
    last_seen <- as.Date(tapply(as.character(came$date), factor(came$client_id, ID), function(d) if (all(is.na(d))) NA_character_ else max(d, na.rm = TRUE)))
  }
  has_rows <- if (is.null(ATTENDANCE)) rep(FALSE, N) else ID %in% ATTENDANCE$client_id
  recorded <- vapply(c(1, 0), function(a) any(FULL == a & !(COMPLETED %in% TRUE) & !is.na(started) & (!is.na(end) | has_rows)), TRUE)
  # No end date: who last attended before the last planned week, four weeks or more before the latest date, left after that session.
  last_week <- function(i) if (is.na(last_seen[i])) 0 else max(0, as.numeric(last_seen[i] - started[i]) / 7)
  gone_by <- function(i) last_week(i) < PLANNED_WEEKS - 1 && (is.na(last_seen[i]) || latest - last_seen[i] >= 28)
  for (i in seq_len(N)) {
    if (is.na(started[i])) next
    if (!is.na(length_of[i])) {
      early <- length_of[i] < PLANNED_WEEKS - 1 && !done[i]
      time[i] <- max(0, min(length_of[i], PLANNED_WEEKS)); left[i] <- early
    } else if (done[i]) time[i] <- min(PLANNED_WEEKS, as.numeric(latest - started[i]) / 7)
    else if (has_rows[i] && gone_by(i)) {
      time[i] <- last_week(i); left[i] <- TRUE
    } else if (any(!is.na(COMPLETED)) && latest - started[i] >= 7 * PLANNED_WEEKS && !has_rows[i]) next
    else if (recorded[2 - FULL[i]]) time[i] <- min(PLANNED_WEEKS, as.numeric(latest - started[i]) / 7)
  }
  time[!recorded[2 - FULL]] <- NA
  list(time = time, left = left, recorded = recorded)
}
ask("harms", {
  judged_on <- HARM_MEASURES()
  if (length(judged_on)) {
    put_harm("deterioration", any_known(lapply(judged_on, worse_at, v = PRIMARY)))
    s <- stays()
    opens <- vapply(LATER, function(v) as.numeric(or(PLAN$visits[[v]]$window, WEEK[[v]])[1]), 0)
    last_worse <- lapply(judged_on, function(m) {
      last <- rep(NA, N)
      for (v in LATER) { now <- worse_at(m, v); here <- !is.na(now) & !is.na(s$time) & s$time >= opens[[v]]; last[here] <- now[here] }
      last
    })
    last <- any_known(last_worse)
    if (any(!is.na(s$time))) put_harm("left_worse", ifelse(is.na(s$time) | (s$left & is.na(last)), NA, s$left & !is.na(last) & last))
  }
  kinds <- setdiff(names(PLAN$events)[vapply(PLAN$events, function(e) e$role == "harm", TRUE)], "death")
  if (!is.null(EVENTS_TABLE)) for (k in kinds) {
    happened <- had_event(k)
    if (!is.null(happened)) put_harm(if (k %in% c("deterioration", "left_worse", "serious")) paste0(k, "_event") else k, happened)
  }
  died <- tolower(trimws(column(clients, "end_reason"))) %in% c("died", "death", "dead", "deceased")
  by_event <- !is.null(EVENTS_TABLE) && "death" %in% names(PLAN$events)
  if (by_event) died <- died | had_event("death") %in% TRUE
  if (by_event || any(died)) put_harm("death", died)
})
# --- The diary card: diary.* (docs/methods/diary.md) --------------------------------------------------------------------------------------------------
DIARY <- read_table("diary.csv")
ask("diary", if (!is.null(DIARY)) {
  due <- pmin(pmax(ceiling(stays()$time), 1), ceiling(PLANNED_WEEKS))
  who <- match(DIARY$client_id, ID)
  week <- as_number(column(DIARY, "week"))
  from_date <- floor(as.numeric(as.Date(column(DIARY, "date")) - started[who]) / 7) + 1
  week[is.na(week)] <- from_date[is.na(week)]
  days <- as_number(DIARY$days_filled)
  used <- !is.na(who) & !is.na(week) & days > 0 & week >= 1 & week <= ifelse(is.na(due[who]), 0, due[who])
  total <- function(x) { out <- numeric(N); sums <- tapply(x, who[used], sum); out[as.integer(names(sums))] <- sums; out }
  put_diary <- function(subject, x) {
    for (a in names(ARM)) put_mean(paste("diary", subject, a, sep = "."), x[ARM[[a]]])
    told <- !is.na(x)
    fit <- t.test(x[told & FULL == 1], x[told & FULL == 0], var.equal = TRUE, conf.level = LEVEL)
    put(paste0("diary.", subject, ".difference"), diff(rev(unname(fit$estimate))), unname(fit$stderr), unname(fit$parameter), fit$conf.int[1], fit$conf.int[2], fit$p.value)
  }
  put_diary("filled", total(rep(1, sum(used))) / due)
  for (name in c("urge_self_harm", "urge_suicide", "misery", "acts", "skills_days")) {
    x <- as_number(column(DIARY, name))[used]
    if (all(is.na(x))) next
    told <- !is.na(x)
    top <- total(ifelse(told, x, 0)); bottom <- total(if (name == "skills_days") ifelse(told, days[used], 0) else as.numeric(told))
    put_diary(name, ifelse(bottom > 0, top / bottom * (if (name == "skills_days") 7 else 1), NA))
  }
})
mean_stay <- function(time, left, horizon) {
  fit <- survfit(Surv(time, left) ~ 1, conf.type = "log-log")
  keep <- fit$n.event > 0 & fit$time <= horizon
  t <- fit$time[keep]; s <- fit$surv[keep]; d <- fit$n.event[keep]; n <- fit$n.risk[keep]
  steps <- diff(c(0, t, horizon))
  area <- sum(steps * c(1, s))
  after <- rev(cumsum(rev(s * diff(c(t, horizon)))))
  parts <- ifelse(n > d, after^2 * d / (n * (n - d)), 0)
  # Each person's influence on the area: what makes the sandwich by groups.
  influence <- vapply(seq_along(time), function(i) {
    own <- if (left[i] && time[i] <= horizon) { j <- match(TRUE, abs(t - time[i]) < 1e-9); if (n[j] > d[j]) -after[j] / (n[j] - d[j]) * 1 else 0 } else 0
    before <- t <= time[i] + 1e-9 & n > d
    own + sum((after * d / (n * (n - d)))[before])
  }, 0)
  list(value = area, se = sqrt(sum(parts)), influence = influence, fit = fit)
}
sandwich_t <- function(value, influence, cluster) {
  total <- tapply(influence, cluster, sum)
  G <- length(total)
  with_t(value, sqrt(sum(total^2) * G / (G - 1)), G - 1)
}
cox <- function(time, left, X, cluster) {
  fit <- coxph(Surv(time, left) ~ X, ties = "efron", control = coxph.control(eps = 1e-12, toler.chol = 1e-14, iter.max = 100), robust = FALSE)
  b <- fit$coefficients[[1]]
  r <- if (is.null(cluster)) with_t(b, sqrt(fit$var[1, 1]), Inf) else {
    score <- residuals(fit, type = "score")
    sandwich_t(b, drop(as.matrix(score) %*% fit$var[, 1]), cluster)
  }
  r[c("value", "low", "high")] <- lapply(r[c("value", "low", "high")], exp)
  c(r, list(fit = fit))
}
ask("retention", {
  s <- stays()
  use <- !is.na(s$time)
  if (any(use)) {
    arm_use <- list(full = use & FULL == 1, skills = use & FULL == 0)
    horizon <- min(PLANNED_WEEKS, vapply(arm_use[s$recorded], function(u) max(s$time[u]), 0))
    z <- qnorm(1 - (1 - LEVEL) / 2)
    areas <- list()
    for (a in names(ARM)[s$recorded]) {
      u <- arm_use[[a]]
      area <- areas[[a]] <- mean_stay(s$time[u], s$left[u], horizon)
      put(paste0("retention.", a, ".rmst"), area$value, area$se, low = area$value - z * area$se, high = area$value + z * area$se)
      at <- summary(survfit(Surv(s$time[u], s$left[u]) ~ 1, conf.type = "log-log", conf.int = LEVEL), times = horizon, extend = TRUE)
      put(paste0("retention.", a, ".left"), 1 - at$surv, low = 1 - at$upper, high = 1 - at$lower)
    }
    if (all(s$recorded)) {
      put("retention.rmst.horizon", horizon)
      if (!any(s$left[use])) not_estimable("nobody left")
      d <- areas$full$value - areas$skills$value
      cluster <- cluster_for(use)
      influence <- numeric(N)
      influence[arm_use$full] <- areas$full$influence
      influence[arm_use$skills] <- -areas$skills$influence
      put_list("retention.rmst.difference", if (is.null(cluster)) with_t(d, sqrt(areas$full$se^2 + areas$skills$se^2), Inf) else sandwich_t(d, influence[use], cluster))
      test <- survdiff(Surv(s$time[use], s$left[use]) ~ FULL[use])
      put("retention.logrank", test$chisq, df = 1, p_value = pchisq(test$chisq, 1, lower.tail = FALSE))
      crude <- cox(s$time[use], s$left[use], cbind(arm = FULL[use]), cluster)
      put_list("retention.unadjusted.hazard_ratio", crude, "iterated")
      both <- use & known
      X <- cbind(arm = FULL[both], columns_of(CHARACTERISTICS, both))
      adjusted <- cox(s$time[both], s$left[both], X, cluster_for(both))
      put_list("retention.hazard_ratio", adjusted, "iterated")
      check <- cox.zph(adjusted$fit, transform = "km", terms = FALSE)$table[1, ]
      put("retention.proportional_hazards", check[["chisq"]], df = check[["df"]], p_value = check[["p"]], kind = "iterated")
    }
  }
})

# --- For whom: needs.* (docs/methods/needs.md) ------------------------------------------------------------------------------------------------
# The difference at one place of a moderator, by a repeated-measures model with the moderator and its interaction with the arm at every visit.
moderator_of <- function(name) if (name %in% MEASURES) GRID[[name]][, START] else covariate(name)
at_least_two <- function(visits, m, use, x) if (!is.factor(x)) visits else
  Filter(function(v) v == PRIMARY || all(table(droplevels(x[use & !is.na(GRID[[m]][, v])]), factor(FULL[use & !is.na(GRID[[m]][, v])], 0:1)) >= 2), visits)
# tau^2 and what it draws the estimates to: theta ~ N(C mu, tau^2 K), estimates with covariance S.
shrunken <- function(theta, S, levels = TRUE, x = NULL) {
  n <- length(theta)
  if (levels) { X <- matrix(1, n); K <- diag(n) } else { X <- matrix(1, n); K <- outer(x - mean(x), x - mean(x)) }
  minus <- function(tau2) {
    V <- S + tau2 * K
    W <- solve(V); XWX <- t(X) %*% W %*% X
    mu <- solve(XWX, t(X) %*% W %*% theta); e <- theta - X %*% mu
    as.numeric(determinant(V)$modulus + determinant(XWX)$modulus + t(e) %*% W %*% e) / 2
  }
  top <- 10 * max(diff(range(theta))^2, diag(S))
  grid <- c(0, exp(seq(log(top * 1e-9), log(top), length.out = 200)))
  values <- vapply(grid, minus, 0)
  i <- which.min(values)
  tau2 <- if (i == 1) 0 else optimize(minus, c(grid[i - 1], grid[min(i + 1, length(grid))]), tol = 1e-12 * top)$minimum
  if (minus(0) <= minus(tau2)) tau2 <- 0
  W <- solve(S + tau2 * K)
  mu <- drop(solve(t(X) %*% W %*% X, t(X) %*% W %*% theta))
  drop(X * mu + tau2 * K %*% W %*% (theta - X * mu))
}
needs_one <- function(m, name) {
  x <- moderator_of(name)
  own_start <- identical(name, m)
  use <- compared(m) & !is.na(x)
  others <- CHARACTERISTICS[setdiff(COVARIATES, setdiff(name, MEASURES))]  # a covariate may have the name of a measure
  if (!is.factor(x) && length(unique(x[use])) == 2) x <- factor(x)
  if (is.factor(x)) {
    seen <- use & !is.na(GRID[[m]][, PRIMARY])
    small <- levels(x)[apply(table(x[seen], factor(FULL[seen], 0:1)), 1, min) < 5]
    use <- use & !(x %in% small)
    x <- droplevels(factor(ifelse(use, as.character(x), NA), levels = levels(x)))
    if (nlevels(x) < 2) return(NULL)
    M <- sapply(levels(x)[-1], function(l) as.numeric(x[use] == l))
    places <- diag(nlevels(x))[, -1, drop = FALSE]
    names_of <- word(levels(x))
  } else {
    M <- cbind(x[use])
    at <- PLAN$needs$at[[name]]
    quartiles <- quantile(moderator_of(name), c(0.25, 0.5, 0.75), na.rm = TRUE, names = FALSE)
    inside <- function(v) all(vapply(c(1, 0), function(a) v >= min(x[use & FULL == a]) && v <= max(x[use & FULL == a]), TRUE))
    values <- or(at, quartiles)
    names_of <- if (is.null(at)) c("lower_quartile", "median", "upper_quartile") else word(format(at))
    keep <- vapply(values, inside, TRUE)
    values <- values[keep]; names_of <- names_of[keep]
    places <- cbind(values)
  }
  M <- as.matrix(M); colnames(M) <- paste0("m", seq_len(ncol(M)))
  A <- M * FULL[use]; colnames(A) <- paste0("a", seq_len(ncol(M)))
  visits <- at_least_two(LATER, m, use, x)
  Y <- GRID[[m]][use, visits, drop = FALSE]
  some <- rowSums(!is.na(Y)) > 0
  Z <- cbind(one = 1, arm = FULL[use], start = GRID[[m]][use, START], if (!own_start) M, A)[some, , drop = FALSE]
  C <- columns_of(others, use)[some, , drop = FALSE]
  kept <- colnames(full_rank(cbind(Z, C)))
  C <- C[, colnames(C) %in% kept, drop = FALSE]
  d <- list(Z = Z, C = C, Y = Y[some, , drop = FALSE], visits = visits, sums = mmrm_sums(Z, C, Y[some, , drop = FALSE]))
  fit <- mmrm_fit(d$sums)
  kr <- kenward_roger(fit)
  z_at <- function(place, arm = 1) { z <- setNames(numeric(ncol(Z)), colnames(Z)); z["arm"] <- arm; z[colnames(A)] <- place; z }
  L <- sapply(seq_len(nrow(places)), function(i) at_visit(d, PRIMARY, z_at(places[i, ])))
  list(d = d, fit = fit, kr = kr, L = L, places = places, names = names_of, x = x, use = use, levels = is.factor(x), z_at = z_at)
}
ask("needs", {
  looks <- 0; apart <- 0
  for (name in as.character(or(PLAN$needs$moderators, character()))) {
    x <- moderator_of(name)
    for (m in PRIMARIES) ask(paste("needs", m, name), {
      one <- needs_one(m, name)
      if (!is.null(one)) {
        stem <- paste("needs", m, PRIMARY, name, sep = ".")
        for (i in seq_along(one$names)) put_list(paste(stem, one$names[i], "difference", sep = "."), contrast(one$fit, one$kr, one$L[, i]), "iterated")
        looks <- looks + 1
        if (one$levels && nrow(one$places) > 2) {
          L <- one$L[, -1] - one$L[, 1]
          for (i in seq_len(ncol(L))) put_list(paste(stem, one$names[i + 1], "interaction", sep = "."), contrast(one$fit, one$kr, L[, i]), "iterated")
          test <- joint_test(one$fit, one$kr, L)
          put(paste0(stem, ".interaction"), test$value, df = test$df2, df2 = test$df, p_value = test$p_value, kind = "iterated")
          apart <- apart + (test$p_value < 1 - LEVEL)
        } else {
          k <- ncol(one$L)
          result <- contrast(one$fit, one$kr, one$L[, k] - one$L[, 1])
          put_list(paste0(stem, ".interaction"), result, "iterated")
          apart <- apart + (result$low > 0 || result$high < 0)
        }
        if (length(one$names) > 1) {
          theta <- drop(t(one$L) %*% one$fit$beta)
          S <- t(one$L) %*% one$kr$adjusted %*% one$L
          drawn <- if (one$levels) shrunken(theta, S) else {
            l <- at_visit(one$d, PRIMARY, one$z_at(1, 0))
            b <- sum(l * one$fit$beta); v <- drop(l %*% one$kr$adjusted %*% l)
            keep <- max(0, 1 - v / b^2)
            # The height is where slope and height are estimated without correlation.
            slope <- drop(t(one$L) %*% one$kr$adjusted %*% l) / v
            theta - slope * (b - keep * b)
          }
          for (i in seq_along(one$names)) put(paste(stem, one$names[i], "shrunken", sep = "."), drawn[i], kind = "iterated")
        }
      }
    })
    if (!is.factor(x) && is.null(PLAN$needs$at[[name]])) {
      q <- quantile(x, c(0.25, 0.5, 0.75), na.rm = TRUE, names = FALSE)
      for (i in 1:3) put(paste("needs", name, c("lower_quartile", "median", "upper_quartile")[i], "value", sep = "."), q[i])
    }
  }
  if (looks && all(vapply(FAMILY, function(m) KIND[[m]] == "score", TRUE))) { # of counts and yes/no it compares no levels
    put("needs.looks", looks); put("needs.looks.apart", apart); put("needs.looks.by_chance", looks * (1 - LEVEL))
  }
  seen <- Reduce(`|`, lapply(PRIMARIES, function(m) !is.na(GRID[[m]][, PRIMARY])))
  for (profile in PLAN$needs$profiles) {
    meets <- rep(TRUE, N)
    for (name in names(profile$where)) {
      x <- moderator_of(name); wish <- profile$where[[name]]
      meets <- meets & (if (is.numeric(wish)) as_number(as.character(x)) >= wish[1] & as_number(as.character(x)) <= wish[2] else as.character(x) %in% wish)
    }
    for (a in names(ARM)) {
      stem <- paste("needs.profile", word(profile$label), a, sep = ".")
      put(paste0(stem, ".people"), sum(meets & ARM[[a]], na.rm = TRUE))
      put(paste0(stem, ".seen"), sum(meets & ARM[[a]] & seen, na.rm = TRUE))
    }
  }
})

# --- What was not recorded: confounding.* (docs/methods/sensitivity.md) ------------------------------------------------------------------------
e_value <- function(rr) { rr <- max(rr, 1 / rr); rr + sqrt(rr * (rr - 1)) }
robustness <- function(f) if (f <= 0) 0 else 0.5 * (sqrt(f^4 + 4 * f^2) - f^2)
ask("confounding", for (m in PRIMARIES) ask(paste("confounding", m), {
  a <- ancova(m, PRIMARY)
  stem <- paste("confounding", m, PRIMARY, sep = ".")
  g <- got(paste("ancova", m, PRIMARY, "g", sep = "."))
  put(paste0(stem, ".e_value"), e_value(exp(0.91 * g$value)))
  near <- if (g$low > 0) g$low else if (g$high < 0) g$high else 0
  put(paste0(stem, ".e_value_interval"), e_value(exp(0.91 * near)))
  df <- nrow(a$X) - ncol(a$X)
  j <- which(colnames(a$X) == "arm")
  se <- sqrt(sum(a$fit$e^2) / df * a$fit$M[j, j])
  b <- a$fit$b[[j]]
  f <- abs(b / se) / sqrt(df)
  put(paste0(stem, ".robustness_value"), robustness(f))
  put(paste0(stem, ".robustness_value_interval"), robustness(f * abs(near / g$value)))
  # Benchmarks: partial R^2 of a column of the adjustment (the score at the start, a number, a level) with score and with arm.
  rss <- function(X, y) sum(qr.resid(qr(X), y)^2)
  y <- a$fit$y; arm <- a$X[, j]
  for (name in setdiff(colnames(a$X), c("one", "arm"))) {
    mine <- colnames(a$X) == name
    with_y <- 1 - sum(a$fit$e^2) / rss(a$X[, !mine, drop = FALSE], y)
    with_arm <- 1 - rss(a$X[, -j, drop = FALSE], arm) / rss(a$X[, !mine & seq_along(mine) != j, drop = FALSE], arm)
    kd <- with_arm / (1 - with_arm)
    if (kd >= 1) next
    R <- with_arm^2 / ((1 - with_arm) * (1 - with_arm))
    r2d <- kd
    eta <- (sqrt(1) + sqrt(R)) / sqrt(1 - R)
    r2y <- min(1, eta^2 * with_y / (1 - with_y))
    bias <- se * sqrt(r2y * r2d / (1 - r2d)) * sqrt(df)
    put(paste(stem, if (name == "start") "the_score_at_the_start" else word(name), "bound", sep = "."), b - sign(b) * bias)
  }
}))

# --- What happens in 121 sessions: sessions.* (docs/methods/sessions.md) -------------------------------------------------------------------------
COMPONENTS <- c("agenda_set", "week_reviewed", "crisis_reviewed", "chain_analysis", "solution_analysis", "skills_generalised", "homework_reviewed",
                "priority_target_worked_on", "goal_set", "validation_and_change", "cognitive_restructuring", "homework_set", "behavioural_task_set",
                "relationship_discussed", "feedback", "plan_adjusted", "closing_summary")
TARGETS <- c("life_threatening", "therapy_interfering", "quality_of_life", "skills")
# Mean of clustered values: CR2 in closed form, Satterthwaite's degrees of freedom.
clustered_mean <- function(x, cluster) {
  m <- tapply(x, cluster, length); s <- tapply(x - mean(x), cluster, sum); n <- length(x)
  a <- m / (1 - m / n) / n^2
  c <- m * (1 - m / n)^-0.5 * n^-1.5
  P <- diag(a, length(a)) - outer(c, c)
  list(value = mean(x), se = sqrt(sum(s^2 / (1 - m / n)) / n^2), df = sum(diag(P))^2 / sum(P^2))
}
# Wilson's interval at the effective number of sessions p(1-p)/se^2, never more than there are, with t for z.
clustered_share <- function(x, cluster) {
  fit <- clustered_mean(as.numeric(x), cluster)
  p <- fit$value
  if (p %in% 0:1) {
    G <- length(unique(cluster))
    w <- wilson(p * G, G, qt(1 - (1 - LEVEL) / 2, fit$df))
    return(list(value = p, se = fit$se, df = fit$df, low = w$low, high = w$high))
  }
  n <- min(length(x), p * (1 - p) / fit$se^2)
  w <- wilson(p * n, n, qt(1 - (1 - LEVEL) / 2, fit$df))
  list(value = p, se = fit$se, df = fit$df, low = w$low, high = w$high)
}
ask("sessions", if (!is.null(SESSIONS)) {
  arm_of <- FULL[match(SESSIONS$client_id, ID)]
  put("sessions.left_out", sum(!(arm_of %in% 1)))
  s <- SESSIONS[arm_of %in% 1, , drop = FALSE]
  put("sessions.recorded", nrow(s))
  who <- s$client_id
  put("sessions.clients", length(unique(who)))
  therapist <- THERAPIST[match(who, ID)]
  therapist <- ifelse(is.na(therapist), paste0("alone:", who), therapist)
  unit <- if (length(unique(therapist)) >= 4) therapist else who
  from <- or(PLAN$disclosure$minimum_count, 8)
  share <- function(id, x, unit) { keep <- !is.na(x); if (length(unique(unit[keep])) >= 2) put_list(id, clustered_share(x[keep], unit[keep])) }
  for (name in intersect(COMPONENTS, names(s))) {
    done <- as_yes(s[[name]])
    if (all(is.na(done))) next
    share(paste0("sessions.", name, ".share"), done, unit)
    put(paste0("sessions.", name, ".clients"), length(unique(who[done %in% TRUE])))
    put(paste0("sessions.", name, ".clients_without"), length(unique(who[done %in% FALSE])))
  }
  minutes <- as_number(column(s, "minutes"))
  if (any(!is.na(minutes))) {
    keep <- !is.na(minutes)
    fit <- clustered_mean(minutes[keep], unit[keep])
    put_list("sessions.minutes.mean", with_t(fit$value, fit$se, fit$df)[c("value", "se", "df", "low", "high")])
    put("sessions.minutes.sd", sd(minutes, na.rm = TRUE))
    q <- quantile(minutes, c(0.25, 0.5, 0.75), na.rm = TRUE, names = FALSE)
    put("sessions.minutes.lower_quartile", q[1]); put("sessions.minutes.median", q[2]); put("sessions.minutes.upper_quartile", q[3])
  }
  # How they were held, and the rating of adherence.
  mode <- column(s, "mode")
  if (any(!is.na(mode))) for (m in c("in_person", "online", "phone")) {
    share(paste0("sessions.mode.", m, ".share"), ifelse(is.na(mode), NA, mode == m), unit)
    put(paste0("sessions.mode.", m, ".clients"), length(unique(who[mode %in% m])))
  }
  rating <- as_number(column(s, "adherence"))
  if (any(!is.na(rating))) {
    keep <- !is.na(rating)
    fit <- clustered_mean(rating[keep], unit[keep])
    put_list("sessions.adherence.mean", with_t(fit$value, fit$se, fit$df)[c("value", "se", "df", "low", "high")])
    put("sessions.adherence.sd", sd(rating[keep]))
    share("sessions.adherence.recorded_share", keep, unit)
  }
  # Homework and tasks: of sessions that set some and have a next one on record, whether the next reviewed it.
  number <- as_number(column(s, "session"))
  day <- as.numeric(as.Date(column(s, "date")))
  # By number where every session has one, else by date; then the place in that order is the number.
  numbered <- !anyNA(number)
  when <- if (numbered) number else day
  order_of <- order(who, when)
  if (!numbered) number[order_of] <- ave(seq_along(order_of), who[order_of], FUN = seq_along)
  next_row <- rep(NA_integer_, nrow(s))
  for (i in seq_len(nrow(s) - 1)) {
    a <- order_of[i]; b <- order_of[i + 1]
    if (who[a] == who[b] && number[b] == number[a] + 1) next_row[a] <- b
  }
  reviewed <- as_yes(column(s, "homework_reviewed"))[next_row]
  for (what in c("homework", "behavioural_task")) {
    asked <- as_yes(column(s, paste0(what, "_set"))) %in% TRUE & !is.na(reviewed)
    if (!any(asked)) next
    share(paste0("sessions.", what, ".followed_up"), ifelse(asked, reviewed, NA), unit)
    put(paste0("sessions.", what, ".clients"), length(unique(who[asked & reviewed])))
    put(paste0("sessions.", what, ".clients_without"), length(unique(who[asked & !reviewed])))
  }
  # The order of targets.
  taken <- strsplit(column(s, "target"), " *; *")
  target <- vapply(taken, `[`, "", 1)              # a session stands by the target that was taken first
  if (any(!is.na(target))) {
    weeks <- or(PLAN$sessions$weeks, WEEK[[PRIMARY]])
    week <- as.numeric(as.Date(column(s, "date")) - started[match(who, ID)]) / 7
    place <- if (!anyNA(week)) week / weeks else (number - 1) / max(number)
    third <- c("first", "middle", "last")[pmin(3, pmax(1, floor(place * 3) + 1))]
    for (t in TARGETS) {
      is_it <- ifelse(is.na(target), NA, target == t)
      share(paste0("sessions.target.", t, ".share"), is_it, unit)
      any_it <- ifelse(is.na(target), NA, vapply(taken, function(x) t %in% x, NA))
      share(paste0("sessions.target.", t, ".taken"), any_it, unit)
      put(paste0("sessions.target.", t, ".clients"), length(unique(who[any_it %in% TRUE])))
      for (p in c("first", "middle", "last")) share(paste("sessions.target", t, p, sep = "."), ifelse(third %in% p, is_it, NA), unit)
    }
    many <- ifelse(is.na(target), NA, lengths(taken) > 1)
    share("sessions.order.several", many, unit)
    falls <- vapply(taken, function(x) all(diff(match(x, TARGETS)) > 0), NA)
    share("sessions.order.in_order", ifelse(many %in% TRUE, falls, NA), unit)
    with_life <- vapply(taken, function(x) TARGETS[1] %in% x, NA)
    share("sessions.order.life_threatening_first_within", ifelse(many %in% TRUE & with_life, target == TARGETS[1], NA), unit)
    rank <- match(target, TARGETS)
    first_is <- function(rows) { rows <- rows[!is.na(rank[rows])]; rows <- rows[order(when[rows])]; if (any(with_life[rows])) rank[rows[1]] == 1 else NA }
    by_client <- split(seq_len(nrow(s)), who)
    early <- unlist(lapply(by_client, first_is))
    put_list("sessions.order.life_threatening_first", wilson(sum(early, na.rm = TRUE), sum(!is.na(early))))
    concord <- vapply(by_client, function(rows) {
      rows <- rows[!is.na(rank[rows])]; rows <- rows[order(when[rows])]
      r <- rank[rows]; w <- when[rows]
      later <- outer(w, w, "<"); higher <- outer(r, r, "<"); lower_ <- outer(r, r, ">")
      if (sum(later & (higher | lower_)) == 0) NA else sum(later & higher) / sum(later & (higher | lower_))
    }, 0)
    keep <- !is.na(concord)
    their_unit <- unit[match(names(by_client), who)]
    fit <- clustered_mean(concord[keep], their_unit[keep])
    put_list("sessions.order.concordance", with_t(fit$value, fit$se, fit$df)[c("value", "se", "df", "low", "high")])
  }
  # By therapist, from the minimum count of clients on, with clients as clusters.
  for (t in unique(therapist[!grepl("^alone:", therapist)])) {
    mine <- therapist == t
    if (length(unique(who[mine])) < from) next
    put(paste("sessions.therapist", word(t), "clients", sep = "."), length(unique(who[mine])))
    for (name in intersect(COMPONENTS, names(s))) share(paste("sessions.therapist", word(t), name, "share", sep = "."), ifelse(mine, as_yes(s[[name]]), NA), who)
  }
})

# --- The way in: waiting.* (docs/methods/waiting.md); results by quarter of intake: run_chart.* (docs/methods/run_chart.md) ----------------------------
day_of <- function(name) as.Date(column(clients, name))
QUARTER <- { d <- day_of("start_date"); ifelse(is.na(d), NA, paste0(format(d, "%Y"), "_q", (as.integer(format(d, "%m")) - 1) %/% 3 + 1)) }
# Of values in order the k-th from either end, with the largest k that misses the median seldom enough.
median_limits <- function(x) {
  x <- sort(x); n <- length(x)
  k <- if (n < 2) integer() else which(2 * pbinom(seq_len(n %/% 2) - 1, n, 0.5) <= 1 - LEVEL)
  if (!length(k)) list(value = median(x)) else list(value = median(x), low = x[max(k)], high = x[n + 1 - max(k)])
}
WAITS <- list(referred_to_assessed = c("referred_date", "assessed_date"), assessed_to_offered = c("assessed_date", "offered_date"),
              offered_to_started = c("offered_date", "start_date"), assessed_to_started = c("assessed_date", "start_date"),
              referred_to_started = c("referred_date", "start_date"))
ask("waiting", for (span in names(WAITS)) {
  begins <- day_of(WAITS[[span]][1]); ends <- day_of(WAITS[[span]][2])
  if (all(is.na(begins)) || all(is.na(ends))) next
  weeks <- as.numeric(ends - begins) / 7
  weeks[weeks < 0] <- NA
  target <- PLAN$waiting[[span]]
  for (arm in names(ARM)) {
    mine <- ARM[[arm]]
    put(paste("waiting", span, arm, "not_recorded", sep = "."), sum(mine & is.na(weeks)))
    told <- list(mine)
    if (span == "referred_to_started" || !is.null(target)) for (q in unique(na.omit(QUARTER[mine & !is.na(weeks)]))) told[[q]] <- mine & QUARTER %in% q
    for (i in seq_along(told)) {
      x <- weeks[told[[i]] & !is.na(weeks)]
      if (!length(x)) next
      stem <- paste(c("waiting", span, names(told)[i][nzchar(or(names(told)[i], ""))], arm), collapse = ".")
      put_list(paste0(stem, ".median"), median_limits(x))
      if (!is.null(target)) put_list(paste0(stem, ".within"), wilson(sum(x <= target), length(x)))
    }
  }
})
ask("run charts", {
  chart <- function(stem, x, mine, share) {
    use <- mine & !is.na(x) & !is.na(QUARTER)
    quarters <- sort(unique(QUARTER[use])); Q <- length(quarters); y <- as.numeric(x[use]); q <- factor(QUARTER[use], quarters); N <- length(y)
    if (Q < 2 || (!share && N <= Q)) return(invisible())
    n <- as.integer(table(q)); tail <- (1 - LEVEL) / Q / 2
    if (share) {
      C <- sum(y)
      limits <- vapply(n, function(m) { k <- 0:m; c(max(k[phyper(k - 1, C, N - C, m) <= tail]), min(k[phyper(k, C, N - C, m, lower.tail = FALSE) <= tail])) / m }, c(0, 0))
    } else {
      half <- qt(1 - tail, N - Q) * summary(lm(y ~ q))$sigma * sqrt(1 / n - 1 / N)
      limits <- rbind(mean(y) - half, mean(y) + half)
    }
    arm <- sub(".*[.]", "", stem); before <- sub("[.][^.]*$", "", stem)
    put(paste0(stem, ".centre"), mean(y))
    for (i in seq_len(Q)) {
      at <- paste(before, quarters[i], arm, sep = ".")
      put(paste0(at, ".value"), mean(y[q == quarters[i]])); put(paste0(at, ".lower"), limits[1, i]); put(paste0(at, ".upper"), limits[2, i])
    }
  }
  for (arm in names(ARM)) {
    for (m in PRIMARIES) if (or(PLAN$measures[[m]]$kind, "score") == "score") chart(paste("run_chart", m, PRIMARY, arm, sep = "."), GRID[[m]][, PRIMARY] - GRID[[m]][, START], ARM[[arm]], FALSE)
    chart(paste("run_chart.completed", arm, sep = "."), COMPLETED, ARM[[arm]], TRUE)
  }
})

# --- Dose and alliance: the landmark (docs/methods/dose.md) -------------------------------------------------------------------------------------------
LANDMARK <- or(PLAN$sessions$landmark, { between <- VISITS[WEEK > WEEK[[START]] & WEEK < WEEK[[PRIMARY]]]; if (length(between)) between[length(between)] })
attended_by <- function(kind, week = Inf) {
  if (is.null(ATTENDANCE)) return(rep(NA_real_, N))
  w <- weeks_after_start(ATTENDANCE)
  at <- ifelse(is.na(w$written), w$dated, w$written)
  rows <- ATTENDANCE$status == "attended" & (ATTENDANCE$kind %in% kind) & (is.infinite(week) | (!is.na(at) & at <= week))
  as.numeric(table(factor(ATTENDANCE$client_id[rows], ID)))
}
# CR2 by skills group or by therapist, whichever standard error is larger; HC3 where nobody of the study shares either.
every_sharing <- function(use) lapply(Filter(function(unit) shared(unit) && enough(unit, use), list(GROUP, THERAPIST)), alone, use)
wider <- function(fit, l, use) {
  options <- every_sharing(use)
  if (!length(options)) return(robust(fit, l))
  results <- lapply(options, function(cluster) robust(fit, l, cluster))
  results[[which.max(vapply(results, `[[`, 0, "se"))]]
}
# The same of a mean; of people by themselves the t interval, which it comes to where everybody is a unit.
wider_mean <- function(x, use) {
  options <- every_sharing(use)
  fits <- lapply(if (length(options)) options else list(ID[use]), function(unit) clustered_mean(x[use], unit))
  fit <- fits[[which.max(vapply(fits, `[[`, 0, "se"))]]
  with_t(fit$value, fit$se, fit$df)[c("value", "se", "df", "low", "high")]
}
landmark_fit <- function(m, x, use, more = NULL) {
  grid <- GRID[[m]]
  use <- use & known & !is.na(grid[, LANDMARK]) & !is.na(grid[, PRIMARY]) & !is.na(grid[, START]) & !is.na(x)
  X <- cbind(one = 1, x = x[use], if (length(unique(FULL[use])) > 1) cbind(arm = FULL[use]), if (!is.null(more)) cbind(other = more[use]),
             middle = grid[use, LANDMARK], start = grid[use, START], columns_of(CHARACTERISTICS, use))
  X <- full_rank(X)
  list(fit = ols(X, grid[use, PRIMARY] - grid[use, LANDMARK]), X = X, use = use)
}
ask("dose", if (!is.null(ATTENDANCE) && !is.null(LANDMARK)) {
  week <- WEEK[[LANDMARK]]
  group <- attended_by("group", week); one <- attended_by("individual", week)
  for (m in PRIMARIES) ask(paste("dose", m), {
    stem <- paste("dose", m, PRIMARY, sep = ".")
    give <- function(id, x, use, more = NULL) ask(id, {
      f <- landmark_fit(m, x, use, more)
      if (!("x" %in% colnames(f$X)) || nrow(f$X) <= ncol(f$X)) not_estimable("too few people")
      put_list(id, wider(f$fit, unit_vector(f$X, "x"), f$use))
    })
    give(paste0(stem, ".per_session"), group + one, rep(TRUE, N))
    give(paste0(stem, ".full.group.per_session"), group, ARM$full, one)
    give(paste0(stem, ".full.individual.per_session"), one, ARM$full, group)
    give(paste0(stem, ".skills.group.per_session"), group, ARM$skills)
  })
})
ask("dose, attended", if (!is.null(ATTENDANCE)) for (a in names(ARM)) for (kind in if (a == "full") c("group", "individual") else "group") {
  x <- attended_by(kind)
  use <- ARM[[a]]
  put_list(paste("dose", a, kind, "attended", sep = "."), wider_mean(x, use))
})
ALLIANCES <- MEASURES[vapply(PLAN$measures, function(m) identical(m$domain, "alliance"), TRUE)]
ask("alliance", for (w in ALLIANCES) {
  for (v in VISITS) {
    seen <- !is.na(GRID[[w]][, v])
    if (min(table(factor(FULL[seen], 0:1))) < 2) next
    for (a in names(ARM)) {
      use <- seen & ARM[[a]]
      put_list(paste("alliance", v, a, "mean", sep = "."), wider_mean(GRID[[w]][, v], use))
    }
    start <- GRID[[w]][, START]
    use <- seen & known & (all(is.na(start)) | !is.na(start))
    X <- full_rank(cbind(one = 1, arm = FULL[use], if (!all(is.na(start))) start[use], columns_of(CHARACTERISTICS, use)))
    if ("arm" %in% colnames(X) && nrow(X) > ncol(X)) put_list(paste("alliance", v, "difference", sep = "."), wider(ols(X, GRID[[w]][use, v]), unit_vector(X, "arm"), use))
  }
  if (!is.null(LANDMARK)) for (m in PRIMARIES) ask(paste("alliance", m), {
    f <- landmark_fit(m, GRID[[w]][, LANDMARK], rep(TRUE, N))
    s <- sd(f$X[, "x"])
    f$X[, "x"] <- f$X[, "x"] / s
    put_list(paste("alliance", m, PRIMARY, "per_sd", sep = "."), wider(ols(f$X, f$fit$y), unit_vector(f$X, "x"), f$use))
  })
})

# --- Balance and weights: balance.*, weighting.* (docs/methods/weights.md) ------------------------------------------------------------------------------
# What tells the programme: the covariates and the score at the start of every measure. What is not recorded is filled with the mean of the others (a
# level of its own for words), with an indicator beside it.
propensity_columns <- function() {
  out <- cbind(one = rep(1, N))
  for (name in COVARIATES) {
    x <- CHARACTERISTICS[[name]]
    if (is.factor(x)) {
      for (l in levels(x)[-1]) out <- cbind(out, as.numeric(x %in% l))
    } else { y <- x; y[is.na(y)] <- mean(x, na.rm = TRUE); out <- cbind(out, y) }
    if (anyNA(x)) out <- cbind(out, as.numeric(is.na(x)))
  }
  for (m in MEASURES) {
    x <- GRID[[m]][, START]
    if (all(is.na(x))) next
    y <- x; y[is.na(y)] <- mean(x, na.rm = TRUE)
    out <- cbind(out, y, if (anyNA(x)) as.numeric(is.na(x)))
  }
  colnames(out) <- paste0("p", seq_len(ncol(out)))
  out
}
# Columns orthonormal among the people at hand; people who alone hold a level get the propensity zero or one.
propensity <- function(X, full, rows = rep(TRUE, length(full)), start = NULL) {
  Z <- X[rows, , drop = FALSE]
  q <- qr(scale(Z, center = FALSE, scale = pmax(sqrt(colSums(Z^2)), 1e-300)), tol = 1e-8)
  B <- qr.Q(q)[, seq_len(q$rank), drop = FALSE]
  apart <- rep(NA_real_, nrow(B))
  repeat {
    inside <- is.na(apart)
    fit <- logistic(B[inside, , drop = FALSE], full[rows][inside], steps = 60)
    extreme <- fit$p < 1e-7 | fit$p > 1 - 1e-7
    if (!any(extreme)) break
    apart[which(inside)[extreme]] <- round(fit$p[extreme])
    if (sum(is.na(apart)) < 3) break
    q <- qr(B[is.na(apart), , drop = FALSE], tol = 1e-7)
    keep <- sort(q$pivot[seq_len(q$rank)])
    B <- B[, keep, drop = FALSE]
  }
  out <- rep(NA_real_, length(full))
  p <- apart
  p[is.na(apart)] <- fit$p
  out[rows] <- p
  list(e = out, apart = sum(!is.na(apart)), rank = ncol(B))
}
weights_for <- function(e, full, target) {
  w <- switch(target, overlap = ifelse(full == 1, 1 - e, e), ate = ifelse(full == 1, 1 / e, 1 / (1 - e)), att = ifelse(full == 1, 1, e / (1 - e)),
              atc = ifelse(full == 1, (1 - e) / e, 1))
  w[!is.finite(w) | e <= 0 | e >= 1] <- 0
  w
}
effective <- function(w) sum(w)^2 / sum(w^2)
# Clusters with people of both arms, of one arm only and of the other are strata; the jackknife's spread is judged within each.
jackknife <- function(whole, without, unit, full) {
  names_of <- unique(unit)
  # People by themselves are one stratum.
  stratum <- if (anyDuplicated(unit)) vapply(names_of, function(u) paste(sort(unique(full[unit == u])), collapse = ""), "") else rep("people", length(names_of))
  values <- vapply(names_of, without, 0)
  parts <- lapply(split(values, stratum), function(v) c(v = (length(v) - 1) / length(v) * sum((v - mean(v))^2), df = length(v) - 1))
  v <- vapply(parts, `[[`, 0, "v"); df <- vapply(parts, `[[`, 0, "df")
  list(se = sqrt(sum(v)), df = sum(v)^2 / sum(v^2 / df))
}
ask("balance", {
  X <- propensity_columns()
  if (ncol(X) > 1) {
  whole <- propensity(X, FULL)
  e <- whole$e
  overlap <- weights_for(e, FULL, "overlap")
  at_start <- known_at_start()
  before <- after <- NULL
  for (name in names(at_start)) {
    x <- at_start[[name]]
    if (all(is.na(x))) next
    before[name] <- smd(x, FULL); after[name] <- smd(x, FULL, overlap)
    put(paste0("balance.", name, ".before"), before[[name]])
    put(paste0("balance.", name, ".after"), after[[name]], kind = "iterated")
  }
  put("balance.compared", length(before))
  put("balance.alike", sum(abs(before) < 0.1))
  put("balance.alike_weighted", sum(abs(after) < 0.1))
  # The range of an arm is that of its people who are not set apart.
  ranges <- lapply(c(1, 0), function(a) range(e[FULL == a & e > 0 & e < 1]))
  inside <- ifelse(FULL == 1, e >= ranges[[2]][1] & e <= ranges[[2]][2], e >= ranges[[1]][1] & e <= ranges[[1]][2])
  put("balance.overlap", mean(inside))
  ess <- c(full = effective(overlap[FULL == 1]), skills = effective(overlap[FULL == 0]))
  put("weighting.full.effective_n", ess[["full"]], kind = "iterated")
  put("weighting.skills.effective_n", ess[["skills"]], kind = "iterated")
  put("weighting.effective_n", sum(ess), kind = "iterated")
  put("weighting.left_out", whole$apart)
  put("balance.comparable", as.numeric(!(min(ess / c(sum(FULL), sum(1 - FULL))) < 0.2 || whole$apart == N)))
  cluster <- cluster_for(rep(TRUE, N))
  unit <- if (is.null(cluster)) ID else cluster
  parts <- unique(unit)
  # The propensities without each part, fitted once for all measures.
  LEFT <- setNames(lapply(parts, function(u) propensity(X, FULL, unit != u)$e), parts)
  WHOLE_E <- e
  }
})
weighted_difference <- function(m, e, target, rows) {
  y <- GRID[[m]][, PRIMARY]
  w <- weights_for(e, FULL, target)
  use <- rows & !is.na(y) & !is.na(e)
  sum((w * y)[use & FULL == 1]) / sum(w[use & FULL == 1]) - sum((w * y)[use & FULL == 0]) / sum(w[use & FULL == 0])
}
# Augmented: regressions in each arm, predicted for everybody the target is about, seen or not; what is not recorded is filled as in the propensity.
outcome_columns <- function(m) {
  out <- cbind(one = rep(1, N))
  for (x in c(CHARACTERISTICS, list(GRID[[m]][, START]))) {
    if (is.factor(x)) out <- cbind(out, sapply(levels(x)[-1], function(l) as.numeric(x %in% l)))
    else { y <- x; y[is.na(y)] <- mean(x, na.rm = TRUE); out <- cbind(out, y) }
    if (anyNA(x)) out <- cbind(out, as.numeric(is.na(x)))
  }
  out
}
augmented <- function(m, e, target, rows, X) {
  y <- GRID[[m]][, PRIMARY]
  seen <- rows & !is.na(y) & !is.na(e)
  w <- weights_for(e, FULL, target)
  inside <- rows & !is.na(e) & e > 0 & e < 1
  h <- switch(target, ate = rep(1, N), att = FULL, overlap = e * (1 - e))
  predicted <- lapply(c(1, 0), function(a) {
    use <- seen & FULL == a
    b <- qr.coef(qr(X[use, , drop = FALSE], tol = 1e-9), y[use])
    b[is.na(b)] <- 0
    drop(X %*% b)
  })
  rest <- lapply(c(1, 0), function(a) { use <- seen & FULL == a; sum((w * (y - predicted[[2 - a]]))[use]) / sum(w[use]) })
  sum((h * (predicted[[1]] - predicted[[2]]))[inside]) / sum(h[inside]) + rest[[1]] - rest[[2]]
}
ask("weighting", if (exists("LEFT")) for (m in PRIMARIES) ask(paste("weighting", m), {
  stem <- paste("weighting", m, PRIMARY, sep = ".")
  y <- GRID[[m]][, PRIMARY]
  seen <- !is.na(y)
  n_eff <- function(target, who) { w <- weights_for(WHOLE_E, FULL, target); effective(w[who & FULL == 1]) + effective(w[who & FULL == 0]) }
  give <- function(name, target, compute, who = seen) {
    value <- compute(WHOLE_E, rep(TRUE, N))
    spread <- jackknife(value, function(u) compute(LEFT[[u]], unit != u), unit, FULL)
    df <- if (is.null(cluster)) n_eff(target, who) - 2 else spread$df
    put_list(paste0(stem, ".", name), with_t(value, spread$se, df), "iterated")
  }
  for (target in c("overlap", "ate", "att", "atc")) give(target, target, function(e, rows) weighted_difference(m, e, target, rows))
  X <- outcome_columns(m)
  for (target in c("ate", "att", "overlap"))
    give(if (target == "ate") "doubly_robust" else paste0("doubly_robust_", target), target, function(e, rows) augmented(m, e, target, rows, X))
  # The main model with people weighted: a weight is a frequency, scaled to a mean of one among those who have any.
  if (!is.null(MAIN[[m]])) {
    d <- MAIN[[m]]
    ids <- which(d$use)
    l <- at_visit(d, PRIMARY, as.numeric(colnames(d$Z) == "arm"))
    V <- d$fit$V
    give("mmrm", "overlap", function(e, rows) {
      w <- weights_for(e, FULL, "overlap")[ids]
      w[!rows[ids]] <- 0
      w[is.na(w)] <- 0
      w <- w / mean(w[w > 0])
      # Whoever is left out takes along the covariates that nobody else informs.
      told <- colnames(full_rank(cbind(d$Z, d$C)[w > 0, , drop = FALSE]))
      C <- d$C[, colnames(d$C) %in% told, drop = FALSE]
      fit <- mmrm_fit(mmrm_sums(d$Z, C, d$Y, w), V)
      V <<- fit$V
      sum(l[seq_len(ncol(d$Z) * ncol(d$Y))] * fit$beta[seq_len(ncol(d$Z) * ncol(d$Y))])
    }, d$use)
  }
}))

# --- Skills groups in both arms, therapists in the full arm: mixed.* (docs/methods/mixed.md) --------------------------------------------------------------
# y = X b + group + full * therapist + e, by REML. Everything is written out with the matrices of all scores, which is slow but plain.
# `blocks` are derivatives of the covariance by its parameters; a variance that a step would make negative becomes zero.
mixed_problem <- function(d, groups, therapists, by_arm) {
  X <- y <- person <- visit <- NULL
  rows <- which(rowSums(!is.na(d$Y)) > 0)
  for (i in rows) for (t in which(!is.na(d$Y[i, ]))) {
    x <- numeric(d$sums$nz * d$sums$T + d$sums$nc)
    x[(t - 1) * d$sums$nz + seq_len(d$sums$nz)] <- d$Z[i, ]
    x[d$sums$nz * d$sums$T + seq_len(d$sums$nc)] <- d$C[i, ]
    X <- rbind(X, x); y <- c(y, d$Y[i, t]); person <- c(person, i); visit <- c(visit, t)
  }
  same <- function(unit) { u <- unit[person]; out <- outer(u, u, function(a, b) !is.na(a) & !is.na(b) & a == b); out * 1 }
  D <- list(); what <- character()
  if (!is.null(groups)) { D <- c(D, list(same(groups))); what <- c(what, "group") }
  if (!is.null(therapists)) { D <- c(D, list(same(therapists))); what <- c(what, "therapist") }
  full <- d$Z[person, "arm"]
  mine <- outer(person, person, "==")
  at <- lower(d$sums$T)
  for (a in if (by_arm) c(1, 0) else NA) for (r in seq_len(nrow(at))) {
    s <- at[r, 1]; t <- at[r, 2]
    B <- mine & ((outer(visit == s, visit == t) | outer(visit == t, visit == s)))
    if (!is.na(a)) B <- B & outer(full == a, full == a)
    D <- c(D, list(B * 1)); what <- c(what, if (is.na(a)) "both" else paste0("arm", a))
  }
  # Residual blocks are sparse: keep where they are not zero.
  where <- lapply(D, function(B) which(B != 0))
  list(X = X, y = y, D = D, where = where, what = what, T = d$sums$T)
}
mixed_at <- function(p, theta, full_information = FALSE) {
  n <- length(p$y)
  V <- matrix(0, n, n)
  for (i in seq_along(theta)) V[p$where[[i]]] <- V[p$where[[i]]] + theta[i]
  U <- tryCatch(chol(V), error = function(e) NULL)
  if (is.null(U)) return(NULL)
  Vi <- chol2inv(U)
  ViX <- Vi %*% p$X
  XVX <- crossprod(p$X, ViX)
  Phi <- chol2inv(chol(XVX))
  P <- Vi - ViX %*% Phi %*% t(ViX)
  Py <- drop(P %*% p$y)
  DPy <- vapply(seq_along(theta), function(i) { w <- p$where[[i]] - 1; r <- w %% n + 1; c <- w %/% n + 1; out <- numeric(n); s <- rowsum(Py[c], r); out[as.integer(rownames(s))] <- s; out }, numeric(n))
  score <- vapply(seq_along(theta), function(i) 0.5 * (sum(Py * DPy[, i]) - sum(P[p$where[[i]]])), 0)
  average <- 0.5 * crossprod(DPy, P %*% DPy)
  value <- -sum(log(diag(U))) - 0.5 * as.numeric(determinant(XVX)$modulus) - 0.5 * sum(p$y * Py)
  out <- list(value = value, beta = drop(Phi %*% crossprod(ViX, p$y)), Phi = Phi, score = score, average = average, theta = theta)
  if (full_information) {
    PD <- lapply(seq_along(theta), function(i) {
      if (length(p$where[[i]]) > 0.2 * n^2) return(P %*% p$D[[i]])
      w <- p$where[[i]] - 1; r <- w %% n + 1; c <- w %/% n + 1
      out <- matrix(0, n, n)
      s <- rowsum(t(P)[r, , drop = FALSE], c)
      out[, as.integer(rownames(s))] <- t(s)
      out
    })
    q <- length(theta)
    expected <- matrix(0, q, q)
    for (i in seq_len(q)) for (j in seq_len(i)) expected[i, j] <- expected[j, i] <- 0.5 * sum(PD[[i]] * t(PD[[j]]))
    out$observed <- 2 * average - expected
    out$ViX <- ViX
    out$Vi <- Vi
  }
  out
}
mixed_start <- function(p, V, seed_share = 0.05) {
  at <- lower(p$T)
  theta <- numeric(length(p$what))
  for (a in setdiff(unique(p$what), c("group", "therapist"))) theta[p$what == a] <- V[at]
  for (u in intersect(p$what, c("group", "therapist"))) theta[p$what == u] <- seed_share * mean(diag(V))
  theta
}
mixed_fit <- function(p, theta, most = 60) {
  between <- p$what %in% c("group", "therapist")
  now <- mixed_at(p, theta)
  if (is.null(now)) stop("no start")
  for (i in seq_len(most)) {
    free <- !(between & theta <= 0 & now$score <= 0)
    step <- numeric(length(theta))
    step[free] <- solve(now$average[free, free], now$score[free])
    size <- 1
    repeat {
      to <- theta + size * step
      to[between] <- pmax(to[between], 0)
      then <- mixed_at(p, to)
      if (!is.null(then) && then$value >= now$value - 1e-11 * abs(now$value)) break
      size <- size / 2
      if (size < 1e-6) stop("the likelihood does not rise")
    }
    moved <- to - theta
    theta <- to
    rise <- sum(moved * now$score)
    now <- then
    if (abs(rise) < 1e-11) break
  }
  if (i == most) stop("not settled")
  final <- mixed_at(p, theta, TRUE)
  final$free <- !(between & theta <= 0)
  final
}
mixed_contrast <- function(p, fit, l) {
  v <- drop(l %*% fit$Phi %*% l)
  a <- drop(fit$ViX %*% (fit$Phi %*% l))
  n <- length(a)
  g <- vapply(seq_along(fit$theta), function(i) { w <- p$where[[i]] - 1; sum(a[w %% n + 1] * a[w %/% n + 1]) }, 0)[fit$free]
  w <- solve(fit$observed[fit$free, fit$free])
  with_t(sum(l * fit$beta), sqrt(v), 2 * v^2 / drop(g %*% w %*% g))
}
# A kind with fewer than two units is left out of the model.
units_for <- function(unit, use, only) { u <- ifelse(use & only, unit, NA); if (length(unique(u[!is.na(u)])) < 2) NULL else u }
ask("mixed", for (m in names(MAIN)) ask(paste("mixed", m), {
  d <- MAIN[[m]]
  groups <- units_for(GROUP, d$use, rep(TRUE, N))[d$use]
  therapists <- units_for(THERAPIST, d$use, FULL == 1)[d$use]
  if (length(groups) == 0) groups <- NULL
  if (length(therapists) == 0) therapists <- NULL
  if (is.null(groups) && is.null(therapists)) not_estimable("nobody shares anything")
  by_arm <- match(structure_of(paste("mixed", m, d$visits[1], "difference", sep = ".")), c("unstructured (in each arm)", "unstructured (the same in both arms)"))
  if (is.na(by_arm)) stop("no unstructured fit")
  p <- mixed_problem(d, groups, therapists, by_arm == 1)
  fit <- mixed_fit(p, mixed_start(p, d$fit$V))
  for (v in d$visits) {
    r <- mixed_contrast(p, fit, at_visit(d, v, as.numeric(colnames(d$Z) == "arm")))
    put_list(paste("mixed", m, v, "difference", sep = "."), r, "iterated")
    put_list(paste("mixed", m, v, "g", sep = "."), adjusted_g(r, m, GRID[[m]][d$use, START], FULL[d$use]), "iterated")
  }
  for (u in intersect(p$what, c("group", "therapist"))) put(paste0("mixed.", m, ".", u, "_sd"), sqrt(fit$theta[p$what == u]), kind = "iterated")
}))

# --- How many more people, and equivalence: precision.* (docs/methods/precision.md) ------------------------------------------------------------------------
# sigma^2 (1 - rho^2) / {1 - R^2} {D1/n1 + D0/n0 - 2 kappa_g s / n} over the people seen at start and visit.
# chance that a t test in the right direction excludes zero
power_t <- function(ratio, df) { t <- qt(1 - (1 - LEVEL) / 2, df); suppressWarnings(pt(t, df, ratio, lower.tail = FALSE)) }
# chance that two one-sided tests of equal programmes show equivalence: Owen's Q by quadrature over the estimated spread
power_tost <- function(ratio, df) {
  t <- qt(LEVEL, df)
  f <- function(s) pmax(0, 2 * pnorm(ratio - t * s) - 1) * 2 * df * s * dchisq(df * s^2, df)
  top <- ratio / t
  middle <- sqrt(pmax(df - 2, 0.1) / df)
  cuts <- sort(unique(pmin(top, c(0, middle, middle + 8 / sqrt(df), top))))
  sum(vapply(seq_len(length(cuts) - 1), function(i) integrate(f, cuts[i], cuts[i + 1], rel.tol = 1e-10, stop.on.error = FALSE)$value, 0))
}
ask("precision", for (m in PRIMARIES) ask(paste("precision", m), {
  start <- GRID[[m]][, START]; end <- GRID[[m]][, PRIMARY]
  use <- !is.na(start) & !is.na(end)
  stem <- paste("precision", m, sep = ".")
  lost <- function(in_arm) wilson(sum(in_arm & !use), sum(in_arm))
  put_list(paste0(stem, ".dropout"), lost(rep(TRUE, N)))
  for (a in names(ARM)) put_list(paste(stem, a, "dropout", sep = "."), lost(ARM[[a]]))
  inner <- function(x) x[use] - ave(x[use], FULL[use])
  n <- sum(use); n1 <- sum(use & FULL == 1); n0 <- n - n1
  rho <- cor(inner(start), inner(end))
  half <- qnorm(1 - (1 - LEVEL) / 2) / sqrt(n - 1 - 3)
  put(paste0(stem, ".baseline_correlation"), rho, low = tanh(atanh(rho) - half), high = tanh(atanh(rho) + half))
  both <- use & known
  X <- ancova_design(both, start)
  arm <- FULL[both]
  explained <- 1 - sum(qr.resid(qr(X[, colnames(X) != "arm", drop = FALSE]), arm)^2) / sum((arm - mean(arm))^2)
  put(paste0(stem, ".arm_explained"), explained)
  # Intraclass correlations: one visit, group and therapist, one residual variance.
  kappa <- c(group = 0, therapist = 0)
  groups <- units_for(GROUP, use, rep(TRUE, N))[use]; therapists <- units_for(THERAPIST, use, FULL == 1)[use]
  if (!length(groups)) groups <- NULL
  if (!length(therapists)) therapists <- NULL
  if (!is.null(groups) || !is.null(therapists)) {
    d <- list(Y = matrix(end[use]), Z = cbind(one = 1, arm = FULL[use]), C = cbind(start[use]), sums = list(nz = 2, T = 1, nc = 1))
    p <- mixed_problem(d, groups, therapists, FALSE)
    fit <- mixed_fit(p, mixed_start(p, matrix(var(inner(end)) * (1 - rho^2))))
    for (u in intersect(p$what, names(kappa))) kappa[u] <- fit$theta[p$what == u] / sum(fit$theta)
  }
  stated <- c(group = or(PLAN$precision$icc_group, NA), therapist = or(PLAN$precision$icc_therapist, NA))
  kappa <- ifelse(is.na(stated), kappa, stated)
  if (!is.null(groups)) put(paste0(stem, ".icc_group"), kappa[["group"]], kind = "iterated")
  if (!is.null(therapists)) put(paste0(stem, ".icc_therapist"), kappa[["therapist"]], kind = "iterated")
  # Where a kind is recorded, who has none is a cluster alone; where the data do not tell how alike people are, a twentieth is assumed.
  recorded <- c(group = any(!is.na(GROUP)), therapist = any(!is.na(THERAPIST)))
  untold <- recorded & is.na(stated) & c(is.null(groups), is.null(therapists))
  kappa[untold] <- 0.05
  crowd <- function(unit, a) { sizes <- table(alone(unit, use & FULL == a)); sum(sizes^2) / sum(sizes) - 1 }
  D1 <- 1 + kappa[["group"]] * crowd(GROUP, 1) + kappa[["therapist"]] * crowd(THERAPIST, 1)
  D0 <- 1 + kappa[["group"]] * crowd(GROUP, 0)
  names_of <- unique(GROUP[use & !is.na(GROUP)])
  together <- sum(table(factor(GROUP[use & FULL == 1], names_of)) * table(factor(GROUP[use & FULL == 0], names_of)))
  base <- sum(inner(end)^2) / (n - 2) * (1 - rho^2) / (1 - explained)
  se <- sqrt(base * (D1 / n1 + D0 / n0 - 2 * kappa[["group"]] * together / (n1 * n0)))
  # An arm with clusters of its own (groups that hold no one of the other arm, therapists) has their number less one, the fewest of a kind.
  crossed <- length(intersect(GROUP[use & FULL == 1 & !is.na(GROUP)], GROUP[use & FULL == 0])) > 0
  own <- function(a, scale) {
    counts <- c(if (kappa[["group"]] > 0 && !crossed) length(unique(alone(GROUP, use & FULL == a))), if (a == 1 && kappa[["therapist"]] > 0) length(unique(alone(THERAPIST, use & FULL == 1))))
    if (length(counts)) min(counts) * scale - 1 else NULL
  }
  df_at <- function(scale) {
    own1 <- own(1, scale); own0 <- own(0, scale)
    if (is.null(own1) && is.null(own0)) return(n * scale - 3)
    v <- c(D1 / n1, D0 / n0)
    sum(v)^2 / sum(v^2 / c(or(own1, n1 * scale - 1), or(own0, n0 * scale - 1)))
  }
  power <- or(PLAN$precision$power, 0.8)
  df <- df_at(1)
  delta <- uniroot(function(x) power_t(x, df) - power, c(0.1, 40), tol = 1e-12)$root
  put(paste(stem, PRIMARY, "detectable", sep = "."), delta * se, se, df, kind = "iterated")
  w <- PLAN$measures[[m]]$worthwhile
  if (!is.null(w)) {
    people <- function(power_of, goal) {
      f <- function(log_scale) { scale <- exp(log_scale); power_of(goal / (se / sqrt(scale)), max(df_at(scale), 1.0001)) - power }
      scale <- exp(uniroot(f, log(c(0.02, 200)), extendInt = "upX", tol = 1e-10)$root)
      ceiling(sum(FULL) * scale - 1e-7) + ceiling(sum(1 - FULL) * scale - 1e-7)
    }
    put(paste(stem, PRIMARY, "clients_needed", sep = "."), people(power_t, w))
    put(paste(stem, PRIMARY, "clients_needed_equivalence", sep = "."), people(power_tost, w))
    main <- got(MAIN_ID(m, PRIMARY))
    half <- qt(LEVEL, main$df) * main$se
    p <- max(pt((main$value + w) / main$se, main$df, lower.tail = FALSE), pt((main$value - w) / main$se, main$df))
    put(paste(stem, PRIMARY, "equivalence", sep = "."), main$value, main$se, main$df, main$value - half, main$value + half, p, kind = "iterated")
  }
}))

# --- What others found: evidence.* (docs/methods/meta_analysis.md) ----------------------------------------------------------------------------------------------
# in the program of a pool as well
# Random effects: tau^2 by REML over [0, Inf), Knapp & Hartung's interval, prediction interval, I^2, H^2, Q, the Q profile.
meta_analysis <- function(y, v) {
  k <- length(y)
  minus <- function(tau2) { w <- 1 / (v + tau2); mu <- sum(w * y) / sum(w); 0.5 * (sum(log(v + tau2)) + log(sum(w)) + sum(w * (y - mu)^2)) }
  top <- 10 * max(diff(range(y))^2, v)
  grid <- c(0, seq(0, top, length.out = 241)[-1])
  values <- vapply(grid, minus, 0)
  i <- which.min(values)
  tau2 <- if (i == 1 && minus(grid[2] * 1e-6) >= values[1]) 0 else optimize(minus, c(grid[max(1, i - 1)], grid[min(i + 1, 241)]), tol = 1e-14)$minimum
  if (minus(0) <= minus(tau2)) tau2 <- 0
  w <- 1 / (v + tau2); mu <- sum(w * y) / sum(w)
  se <- sqrt(sum(w * (y - mu)^2) / (k - 1) / sum(w))
  w0 <- 1 / v
  s2 <- (k - 1) * sum(w0) / (sum(w0)^2 - sum(w0^2))
  Q <- function(t) { w <- 1 / (v + t); sum(w * (y - sum(w * y) / sum(w))^2) }
  edge <- function(p) { c <- qchisq(p, k - 1); if (Q(0) <= c) 0 else uniroot(function(t) Q(t) - c, c(0, top * 100), extendInt = "downX", tol = 1e-13)$root }
  alpha <- 1 - LEVEL
  list(mean = with_t(mu, se, k - 1), tau2 = c(tau2, edge(1 - alpha / 2), edge(alpha / 2)), i2 = tau2 / (tau2 + s2), h2 = 1 + tau2 / s2, Q = Q(0), df = k - 1,
       prediction = mu + c(-1, 1) * qt(1 - alpha / 2, k - 1) * sqrt(se^2 + tau2))
}
# up to here
OUTCOME_WORDS <- list(dropout = list("dropout", -1), `drop-out` = list("dropout", -1), `treatment dropout` = list("dropout", -1), attrition = list("dropout", -1),
  completion = list("dropout", 1), completed = list("dropout", 1), `treatment completion` = list("dropout", 1), retention = list("dropout", 1),
  `distress tolerance` = list("distress_tolerance", 1), `emotion regulation` = list("emotion_regulation", 1), `emotional regulation` = list("emotion_regulation", 1),
  `emotion regulation difficulties` = list("emotion_regulation", -1), `difficulties in emotion regulation` = list("emotion_regulation", -1),
  `emotion dysregulation` = list("emotion_regulation", -1), mindfulness = list("mindfulness", 1), `mindfulness skills` = list("mindfulness", 1),
  symptoms = list("symptoms", -1), `borderline symptoms` = list("symptoms", -1), `general psychopathology` = list("symptoms", -1), psychopathology = list("symptoms", -1),
  `symptom severity` = list("symptoms", -1))
LOWER_WORDS <- c("depression", "anxiety", "hopelessness", "suicide ideation", "suicide attempt", "nssi frequency", "self-harm", "self-directed violence", "anger")
evidence_outcome <- function(text) {
  plain <- tolower(trimws(text))
  stated <- PLAN$evidence$outcomes
  at <- match(plain, tolower(names(stated)))
  if (!is.na(at)) {
    entry <- stated[[at]]
    about <- gsub("[ -]", "_", tolower(or(entry$about, plain)))
    if (about %in% c("drop_out", "completion")) about <- "dropout"
    if (about == "other") about <- word(plain)
    sign <- if (is.null(entry$better)) NA else if (entry$better == "higher") 1 else -1
    return(list(about, sign))
  }
  for (form in c(plain, trimws(gsub("\\([^)]*\\)", "", plain)), trimws(sub(",.*$", "", plain)), trimws(sub(",.*$", "", gsub("\\([^)]*\\)", "", plain))))) {
    if (!is.null(OUTCOME_WORDS[[form]])) return(OUTCOME_WORDS[[form]])
    if (form %in% LOWER_WORDS) return(list(word(form), -1))
    if (form == "skills use") return(list("skills_use", 1))
  }
  # Several things in one cell: the first that is known.
  first <- trimws(sub(",.*$", "", plain))
  if (!is.null(OUTCOME_WORDS[[first]])) OUTCOME_WORDS[[first]] else list(word(plain), NA)
}
published <- function(text) {      # "47%" is .47, "-0.712" is -0.712; two percentages are no number
  text <- gsub("\u2212", "-", text)
  if (is.na(text) || !grepl("^-?[0-9.]+ *%?$", text)) return(NA)
  number <- as.numeric(sub(" *%$", "", text))
  if (grepl("%$", text)) number / 100 else number
}
# The local result, beside the published ones: the model's g of the first primary measure of a domain, and the adjusted ratio of those who did not complete.
ask("evidence, local", {
  for (o in unique(vapply(PLAN$measures, function(m) gsub("[ -]", "_", m$domain), ""))) {
    same <- MEASURES[vapply(PLAN$measures, function(m) gsub("[ -]", "_", m$domain) == o, TRUE)]
    m <- c(intersect(same, PRIMARIES), same)[1]
    g <- if (!is.na(m)) got(paste("mmrm", m, PRIMARY, "g", sep = "."))
    if (!is.null(g)) put(paste0("evidence.", o, ".local"), g$value, g$se, low = g$low, high = g$high, kind = "iterated")
  }
  left <- got("completion.adjusted.ratio_not_completed")
  if (!is.null(left)) put("evidence.dropout.local", left$value, left$se, low = left$low, high = left$high, kind = "iterated")
})
ask("evidence", {
  # A study without published results has those that come with the package, which lie beside this program then.
  table <- or(read_table("evidence.csv"), read_table("evidence.csv", dirname(sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE)))))
  if (!is.null(table)) {
    text <- function(name) ifelse(is.na(column(table, name)), "", column(table, name))
    verified <- tolower(text("verification"))
    unchecked <- grepl("^unchecked", verified) | grepl("^unchecked", tolower(text("effect"))) | grepl("^unchecked", tolower(text("effect_type"))) | grepl("^unchecked", tolower(text("note")))
    believed <- !unchecked & grepl("^(seen|derived)", verified)
    direct <- grepl("^direct", tolower(text("directness")))
    about <- lapply(text("outcome"), evidence_outcome)
    of <- vapply(about, function(x) x[[1]], ""); sign <- vapply(about, function(x) as.numeric(x[[2]]), 0)
    num <- function(name) as_number(column(table, name))
    names_of <- word(ifelse(grepl("[0-9]{4}$", text("study")) | text("year") == "", text("study"), paste(text("study"), text("year"))))
    # Effects of each row.
    effect <- lapply(seq_len(nrow(table)), function(i) {
      a <- num("events_full")[i]; n1 <- num("total_full")[i]; c <- num("events_skills")[i]; n0 <- num("total_skills")[i]
      if (!anyNA(c(a, n1, c, n0))) {
        if (of[i] == "dropout" && sign[i] > 0) { a <- n1 - a; c <- n0 - c }
        if (a + c == 0) return(NULL)
        plus <- if (min(a, n1 - a, c, n0 - c) == 0) 0.5 else 0
        a2 <- a + plus; c2 <- c + plus; m1 <- n1 + 2 * plus; m0 <- n0 + 2 * plus
        return(list(y = log(a2 / m1) - log(c2 / m0), v = 1 / a2 - 1 / m1 + 1 / c2 - 1 / m0, scale = "ratio", a = a, n1 = n1, c = c, n0 = n0))
      }
      x <- c(num("mean_full")[i], num("mean_skills")[i], num("sd_full")[i], num("sd_skills")[i], num("n_full")[i], num("n_skills")[i])
      if (!anyNA(x) && !is.na(sign[i])) {
        nu <- x[5] + x[6] - 2
        g <- J(nu) * sign[i] * (x[1] - x[2]) / sqrt(((x[5] - 1) * x[3]^2 + (x[6] - 1) * x[4]^2) / nu)
        return(list(y = g, v = 1 / x[5] + 1 / x[6] + g^2 / (2 * (x[5] + x[6])), scale = "g"))
      }
      p <- c(published(column(table, "effect")[i]), published(column(table, "low")[i]), published(column(table, "high")[i]))
      kind <- tolower(text("effect_type")[i])
      if (direct[i] && !anyNA(p)) {
        if (grepl("ratio", kind)) return(list(y = log(p[1]), v = ((log(p[3]) - log(p[2])) / (2 * qnorm(0.975)))^2, scale = "ratio"))
        if (!is.na(sign[i])) return(list(y = p[1], v = ((p[3] - p[2]) / (2 * qnorm(0.975)))^2, scale = "g"))
      }
      NULL
    })
    numbers <- !vapply(effect, is.null, TRUE)
    favours <- rep(NA_character_, nrow(table))
    said <- tolower(paste(text("effect"), text("effect_type")))
    for (i in seq_len(nrow(table))) {
      if (numbers[i]) favours[i] <- { e <- effect[[i]]  # where it points; a difference in standard deviations is turned already
        towards <- e$y * if (e$scale == "g") 1 else if (of[i] == "dropout") -1 else if (is.na(sign[i])) 0 else sign[i]
        if (towards > 0) "full" else if (towards < 0) "skills" else "neither" }
      else if (grepl("in favour of", said[i])) favours[i] <- { rest <- sub("^.*?in favour of", "", said[i], perl = TRUE); s <- regexpr("skills", rest); f <- regexpr("standard|full|both|121|individual", rest)
        if (s > 0 && (f < 0 || s < f + 12)) "skills" else "full" }
      else if (grepl("no difference", said[i])) favours[i] <- "neither"
    }
    counts <- direct & believed & (numbers | !is.na(favours))
    put("evidence.rows", nrow(table))
    put("evidence.direct.rows", sum(counts))
    put("evidence.direct.with_numbers", sum(counts & numbers))
    no_source <- grepl("^source not given", verified)
    put("evidence.unsourced.rows", sum(no_source))
    put("evidence.claims_without_source", length(unique(text("study")[no_source])))
    wanted <- unique(c(of[direct], vapply(PRIMARIES, function(m) gsub("[ -]", "_", PLAN$measures[[m]]$domain), ""), "dropout"))
    for (o in wanted) {
      mine <- counts & of == o
      stem <- paste0("evidence.", o)
      put(paste0(stem, ".rows"), sum(mine)); put(paste0(stem, ".with_numbers"), sum(mine & numbers))
      for (side in c("full", "skills", "neither")) put(paste0(stem, ".favours_", side), sum(mine & favours %in% side))
      pool <- which(mine & numbers)
      for (i in pool) {
        e <- effect[[i]]
        z <- qnorm(1 - (1 - LEVEL) / 2) * sqrt(e$v)
        back <- if (e$scale == "ratio") exp else identity
        put(paste0(stem, ".", names_of[i]), back(e$y), if (e$scale == "g") sqrt(e$v), low = back(e$y - z), high = back(e$y + z))
        if (!is.null(e$a)) {
          p1 <- e$a / e$n1; p0 <- e$c / e$n0; half <- qnorm(1 - (1 - LEVEL) / 2) * sqrt(p1 * (1 - p1) / e$n1 + p0 * (1 - p0) / e$n0)
          put(paste0(stem, ".", names_of[i], ".difference"), p1 - p0, low = p1 - p0 - half, high = p1 - p0 + half)
          put(paste0(stem, ".", names_of[i], ".full"), p1); put(paste0(stem, ".", names_of[i], ".skills"), p0)
        }
      }
      if (length(pool) > 1) {
        y <- vapply(effect[pool], `[[`, 0, "y"); v <- vapply(effect[pool], `[[`, 0, "v")
        r <- meta_analysis(y, v); back <- if (effect[[pool[1]]]$scale == "ratio") exp else identity
        put(paste0(stem, ".pooled"), back(r$mean$value), r$mean$se, r$mean$df, back(r$mean$low), back(r$mean$high), r$mean$p_value, kind = "iterated")
        put(paste0(stem, ".prediction"), back(r$mean$value), low = back(r$prediction[1]), high = back(r$prediction[2]), kind = "iterated")
        put(paste0(stem, ".tau2"), r$tau2[1], low = r$tau2[2], high = r$tau2[3], kind = "iterated")
        put(paste0(stem, ".i2"), r$i2, kind = "iterated")
      }
    }
    for (i in which(!direct & !unchecked)) {
      value <- published(column(table, "effect")[i])
      if (is.na(value)) next
      id <- paste("evidence", if (grepl("^benchmark", text("directness")[i])) "benchmark" else "indirect", of[i], names_of[i], sep = ".")
      low <- published(column(table, "low")[i]); high <- published(column(table, "high")[i])
      put(id, value, low = if (!is.na(low)) low, high = if (!is.na(high)) high)
    }
  }
})

# --- Had those not seen done otherwise: imputation.*, change.*.imputed_difference (docs/methods/missing.md) ----------------------------------------------------------
# Expected values and the jackknife: each missing score at its expected value by the main model, the comparison that of complete data.
REFERENCE <- or(PLAN$missing$reference, "skills")
WORSE <- or(PLAN$missing$worse, list(full = 0.5, skills = 0.5))
IMPUTATIONS <- or(PLAN$missing$imputations, 50)
imputation_data <- function(m) {
  d <- MAIN[[m]]
  if (is.null(d)) return(NULL)
  who <- which(!is.na(GRID[[m]][, START]) & known)
  start <- GRID[[m]][who, START]
  Y <- GRID[[m]][who, d$visits, drop = FALSE]
  Z <- cbind(one = 1, arm = FULL[who], start = start)[, colnames(d$Z), drop = FALSE]
  C <- columns_of(CHARACTERISTICS, seq_len(N) %in% who)
  C <- C[, colnames(C) %in% colnames(d$C), drop = FALSE]
  if (!identical(colnames(C), colnames(d$C))) stop("a level is held only by people never seen again")
  seen <- !is.na(Y)
  last <- apply(seen, 1, function(s) if (any(s)) max(which(s)) else 0)
  t <- match(PRIMARY, d$visits)
  list(d = d, who = who, Y = Y, Z = Z, C = C, seen = seen, last = last, t = t, full = FULL[who], gone = last < t,
       X = full_rank(cbind(one = 1, arm = FULL[who], start = start, columns_of(CHARACTERISTICS, seq_len(N) %in% who))))
}
# What the assumptions make of the score at the primary visit: a column each. `noise` is none for expected values.
completed_scores <- function(q, beta, V, noise = NULL) {
  nz <- ncol(q$Z); T <- ncol(q$Y)
  B <- matrix(beta[seq_len(nz * T)], nz); g <- beta[nz * T + seq_len(ncol(q$C))]
  mu <- q$Z %*% B + drop(q$C %*% g)
  delta <- B[colnames(q$Z) == "arm", ]
  t <- q$t
  y <- q$Y[, t]
  away <- which(REFERENCE != c("skills", "full")) - 1      # the arm that is not the reference: 1 full, 0 skills
  shift <- if (REFERENCE == "skills") -delta else delta
  jump <- increments <- reference <- numeric(length(y))
  key <- apply(q$seen, 1, paste, collapse = "")
  for (k in unique(key[!q$seen[, t]])) {
    rows <- which(key == k)
    o <- which(q$seen[rows[1], ])
    if (length(o)) {
      K <- V[t, o] %*% chol2inv(chol(V[o, o, drop = FALSE]))
      y[rows] <- mu[rows, t] + (q$Y[rows, o, drop = FALSE] - mu[rows, o, drop = FALSE]) %*% t(K)
      left_over <- V[t, t] - drop(K %*% V[o, t])
      from_seen <- drop(K %*% shift[o])
    } else { y[rows] <- mu[rows, t]; left_over <- V[t, t]; from_seen <- 0 }
    if (!is.null(noise)) y[rows] <- y[rows] + sqrt(left_over) * noise[rows]
    L <- q$last[rows[1]]
    if (L < t) {
      moved <- rows[q$full[rows] != (REFERENCE == "full")]
      jump[moved] <- shift[t]
      increments[moved] <- shift[t] - if (L > 0) shift[L] else 0
      reference[moved] <- shift[t] - from_seen
    }
  }
  cbind(mar = y, jump_to_reference = y + jump, copy_increments = y + increments, copy_reference = y + reference)
}
# The model without some people, by steps with the information of the fit to everybody.
refit_without <- function(q, rows) {
  d <- q$d
  sums <- d$sums
  ids <- match(q$who[rows], which(d$use))
  ids <- ids[!is.na(ids)]
  if (!length(ids)) return(d$fit)
  # Whoever is left out takes along the covariates that nobody else informs.
  told <- colnames(d$C) %in% colnames(full_rank(cbind(d$Z, d$C)[-ids, , drop = FALSE]))
  if (!all(told)) {
    fit <- mmrm_fit(mmrm_sums(d$Z[-ids, , drop = FALSE], d$C[-ids, told, drop = FALSE], d$Y[-ids, , drop = FALSE]), d$fit$V)
    by_visit <- seq_len(ncol(d$Z) * ncol(d$Y))
    beta <- c(fit$beta[by_visit], numeric(length(told)))
    beta[length(by_visit) + which(told)] <- fit$beta[-by_visit]
    fit$beta <- beta
    return(fit)
  }
  for (i in ids) {
    p <- match(sums$key[i], vapply(sums$patterns, function(p) paste(as.integer(seq_len(sums$T) %in% p$seen), collapse = ""), ""))
    sums$patterns[[p]]$S <- sums$patterns[[p]]$S - tcrossprod(sums$W[i, ])
    sums$patterns[[p]]$n <- sums$patterns[[p]]$n - 1
  }
  sums$patterns <- Filter(function(p) p$n > 0.5, sums$patterns)
  if (length(ids) > 3) return(mmrm_fit(sums, d$fit$V))
  V <- d$fit$V
  for (step in 1:8) {
    now <- mmrm_at(sums, V, FALSE)
    move <- drop(q$inverse_information %*% now$score)
    if (max(abs(move)) < 1e-9 * max(abs(V))) return(now)
    V <- V + fill_lower(move, sums$T)
    if (!positive(V)) break
  }
  # One who weighs much: the whole way, with the information of each place.
  mmrm_fit(sums, d$fit$V)
}
compare_completed <- function(X, Y) qr.coef(qr(X), Y)[colnames(X) == "arm", ]
# Rubin's rules with Barnard & Rubin's degrees of freedom; `within`: how far chance moves each number. Four hundred runs of the run's number of
# imputations are made from the draws here; the spread of the estimate over them, of the standard error and of a limit's distance on the logarithm, of
# t for the p-value, is the Monte-Carlo error of either program, and of their difference the root of both.
rubin <- function(Q, U, complete, run_m = IMPUTATIONS) {
  at <- function(q, W, B) {
    if (B < 1e-20 * W) B <- 0
    T <- W + (1 + 1 / run_m) * B
    lambda <- (1 + 1 / run_m) * B / T
    old <- (run_m - 1) / lambda^2
    seen <- if (is.finite(complete)) (complete + 1) / (complete + 3) * complete * (1 - lambda) else Inf
    # Where nothing is missing the imputations do not differ, and the degrees of freedom are those of complete data.
    r <- with_t(q, sqrt(T), if (B > 0) 1 / (1 / old + 1 / seen) else complete)
    c(q = q, se = r$se, df = or(r$df, Inf), half = r$value - r$low, B = B)
  }
  r <- at(mean(Q), mean(U), var(Q))
  made <- replicate(400, { k <- sample.int(length(Q), run_m, TRUE); at(mean(Q[k]), mean(U[k]), var(Q[k])) })
  far <- 4 * sqrt(1 + run_m / length(Q))
  times <- function(name) exp(c(-1, 1) * far * sd(log(made[name, ])))
  q <- far * sd(made["q", ]); half <- r[["half"]] * times("half")
  t <- abs(r[["q"]] / r[["se"]]) + c(-1, 1) * far * sd(made["q", ] / made["se", ])
  shorter <- sqrt(q^2 + (r[["half"]] - half[1])^2); longer <- sqrt(q^2 + (half[2] - r[["half"]])^2)
  low <- r[["q"]] - r[["half"]]; high <- r[["q"]] + r[["half"]]
  list(r = with_t(r[["q"]], r[["se"]], r[["df"]]), error = sqrt(r[["B"]] / run_m) , within = list(value = r[["q"]] + c(-q, q), se = r[["se"]] * times("se"), df = if (is.finite(r[["df"]])) r[["df"]] * times("df"),
    low = low + c(-longer, shorter), high = high + c(-shorter, longer), p_value = 2 * pt(-pmax(rev(t), 0), r[["df"]]), error = sqrt(r[["B"]] / run_m) * (if (r[["B"]] > 0) sqrt(times("B")) else 1)))
}
put_rubin <- function(id, x) put(id, x$r$value, x$r$se, x$r$df, x$r$low, x$r$high, x$r$p_value, kind = "drawn", within = x$within)
# Draws of (beta, V) from the posterior: chains of Gibbs steps from the REML estimate, one for each draw.
posterior_draw <- function(q, steps) {
  d <- q$d; T <- d$sums$T; V <- d$fit$V
  n <- nrow(d$Y)
  X <- q$rows
  for (s in seq_len(steps)) {
    inverse <- lapply(d$sums$patterns, function(p) { W <- matrix(0, T, T); W[p$seen, p$seen] <- chol2inv(chol(V[p$seen, p$seen, drop = FALSE])); W })
    U <- chol(x_q_x(d$sums, inverse))
    b <- backsolve(U, backsolve(U, x_q_r(d$sums, inverse, rbind(matrix(0, d$sums$nz + d$sums$nc, T), diag(T))), transpose = TRUE) + rnorm(nrow(U)))
    E <- d$Y - d$Z %*% matrix(b[seq_len(d$sums$nz * T)], d$sums$nz) - drop(d$C %*% b[d$sums$nz * T + seq_len(d$sums$nc)])
    Estar <- matrix(rnorm(n * T), n) %*% chol(V)
    for (i in seq_along(inverse)) {
      p <- d$sums$patterns[[i]]
      if (length(p$seen) == T) next
      rows <- which(d$sums$key == paste(as.integer(seq_len(T) %in% p$seen), collapse = ""))
      gap <- setdiff(seq_len(T), p$seen)
      K <- V[gap, p$seen, drop = FALSE] %*% inverse[[i]][p$seen, p$seen, drop = FALSE]
      E[rows, gap] <- Estar[rows, gap] + (E[rows, p$seen, drop = FALSE] - Estar[rows, p$seen, drop = FALSE]) %*% t(K)
    }
    L <- t(chol(crossprod(E)))
    B <- matrix(0, T, T)
    B[lower.tri(B)] <- rnorm(T * (T - 1) / 2)
    # The effects by visit and covariates were drawn, so that all n people's residuals count.
    diag(B) <- sqrt(rchisq(T, n - seq_len(T) + 1))
    G <- L %*% solve(B)
    V <- G %*% t(G)
  }
  inverse <- lapply(d$sums$patterns, function(p) { W <- matrix(0, T, T); W[p$seen, p$seen] <- chol2inv(chol(V[p$seen, p$seen, drop = FALSE])); W })
  U <- chol(x_q_x(d$sums, inverse))
  b <- backsolve(U, backsolve(U, x_q_r(d$sums, inverse, rbind(matrix(0, d$sums$nz + d$sums$nc, T), diag(T))), transpose = TRUE) + rnorm(nrow(U)))
  list(beta = b, V = V)
}
ask("imputation", for (m in PRIMARIES) ask(paste("imputation", m), {
  q <- imputation_data(m)
  if (is.null(q)) stop("no main model")
  stem <- paste("imputation", m, PRIMARY, sep = ".")
  n <- length(q$who)
  q$inverse_information <- solve(q$d$fit$observed)
  start <- GRID[[m]][q$who, START]
  sd_start <- pooled_sd(start[q$full == 1], start[q$full == 0])   # within the arms, of the people of this comparison
  worse <- -better(m) * sd_start
  gone_full <- as.numeric(q$gone & q$full == 1); gone_skills <- as.numeric(q$gone & q$full == 0)
  all_of <- function(fit, keep) {
    Y <- cbind(completed_scores(q, fit$beta, fit$V), full = gone_full, skills = gone_skills)
    X <- q$X[keep, , drop = FALSE]
    # Who is alone in a level takes that level's coefficient along.
    if (any(colSums(abs(X[, -1, drop = FALSE] - rep(X[1, -1], each = nrow(X)))) == 0)) X <- full_rank(X)
    compare_completed(X, Y[keep, , drop = FALSE])
  }
  whole <- all_of(q$d$fit, rep(TRUE, n))
  spread <- function(units) {
    values <- t(vapply(units, function(rows) all_of(refit_without(q, rows), -rows), whole))
    G <- length(units)
    list(V = (G - 1) / G * crossprod(scale(values, scale = FALSE)), df = G - 1)
  }
  J_ <- spread(as.list(seq_len(n)))
  combine <- function(weights) with_t(sum(weights * whole[names(weights)]), sqrt(drop(weights %*% J_$V[names(weights), names(weights)] %*% weights)), J_$df)
  for (name in c("mar", "jump_to_reference", "copy_increments", "copy_reference")) put_list(paste0(stem, ".", name), combine(setNames(1, name)), "iterated")
  put_list(paste0(stem, ".worse_full"), combine(c(mar = 1, full = worse * WORSE$full)), "iterated")
  put_list(paste0(stem, ".worse_skills"), combine(c(mar = 1, skills = worse * WORSE$skills)), "iterated")
  put_list(paste0(stem, ".worse_both"), combine(c(mar = 1, full = worse * WORSE$full, skills = worse * WORSE$skills)), "iterated")
  everybody <- seq_len(N) %in% q$who
  cluster <- cluster_for(everybody)
  if (!is.null(cluster)) {
    S <- spread(split_rows(cluster))
    put_list(paste0(stem, ".mar_clustered"), with_t(whole[["mar"]], sqrt(S$V["mar", "mar"]), S$df), "iterated")
  }
  # The tipping point: (theta + w delta)^2 = t^2 V(delta), a quadratic.
  theta <- whole[["mar"]]; w <- whole[["full"]]
  if (sum(gone_full) > 0) {
    put(paste0(stem, ".tipping_lean"), -theta / w, kind = "iterated")
    t2 <- qt(1 - (1 - LEVEL) / 2, J_$df)^2
    a <- w^2 - t2 * J_$V["full", "full"]; b <- 2 * (theta * w - t2 * J_$V["mar", "full"]); c <- theta^2 - t2 * J_$V["mar", "mar"]
    if (c > 0 && b^2 - 4 * a * c >= 0) {
      roots <- (-b + c(-1, 1) * sqrt(b^2 - 4 * a * c)) / (2 * a)
      roots <- roots[roots * sign(-theta / w) > 0]
      if (length(roots)) put(paste0(stem, ".tipping_point"), roots[which.min(abs(roots))], kind = "iterated")
    }
  }
  # Multiple imputation.
  draws <- if (IMPUTATIONS < 50) 60 else IMPUTATIONS   # of fewer their own spread would tell too little of its error
  Q <- U <- matrix(NA, draws, 4, dimnames = list(NULL, c("mar", "jump_to_reference", "copy_increments", "copy_reference")))
  share <- list()
  H <- ols(q$X, rep(0, n))$h
  M <- solve(crossprod(q$X)); l <- M[colnames(q$X) == "arm", ]
  reliable <- judged(m)
  Ylist <- list()
  for (k in seq_len(draws)) {
    p <- posterior_draw(q, 8)
    Y <- completed_scores(q, p$beta, p$V, rnorm(n))
    R <- qr.resid(qr(q$X), Y)
    Q[k, ] <- compare_completed(q$X, Y)
    lone <- H > 1 - 1e-9
    U[k, ] <- colSums(((R / (1 - H)) * drop(q$X %*% l))[!lone, ]^2)
    Ylist[[k]] <- Y[, "mar"]
  }
  for (name in colnames(Q)) {
    r <- rubin(Q[, name], U[, name], n - ncol(q$X))
    put_rubin(paste0(stem, ".", name, "_rubin"), r)
    if (name == "mar") put(paste0(stem, ".monte_carlo_error"), r$error, kind = "drawn", within = list(value = r$within$error + c(-1, 1) * 1e-9 * r$r$se))
  }
  if (reliable) {
    gain <- function(y) as.numeric(beyond(m, (y - GRID[[m]][q$who, START]) * better(m)))
    ys <- lapply(Ylist, gain)
    firth <- any(vapply(ys, function(y) wants_firth(y, q$full, logistic(q$X, y)), TRUE))
    fits <- lapply(ys, function(y) standardised(q$X, y, q$full, cluster, firth)$difference)
    complete <- mean(vapply(fits, function(f) or(f$df, Inf), 0))
    r <- rubin(vapply(fits, `[[`, 0, "value"), vapply(fits, function(f) f$se^2, 0), complete)
    put_rubin(paste("change", m, PRIMARY, "improved.imputed_difference", sep = "."), r)
  }
}))

# --- Events, counts and yes/no of those who were not seen (docs/methods/events.md, counts.md, yes_no.md) -------------------------------------
# Draws of its own: of counts the frailty first, then the number. `t` is the time that was seen, `left` that in which nobody looked, `worse` what the
# rate, or the odds, of those lost from a programme is multiplied by.
LOST_WAYS <- c("mar", "jump_to_reference", "copy_reference", "twice_full", "twice_skills")
LOST_DRAWS <- max(IMPUTATIONS, 60)   # of fewer their own spread would tell too little of its error
times_of <- function(way, full, lost, worse) ifelse(lost & full == c(twice_full = 1, twice_skills = 0)[way] & way %in% LOST_WAYS[4:5], worse, 1)
to_reference <- function(X, lost) { X[lost, "arm"] <- as.numeric(identical(PLAN$missing$reference, "full")); X }
seen_columns <- function(X, seen) {
  if (ncol(full_rank(X[seen, , drop = FALSE])) < ncol(X)) stop("a column that does not vary among those who were seen")
  X[seen, , drop = FALSE]
}
pooled <- function(found) rubin(found[1, ], found[2, ], mean(found[3, ]))
put_lost_counts <- function(stem, X, y, t, left, cluster, ways, worse) {
  lost <- left > 0; seen <- t > 0; arm <- as.numeric(colnames(X) == "arm")
  if (!any(lost)) return(invisible())
  f <- count_fit(seen_columns(X, seen), y[seen], t[seen]); th <- f$theta
  # One over the observed information of the logarithm of theta, the means held; at most one.
  bend <- if (is.finite(th)) -th^2 * sum(trigamma(y[seen] + th) - trigamma(th) + 1 / th - 2 / (th + f$mu) + (y[seen] + th) / (th + f$mu)^2) else Inf
  wide <- if (bend > 0) min(1 / sqrt(bend), 1) else 1
  root <- chol(f$M); Z <- to_reference(X, lost)
  for (way in ways) {
    found <- replicate(LOST_DRAWS, {
      b <- f$b + drop(rnorm(ncol(X)) %*% root)
      own <- exp(drop(X %*% b)); other <- exp(drop(Z %*% b))
      rate <- (if (way %in% LOST_WAYS[2:3]) other else own) * times_of(way, X[, "arm"], lost, worse)
      shape <- th * exp(wide * rnorm(1))
      frailty <- if (is.finite(th)) rgamma(length(y), shape + y, shape + (if (way == "copy_reference") other else own) * t) else 1
      again <- count_fit(X, y + rpois(length(y), frailty * rate * left), t + left)
      x <- count_judge(again, arm, again$b[colnames(X) == "arm"], cluster)
      c(x$value, x$se^2, or(x$df, Inf))
    })
    x <- pooled(found)
    put_rubin(paste(stem, way, "rate_ratio", sep = "."), list(r = exp_of(x$r), within = exp_of(x$within)))
  }
}
put_lost_answers <- function(stem, X, y, full, cluster, ways, worse) {
  lost <- is.na(y); S <- seen_columns(X, !lost)
  if (!any(lost)) return(invisible())
  f <- standardised(S, y[!lost], full[!lost], NULL)$fit
  root <- chol(solve(crossprod(S * sqrt(f$p * (1 - f$p)))))
  for (way in ways) {
    Z <- if (way == "jump_to_reference") to_reference(X, lost) else X
    found <- replicate(LOST_DRAWS, {
      chance <- plogis(drop(Z %*% (f$b + drop(rnorm(ncol(X)) %*% root))) + log(times_of(way, full, lost, worse)))
      x <- standardised(X, ifelse(lost, as.numeric(runif(length(y)) < chance), y), full, cluster)$difference
      c(x$value, x$se^2, or(x$df, Inf))
    })
    x <- pooled(found)
    x$within[c("low", "high")] <- lapply(x$within[c("low", "high")], function(ends) pmin(pmax(ends, -1), 1))
    put_rubin(paste(stem, way, "difference", sep = "."), list(r = cut_off_one(x$r), within = x$within))
  }
}
for (kind in names(Filter(function(e) identical(e$role, "primary"), PLAN$events))) if (!is.null(EVENTS_TABLE)) ask(paste("events not seen:", kind), {
  E <- EVENT_TIME(kind); if (is.null(E)) stop("a last date alone tells how long somebody was followed")
  use <- known & !is.na(E$since$t) & E$since$t > 0
  t <- E$since$t[use]; days <- round(max(WEEK) * 7 - round(t * 365.25), 9)
  X <- full_rank(cbind(one = 1, arm = FULL[use], if (!is.null(E$before)) log(E$before$y[use] + 1), columns_of(CHARACTERISTICS, use)))
  put_lost_counts(paste0("events.", kind), X, E$since$y[use], t, pmax(days, 0) / 365.25, cluster_for(use), LOST_WAYS, 2)
})
for (m in FAMILY[KIND[FAMILY] != "score"]) ask(paste("not seen:", m), {
  y <- GRID[[m]][, PRIMARY]; start <- GRID[[m]][, START]
  taken <- any(!is.na(start))
  use <- known & (!taken | !is.na(start))
  start <- if (KIND[[m]] == "count") log(start + 1) else start
  X <- full_rank(cbind(one = 1, arm = FULL[use], if (taken) start[use], columns_of(CHARACTERISTICS, use)))
  seen <- as.numeric(!is.na(y[use])); worse <- if (better(m) > 0) 1 / 2 else 2
  stem <- paste(ANALYSIS[[KIND[[m]]]], m, PRIMARY, sep = ".")
  if (KIND[[m]] == "count") put_lost_counts(stem, X, ifelse(seen == 1, y[use], 0), seen, 1 - seen, cluster_for(use), LOST_WAYS[-3], worse)
  else put_lost_answers(stem, X, y[use], FULL[use], cluster_for(use), LOST_WAYS[-3], worse)
})

# --- What is drawn: costs.*, mediation.*, pace.*.difference (docs/methods/cost.md, mediation.md, sessions.md) --------------------------------------------------------
# The bootstrap of docs/methods/sessions.md: samples of whole groups where people share them, and of people within the arms; the wider interval
# stands, and the larger standard error. More samples than the run has, so that most of the Monte-Carlo error left is the run's.
RUN_SAMPLES <- 2000
SAMPLES <- 8000
# What is drawn of a unit: units that each lie in one arm are drawn within the arms, else all together. `sums` gives the sums over people of the
# columns of F: of everybody, in each sample, and without each unit in turn.
resampling <- function(unit, samples) {
  names_of <- unique(unit)
  of <- match(unit, names_of)
  share <- as.numeric(tapply(FULL, of, mean))
  strata <- if (all(share %in% 0:1)) share else rep(0, length(names_of))
  counts <- matrix(0, length(names_of), samples)
  for (s in unique(strata)) { rows <- which(strata == s); counts[rows, ] <- rmultinom(samples, length(rows), rep(1, length(rows))) }
  sums <- function(F) {
    F <- as.matrix(F)
    each <- rowsum(F, of)
    total <- colSums(each)
    rbind(total, crossprod(counts, each), rep(total, each = nrow(each)) - each, deparse.level = 0)
  }
  list(sums = sums, strata = strata, of = of, counts = counts, samples = samples)
}
# What is drawn of this study: people, and groups where they can be allowed for.
DRAWN <- function(samples) {
  cluster <- cluster_for(rep(TRUE, N))
  lapply(c(list(ID), if (!is.null(cluster)) list(cluster)), resampling, samples)
}
# Least-squares coefficients in every sample, from sums of products, by elimination in all samples at once. In a sample where a column is constant
# or repeats others (the determinant of the columns at unit length is below 1e-10) the smallest coefficients that fit, at that length.
coefficients_in <- function(s, X, y) {
  k <- ncol(X)
  at <- which(upper.tri(diag(k), TRUE), arr.ind = TRUE)
  sums <- s$sums(cbind(X[, at[, 1]] * X[, at[, 2]], X * y))
  G <- array(0, c(nrow(sums), k, k))
  for (i in seq_len(nrow(at))) G[, at[i, 1], at[i, 2]] <- G[, at[i, 2], at[i, 1]] <- sums[, i]
  size <- sqrt(vapply(seq_len(k), function(j) G[, j, j], numeric(nrow(sums))))
  size[size == 0] <- 1
  for (i in seq_len(k)) for (j in seq_len(k)) G[, i, j] <- G[, i, j] / (size[, i] * size[, j])
  b <- sums[, nrow(at) + seq_len(k), drop = FALSE] / size
  A <- G; z <- b; det <- 1
  for (j in seq_len(k)) {
    det <- det * A[, j, j]
    for (i in seq_len(k)[seq_len(k) > j]) {
      f <- A[, i, j] / A[, j, j]
      for (l in j:k) A[, i, l] <- A[, i, l] - f * A[, j, l]
      z[, i] <- z[, i] - f * z[, j]
    }
  }
  for (j in k:1) { for (l in seq_len(k)[seq_len(k) > j]) z[, j] <- z[, j] - A[, j, l] * z[, l]; z[, j] <- z[, j] / A[, j, j] }
  for (row in which(!(det >= 1e-10))) {
    e <- eigen(matrix(G[row, , ], k), symmetric = TRUE)
    keep <- e$values > 1e-10 * max(abs(e$values))
    z[row, ] <- e$vectors[, keep, drop = FALSE] %*% (crossprod(e$vectors[, keep, drop = FALSE], b[row, ]) / e$values[keep])
  }
  z / size
}
# BCa limits (Efron 1987): the acceleration from leaving out each unit, each stratum about its own mean, none where leaving one out makes no number;
# read sqrt(g/(g-1)) t instead of z out, for g units in all.
acceleration <- function(without, strata) {
  if (!all(is.finite(without))) return(0)
  d <- unlist(lapply(split(without, strata), function(x) (mean(x) - x) * (length(x) - 1) / length(x)))
  if (sum(d^2) > 0) sum(d^3) / (6 * sum(d^2)^1.5) else 0
}
half_width <- function(g) sqrt(g / (g - 1)) * qt(1 - (1 - LEVEL) / 2, g - 1)
bca_places <- function(below, a, out, samples) {
  bias <- qnorm(pmin(pmax(below, 0.5 / samples), 1 - 0.5 / samples))
  place <- function(z) { moved <- bias + z; turned <- 1 - a * moved; ifelse(turned > 0, pnorm(bias + moved / turned), as.numeric(moved > 0)) }
  places <- cbind(place(-out), place(out))
  cbind(pmin(places[, 1], places[, 2]), pmax(places[, 1], places[, 2]))
}
# How far chance alone moves what a run reads off its 2,000 samples. A limit is a place among the samples: in that place, as a normal score, its
# error is nearly normal however heavy the tails of the samples are, so there it is measured, and the samples translate it back. A hundred runs of
# the other size are made from uniform numbers, which are places already. A side that reaches where fewer than five samples here lie beyond is open: so few do not tell a place's value.
CHANCE <- apply(matrix(runif(100 * RUN_SAMPLES), RUN_SAMPLES), 2, sort)
at_place <- function(place) {      # of each made run the uniform number at its place, between neighbours
  h <- place * (RUN_SAMPLES - 1) + 1
  below <- CHANCE[cbind(floor(h), seq_along(h))]
  below + (CHANCE[cbind(ceiling(h), seq_along(h))] - below) * (h - floor(h))
}
within_chance <- function(draws, place, here) {
  score <- qnorm(place)
  ends <- pnorm(mean(score) + c(-4, 4) * sqrt(1 + RUN_SAMPLES / length(draws)) * sd(score))
  values <- quantile(draws, ends, names = FALSE)
  few <- 5 / length(draws)
  range(here, if (ends[1] < few) -Inf else values[1], if (ends[2] > 1 - few) Inf else values[2])
}
judge_draws <- function(draws, whole, without, strata) {
  g <- length(strata); n <- length(draws)
  a <- acceleration(without, strata); out <- half_width(g)
  same <- abs(draws - whole) <= 1e-12 * max(abs(draws))
  below <- mean(draws < whole & !same) + mean(same) / 2
  limits <- quantile(draws, bca_places(below, a, out, n)[1, ], names = FALSE)
  made <- bca_places(colMeans(CHANCE < below), a, out, RUN_SAMPLES)
  places <- cbind(at_place(made[, 1]), at_place(made[, 2]))
  # The standard error's on the logarithm. It has none where the samples have no fourth moment, which is what the spread of a spread rests on: with
  # few people a sample may nearly be singular, and its tail is that of a ratio (the index of the tail by Hill 1975, from the outermost hundredth).
  spread <- apply(matrix(draws[ceiling(sample(CHANCE) * n)], RUN_SAMPLES), 2, sd)
  far <- sort(abs(draws - mean(draws)), decreasing = TRUE)[seq_len(max(10, n %/% 100))]
  told <- far[1] == 0 || 1 / mean(log(far / far[length(far)])) > 4
  reach <- 4 * sqrt(1 + RUN_SAMPLES / n) * (if (min(spread) > 0) sd(log(spread)) else 0)
  list(limits = limits, se = sd(draws), widths = quantile(draws, places[, 2], names = FALSE) - quantile(draws, places[, 1], names = FALSE),
       low = within_chance(draws, places[, 1], limits[1]), high = within_chance(draws, places[, 2], limits[2]),
       spread = if (told) sd(draws) * exp(c(-reach, reach)) else NULL, out = out)
}
# Of several kinds of samples: the wider limits, the larger standard error; which of them that is, chance may decide as well.
wider_kind <- function(kinds) {
  width <- vapply(kinds, function(k) diff(k$limits), 0)
  made <- do.call(cbind, lapply(kinds, `[[`, "widths"))
  list(first = which.max(width), may = sort(unique(c(which.max(width), apply(made, 1, which.max)))))
}
# Limits of a statistic: `values` holds for every kind of samples what `sums` are of, in the same order. NULL where a sample has none.
judge_kinds <- function(drawn, values) {
  whole <- values[[1]][1]
  if (!is.finite(whole)) return(NULL)
  kinds <- Map(function(s, x) {
    draws <- x[1 + seq_len(s$samples)]
    if (anyNA(draws) || length(s$strata) < 4) NULL else c(judge_draws(draws, whole, x[-seq_len(1 + s$samples)], s$strata), list(draws = draws))
  }, drawn, values)
  if (any(vapply(kinds, is.null, TRUE))) return(NULL)
  chosen <- wider_kind(kinds)
  one <- kinds[[chosen$first]]
  over <- function(name) range(vapply(kinds[chosen$may], `[[`, c(0, 0), name))
  spreads <- lapply(kinds, `[[`, "spread")
  list(value = whole, se = max(vapply(kinds, `[[`, 0, "se")), low = one$limits[1], high = one$limits[2], kinds = kinds, chosen = chosen,
       within = list(value = whole + c(-1, 1) * (1e-7 * one$se + 1e-9 * abs(whole)), low = over("low"), high = over("high"),
                     se = if (!any(vapply(spreads, is.null, TRUE))) c(max(vapply(spreads, `[`, 0, 1)), max(vapply(spreads, `[`, 0, 2)))))
}
put_drawn <- function(id, x) if (!is.null(x)) put(id, x$value, x$se, low = x$low, high = x$high, kind = "drawn", within = x$within)
ask("costs", {
  prices <- read_table("costs.csv")
  if (!is.null(prices) && !is.null(ATTENDANCE) && length(unique(prices$currency)) == 1 && length(unique(prices$price_year)) == 1) {
    price <- setNames(as_number(prices$unit_cost), prices$item)
    paid <- or(PLAN$costs$paid, c("attended", "missed", "cancelled_by_client"))
    count <- function(rows) as.numeric(table(factor(ATTENDANCE$client_id[rows], ID)))
    kind <- ATTENDANCE$kind; status <- ATTENDANCE$status
    cost <- rep(0, N)
    for (k in c("group", "individual")) {
      item <- if (k == "group") "group_session_per_client" else "individual_session"
      if (item %in% names(price)) cost <- cost + price[[item]] * count(kind == k & status %in% paid)
    }
    per_client <- or(PLAN$costs$per_client, list())
    if (is.null(per_client$assessment)) per_client$assessment <- list(full = 1, skills = 1)
    amount <- function(entry) { entry <- as.list(entry); ifelse(FULL == 1, or(entry$full, 0), or(entry$skills, 0)) }
    for (item in intersect(names(per_client), names(price))) cost <- cost + price[[item]] * amount(per_client[[item]])
    weeks <- weeks_after_start(ATTENDANCE)
    at <- ifelse(is.na(weeks$dated), weeks$written, weeks$dated)
    came <- status == "attended"
    span <- vapply(ID, function(i) { x <- at[came & ATTENDANCE$client_id == i]; if (length(x) && any(!is.na(x))) diff(range(x, na.rm = TRUE)) else 0 }, 0)
    for (item in intersect(names(PLAN$costs$per_week), names(price))) cost <- cost + price[[item]] * amount(PLAN$costs$per_week[[item]]) * span
    minutes <- as_number(column(ATTENDANCE, "minutes"))
    for (k in c("group", "individual")) {
      mine <- kind == k & came & is.na(minutes)
      minutes[mine] <- or(as.list(PLAN$costs$session_minutes)[[k]], mean(minutes[kind == k & came], na.rm = TRUE))
    }
    travel <- or(PLAN$costs$travel_minutes, 0)
    hours <- as.numeric(tapply(ifelse(came, minutes + travel, 0), factor(ATTENDANCE$client_id, ID), sum)) / 60
    hours[is.na(hours)] <- 0
    booked <- count(status != "cancelled_by_service"); attended <- count(came)
    # Difference at equal covariates: of cost among everybody, of an effect among those in whom it is known.
    drawn <- DRAWN(SAMPLES)
    in_samples <- function(compute) lapply(drawn, function(s) compute(s$sums))
    adjusted_in <- function(y, use, start = NULL) {
      C <- cbind(start[use], columns_of(CHARACTERISTICS, use))
      X <- full_rank(cbind(one = 1, arm = FULL[use], scale(C, scale = FALSE)))
      all_X <- matrix(0, N, ncol(X)); all_X[use, ] <- X
      lapply(drawn, function(s) coefficients_in(s, all_X, ifelse(use, y, 0))[, 2])
    }
    mean_in <- function(x, a) in_samples(function(sums) { t <- sums(cbind(x * ARM[[a]], ARM[[a]])); t[, 1] / t[, 2] })
    give <- function(id, values, alike = TRUE) {
      x <- judge_kinds(drawn, values)
      # What is the same for everybody has no interval.
      if (alike && !is.null(x) && x$low == x$high) put(paste0("costs.", id), x$value) else put_drawn(paste0("costs.", id), x)
    }
    less <- function(one, other) Map(`-`, one, other)
    give_arms <- function(x, of_arm, difference) {
      one <- mean_in(x, "full"); zero <- mean_in(x, "skills")
      if (length(of_arm)) { give(of_arm[1], one); give(of_arm[2], zero) }
      give(difference, less(one, zero))
    }
    give_arms(cost, c("full.mean", "skills.mean"), "difference")
    give_arms(hours, c("client_hours.full.mean", "client_hours.skills.mean"), "client_hours.difference")
    if ("client_hour" %in% names(price)) give_arms(cost + hours * price[["client_hour"]], NULL, "with_client_time.difference")
    for (a in names(ARM)) for (place in c("attended", "booked")) {
      places <- ARM[[a]] * (if (place == "attended") attended else booked)
      if (any(places > 0)) give(paste0(a, ".per_", place, "_place"), in_samples(function(sums) { t <- sums(cbind(cost * ARM[[a]], places)); t[, 1] / t[, 2] }), FALSE)
    }
    dearer <- adjusted_in(cost, known)
    give("adjusted.difference", dearer, FALSE)
    # Who improved reliably on each primary measure, adjusted for its score at the start too; and who completed.
    effects <- lapply(setNames(PRIMARIES, PRIMARIES), function(m) list(y = if (judged(m)) as.numeric(beyond(m, (GRID[[m]][, PRIMARY] - GRID[[m]][, START]) * better(m))) else rep(NA, N), start = GRID[[m]][, START]))
    effects$completion <- list(y = as.numeric(COMPLETED), start = NULL)
    for (name in names(effects)) ask(paste("costs", name), {
      y <- effects[[name]]$y; use <- known & !is.na(y)
      if (min(table(factor(FULL[use], 0:1))) == 0 || length(unique(y[use])) < 2) not_estimable("the effect is the same for everybody")
      values <- adjusted_in(y, use, effects[[name]]$start)
      x <- judge_kinds(drawn, values)
      if (is.null(x)) not_estimable("a sample has no effect")
      bounded <- x
      bounded[c("low", "high")] <- lapply(x[c("low", "high")], function(limit) min(max(limit, -1), 1))
      bounded$within[c("low", "high")] <- lapply(x$within[c("low", "high")], function(ends) pmin(pmax(ends, -1), 1))
      if (abs(x$value) <= 1) put_drawn(paste0("costs.", name, if (name == "completion") ".difference" else ".improvement.difference"), bounded)
      # The ratio where the interval of the effect excludes zero in favour of the full programme, which costs more: percentiles of the samples'
      # ratios as far out as the limits, an order statistic each, in the kind of samples whose interval of the effect is the wider.
      if (x$low <= 0 || dearer[[1]][1] <= 0) not_estimable("no price follows")
      value <- dearer[[1]][1] / x$value
      edges <- lapply(x$chosen$may, function(k) {
        e <- x$kinds[[k]]$draws; d <- dearer[[k]][1 + seq_len(SAMPLES)]
        prices <- sort(ifelse(e > 0, d / e, ifelse(d > 0, Inf, -Inf)))
        tail <- pnorm(-x$kinds[[k]]$out)
        at <- function(share) prices[min(floor(share * SAMPLES), SAMPLES - 1) + 1]
        place <- function(share) CHANCE[min(floor(share * RUN_SAMPLES), RUN_SAMPLES - 1) + 1, ]
        limits <- c(min(at(tail), value), max(at(1 - tail), value))
        list(limits = limits, low = within_chance(prices, place(tail), limits[1]), high = within_chance(prices, place(1 - tail), limits[2]))
      })
      wide <- edges[[match(x$chosen$first, x$chosen$may)]]$limits
      over <- function(side) range(vapply(edges, `[[`, c(0, 0), side))
      put(if (name == "completion") "costs.per_completion" else paste0("costs.", name, ".per_improvement"), value, low = wide[1], high = wide[2], kind = "drawn",
          within = list(value = value * (1 + c(-1, 1) * 1e-7), low = over("low"), high = over("high")))
    })
  }
})
MEDIATORS <- as.character(or(PLAN$sessions$mediators, ALLIANCES))
ask("mediation", if (!is.null(LANDMARK)) for (w_ in MEDIATORS) for (m in setdiff(PRIMARIES, w_)) ask(paste("mediation", m, w_), {
  mediator <- GRID[[w_]][, LANDMARK]; y <- GRID[[m]][, PRIMARY]
  starts <- cbind(if (any(!is.na(GRID[[w_]][, START]))) GRID[[w_]][, START], if (any(!is.na(GRID[[m]][, START]))) GRID[[m]][, START])
  if (is.null(starts)) starts <- matrix(0, N, 0)
  use <- known & !is.na(mediator) & !is.na(y) & rowSums(is.na(starts)) == 0
  C <- cbind(starts[use, , drop = FALSE], columns_of(CHARACTERISTICS, use))
  a <- FULL[use]; M <- mediator[use]
  # About the means of those used, as smallest coefficients depend on where zero is.
  all_of <- function(X) { out <- matrix(0, N, ncol(X)); out[use, ] <- X; out }
  M <- M - mean(M); C <- scale(C, scale = FALSE)
  Xm <- full_rank(cbind(one = 1, a = a, C))
  C <- Xm[, -(1:2), drop = FALSE]
  Xy <- cbind(one = 1, a = a, m = M, am = a * M, C)
  if (min(table(factor(a, 0:1))) < 2 || ncol(full_rank(Xy)) < ncol(Xy)) not_estimable("too few people for both models")
  drawn <- DRAWN(SAMPLES)
  parts <- lapply(drawn, function(s) {
    bm <- coefficients_in(s, all_of(Xm), ifelse(use, mediator - mean(mediator[use]), 0))
    by <- coefficients_in(s, all_of(Xy), ifelse(use, y, 0))
    t <- s$sums(all_of(cbind(1, C)))
    direct <- by[, 2] + by[, 4] * (bm[, 1] + rowSums(bm[, -(1:2), drop = FALSE] * t[, -1, drop = FALSE] / t[, 1]))
    indirect <- (by[, 3] + by[, 4]) * bm[, 2]
    list(on_mediator = bm[, 2], direct = direct, indirect = indirect, total = direct + indirect)
  })
  names_of <- c("on_mediator", "direct", "indirect", "total")
  b <- setNames(lapply(names_of, function(name) judge_kinds(drawn, lapply(parts, `[[`, name))), names_of)
  if (any(vapply(b, is.null, TRUE))) not_estimable("a sample holds nobody of whom it could be computed")
  stem <- paste("mediation", m, PRIMARY, w_, sep = ".")
  for (name in names(b)) put_drawn(paste0(stem, ".", name), b[[name]])
  if ((b$total$low > 0 || b$total$high < 0) && b$direct$value * b$indirect$value > 0) put(paste0(stem, ".proportion"), b$indirect$value / b$total$value)
}))
PACE_SAMPLES <- 600   # each is a likelihood climbed by steps
# Pace: the first reliable improvement lies after the last visit without it and by the first with it; nonparametric maximum likelihood, all samples at once.
turnbull_share <- function(left, right, W, week) {
  cells <- sort(unique(c(left, right)))
  inner <- NULL
  for (i in seq_len(length(cells) - 1)) if (cells[i] %in% left && cells[i + 1] %in% right) inner <- rbind(inner, cells[c(i, i + 1)])
  A <- outer(seq_along(left), seq_len(nrow(inner)), function(i, j) left[i] <= inner[j, 1] & right[i] >= inner[j, 2]) * 1
  kinds <- apply(A, 1, paste, collapse = "")
  U <- A[!duplicated(kinds), , drop = FALSE]
  K <- rowsum(W, factor(kinds, unique(kinds)), reorder = FALSE)
  mass <- matrix(1 / ncol(U), ncol(W), ncol(U))
  for (i in 1:20000) {
    bottom <- mass %*% t(U)
    ratio <- t(K) / bottom
    ratio[t(K) == 0] <- 0
    new <- mass * (ratio %*% U) / colSums(W)
    change <- max(abs(new - mass))
    mass <- new
    if (change < 1e-9) break
  }
  if (any(inner[, 1] < week & inner[, 2] > week)) return(rep(NA, ncol(W)))
  rowSums(mass[, inner[, 2] <= week, drop = FALSE])
}
ask("pace", for (m in PRIMARIES) if (judged(m)) ask(paste("pace", m), {
  gain <- apply(GRID[[m]][, LATER, drop = FALSE], 2, function(y) beyond(m, (y - GRID[[m]][, START]) * better(m)))
  gain <- matrix(gain, N)
  use <- !is.na(GRID[[m]][, START]) & rowSums(!is.na(gain)) > 0
  weeks <- WEEK[LATER]
  first <- apply(gain, 1, function(g) if (any(g %in% TRUE)) which(g %in% TRUE)[1] else NA)
  left <- vapply(seq_len(N), function(i) { before <- if (is.na(first[i])) seq_along(weeks) else seq_len(first[i] - 1); seen <- before[!is.na(gain[i, before])]; if (length(seen)) weeks[[max(seen)]] else 0 }, 0)
  right <- ifelse(is.na(first), Inf, weeks[first])
  improvers <- vapply(ARM, function(in_arm) sum(use & in_arm & !is.na(first)), 0)
  if (min(improvers) >= 5) {
    share <- function(W) { s <- lapply(ARM, function(in_arm) { k <- use & in_arm; turnbull_share(left[k], right[k], W[k, , drop = FALSE], WEEK[[PRIMARY]]) }); s$full - s$skills }
    drawn <- DRAWN(PACE_SAMPLES)
    values <- lapply(drawn, function(s) share(cbind(1, s$counts[s$of, ], 1 - outer(s$of, seq_along(s$strata), `==`))))
    put_drawn(paste0("pace.", m, ".difference"), judge_kinds(drawn, values))
  }
}))

# --- The verdict and how far other ways agree: verdict.*, agreement.* (docs/methods/wording.md, agreement.md) ------------------------------------------------------
# Eight verdicts, numbered in the order of the page: 1 better by a worthwhile amount, 2 better, less than worthwhile, 3 better, 4 too small either
# way, 5 leans, by less than worthwhile, 6 leans, 7 does not tell, 8 cannot answer.
limits_of <- function(id, sign = 1) { x <- got(id); if (is.null(x) || is.null(x$low) || anyNA(c(x$low, x$high))) NULL else sort(sign * c(x$low, x$high)) }
ARRANGED <- or(PLAN$adjust$groups, "")
group_cap <- function() {
  recorded <- !is.null(PLAN$adjust$skills_group) && any(!is.na(GROUP))
  if (!recorded) return(!(ARRANGED %in% c("shared", "none")))
  if (SHARED_GROUPS) return(FALSE)
  per_arm <- vapply(ARM, function(in_arm) length(unique(na.omit(GROUP[in_arm]))), 0)
  length(unique(na.omit(GROUP))) < 4 || any(per_arm < 2) || any(vapply(ARM, function(in_arm) mean(!is.na(GROUP[in_arm])) < 0.5, TRUE))
}
# in the program of a pool as well
claims <- function(required, main, w, p, capped) {
  if (is.null(main)) return(8)
  way <- if (main[1] > 0) 1 else if (main[2] < 0) -1 else 0
  same_side <- function(x, beyond = 0) if (way > 0) x[1] > beyond else if (way < 0) x[2] < -beyond else FALSE
  absent <- any(vapply(required, is.null, TRUE))
  present <- c(list(main), Filter(Negate(is.null), required))
  settled <- way != 0 && !capped && !absent && all(vapply(present, same_side, TRUE)) && (is.null(p) || p < 1 - LEVEL)
  reached <- settled && !is.null(w) && all(vapply(present, function(x) if (way > 0) x[1] >= w else x[2] <= -w, TRUE))
  excluded <- !is.null(w) && !capped && !absent && all(vapply(present, function(x) x[1] > -w && x[2] < w, TRUE))
  if (settled) return(if (reached) 1 else if (excluded) 2 else 3)
  if (way == 0) return(if (excluded) 4 else 7)
  if (excluded) 5 else 6
}
# up to here
VERDICT <- list()
ask("verdict", {
  comparable <- or(got("balance.comparable")$value, 1)
  recorded <- any(!is.na(GROUP)) || any(!is.na(THERAPIST))
  for (m in MEASURES) for (v in LATER) {
    main <- limits_of(MAIN_ID(m, v), better(m))
    needs <- list()
    if (KIND[[m]] != "score") {
      lacks <- !known | (is.na(GRID[[m]][, START]) & any(!is.na(GRID[[m]][, START])))
      w <- PLAN$measures[[m]]$worthwhile
      if (KIND[[m]] == "count" && !is.null(w)) w <- abs(log(w))
      if (KIND[[m]] == "count" && has(MAIN_ID(m, v))) main <- sort(better(m) * log(unlist(got(MAIN_ID(m, v))[c("low", "high")])))
      p <- if (v == PRIMARY && m %in% FAMILY) got(paste(ANALYSIS[[KIND[[m]]]], m, v, "p_holm", sep = "."))$value
      put(paste("verdict", m, v, "rung", sep = "."), if (comparable == 0) 8 else claims(list(), main, w, p, group_cap() || mean(lacks) > 0.05))
      next
    }
    if (!any(compared(m))) { put(paste("verdict", m, v, "rung", sep = "."), 8); next }
    if (recorded) needs$mixed <- limits_of(paste("mixed", m, v, "difference", sep = "."), better(m))
    if (recorded && is.null(needs$mixed)) needs <- list(NULL)
    without <- mean(is.na(GRID[[m]][, START]) | !known)
    if (without > 0.05 && comparable != 0) next  # rests on the answer with the missing starts completed, which is not computed here
    p <- if (v == PRIMARY && m %in% PRIMARIES) got(paste("mmrm", m, v, "p_holm", sep = "."))$value
    rung <- if (comparable == 0) 8 else claims(needs, main, PLAN$measures[[m]]$worthwhile, p, group_cap())
    VERDICT[[paste(m, v)]] <- rung
    put(paste("verdict", m, v, "rung", sep = "."), rung)
  }
  {
    main <- limits_of("completion.adjusted.difference")
    put("verdict.completion", if (comparable == 0) 8 else claims(list(), main, NULL, NULL, group_cap() || mean(!known) > 0.05))
  }
})
ask("agreement", for (m in PRIMARIES) {
  ways <- c(paste("ancova", m, PRIMARY, "difference", sep = "."), paste("between", m, PRIMARY, "difference", sep = "."), paste("mixed", m, PRIMARY, "difference", sep = "."),
            paste("clusters", m, PRIMARY, "difference", sep = "."), paste("weighting", m, PRIMARY, c("overlap", "mmrm", "ate", "doubly_robust"), sep = "."),
            paste("imputation", m, PRIMARY, "mar", sep = "."))
  rung <- VERDICT[[paste(m, PRIMARY)]]
  w <- PLAN$measures[[m]]$worthwhile
  if (is.null(rung) || rung == 8) next
  # A way that could not be computed here cannot be counted.
  if (any(c("ancova", "change of scores", "clusters", paste(c("mixed", "weighting", "imputation"), m)) %in% STOPPED)) next
  main <- limits_of(MAIN_ID(m, PRIMARY), better(m))
  way <- if (main[1] > 0) 1 else if (main[2] < 0) -1 else 0
  there <- Filter(Negate(is.null), lapply(ways, limits_of, better(m)))
  agrees <- vapply(there, function(x) {
    side <- if (rung %in% c(4, 7)) x[1] <= 0 && x[2] >= 0 else if (way > 0) x[1] > 0 else x[2] < 0
    size <- if (rung == 1) max(way * x) >= w && min(way * x) >= w else if (rung %in% c(2, 4, 5)) x[1] > -w && x[2] < w else TRUE
    side && size
  }, TRUE)
  put(paste("agreement", m, PRIMARY, "compared", sep = "."), length(there))
  put(paste("agreement", m, PRIMARY, "agree", sep = "."), sum(agrees))
})

# --- The run's own second computation: independent.* ------------------------------------------------------------------------------------------------------------------
ask("independent", for (m in ls(HERE)) put(paste0("independent.", m), get(m, HERE)$value, kind = "iterated"))

# in the program of a pool as well
# ---------------------------------------------------------------------------------------------------------------------------------
# Part 5. What the run printed against what is computed here
# ---------------------------------------------------------------------------------------------------------------------------------
STATISTICS <- c("value", "se", "df", "df2", "low", "high", "p_value")
# How far apart the two may be, in standard errors (in parts of the value where there is none), and why.
TOLERANCE <- list(
  closed = c(size = 1e-7, of = 1e-7, why = "closed form: rounding"),
  iterated = c(size = 1e-4, of = 1e-3, why = "found by steps, in both: 1e-4 of a standard error, 1e-3 of degrees of freedom"),
  drawn = c(size = NA, of = NA, why = "drawn by chance in both: 4 Monte-Carlo errors of their difference"))
allowed <- function(name, run, here, mine) {
  if (!is.null(mine$within)) {
    ends <- mine$within[[name]]
    return(if (is.null(ends)) NA else (if (run < here) here - ends[1] else ends[2] - here) + 1e-9 * abs(run))
  }
  size <- as.numeric(TOLERANCE[[mine$kind]][["size"]])
  if (name %in% c("df", "df2")) return(max(as.numeric(TOLERANCE[[mine$kind]][["of"]]) * abs(run), 1e-6))
  if (name == "p_value") return(size)
  scale <- if (!is.null(mine$se) && is.finite(mine$se) && mine$se > 0) mine$se else max(abs(run), 1e-6)
  size * scale + 1e-9 * abs(run)
}
ROUNDING <- 1e-12   # of the value: a standard error as small is that of numbers that do not differ at all
number_or_null <- function(x) if (is.null(x) || is.logical(x) || is.character(x)) NULL else as.numeric(x)

finish <- function() {
  run <- RUN
  agree <- 0L; compared <- 0L; computed <- 0L
  lines <- character(); missing <- character(); partly <- character(); wrong <- character(); rows <- list()
  for (r in run) {
    mine <- got(r$id)
    if (is.null(mine) || length(mine$value) != 1L || is.na(mine$value)) { missing <- c(missing, r$id); next }
    absent <- character(); bad <- FALSE; worst <- 0; shown <- ""
    for (name in STATISTICS) {
      theirs <- number_or_null(r[[name]])
      if (is.null(theirs)) next
      here <- mine[[name]]
      if (is.null(here) || is.na(here)) { absent <- c(absent, name); next }
      limit <- allowed(name, theirs, here, mine)
      if (is.na(limit)) { absent <- c(absent, name); next }
      apart <- if (identical(theirs, here) || (name == "se" && max(theirs, here) <= ROUNDING * abs(mine$value))) 0 else abs(theirs - here)
      if (is.nan(apart)) apart <- Inf
      off <- apart > limit
      bad <- bad || off
      ratio <- if (apart == 0) 0 else apart / limit
      if (shown == "" || ratio > worst) { worst <- ratio; shown <- sprintf("%-8s %16.9g %16.9g %10.2g %10.2g", name, theirs, here, apart, limit) }
      rows[[length(rows) + 1L]] <- data.frame(id = r$id, statistic = name, run = theirs, here = here, apart = apart, allowed = limit, kind = mine$kind, agrees = if (off) "no" else "yes")
      if (off) wrong <- c(wrong, sprintf("%-60s %-8s in the run %.10g, here %.10g, apart %.3g, allowed %.3g", r$id, name, theirs, here, apart, limit))
    }
    compared <- compared + 1L
    if (!bad) agree <- agree + 1L
    if (length(absent)) partly <- c(partly, paste0(r$id, " (", paste(absent, collapse = ", "), ")")) else computed <- computed + 1L
    lines <- c(lines, sprintf("%-60s %s  %-8s%s", r$id, shown, mine$kind, if (bad) "  DIFFERS" else ""))
  }
  cat(sprintf("%-60s %-8s %16s %16s %10s %10s  %s\n", "id", "furthest", "in the run", "here", "apart", "allowed", "kind"))
  cat(lines, sep = "\n")
  cat("\n\nTolerances, and why:\n")
  for (name in names(TOLERANCE)) cat(sprintf("  %-9s %s\n", name, TOLERANCE[[name]][["why"]]))
  if (length(NOTES)) cat("\nNot computed, since it stopped:\n", paste0("  ", NOTES, "\n"), sep = "")
  if (length(missing)) cat("\nNot computed here:\n", paste0("  ", missing, "\n"), sep = "")
  if (length(partly)) cat("\nComputed in part (without):\n", paste0("  ", partly, "\n"), sep = "")
  if (length(wrong)) cat("\nDiffers:\n", paste0("  ", wrong, "\n"), sep = "")
  if (length(arguments) > 2) write.csv(do.call(rbind, rows), arguments[3], row.names = FALSE)
  cat(sprintf("%d of %d estimates agree; %d of %d computed\n", agree, compared, computed, length(run)))
  quit(status = if (length(wrong)) 1L else 0L)
}
tryCatch(finish(), error = function(e) { message("This program stopped: ", conditionMessage(e)); quit(status = 2L) })
# up to here
