# Best linear unbiased predictions of correlated and of independent estimates, by metafor (REML).
# Rscript make_shrinkage.R > shrinkage.json
suppressMessages({library(metafor); library(jsonlite)})
exact <- list(threshold = 1e-14, stepadj = 0.5, maxiter = 10000)
cases <- list()
yi <- c(-6.1, -1.2, -3.8, 0.9); vi <- c(2.1, 1.3, 3.9, 2.4)
fit <- rma(yi, vi, method = "REML", control = exact)
b <- blup(fit)
cases$independent <- list(estimates = yi, covariance = diag(vi), tau2 = fit$tau2, common = c(fit$beta), common_se = fit$se,
                          value = b$pred, se = b$se)
yi <- c(-2.9, -2.1, -3.3); vi <- c(2.1, 1.3, 3.9)
fit <- rma(yi, vi, method = "REML", control = exact)
b <- blup(fit)
cases$alike <- list(estimates = yi, covariance = diag(vi), tau2 = fit$tau2, common = c(fit$beta), common_se = fit$se,
                    value = b$pred, se = b$se)
yi <- c(-6.1, -1.2, -3.8, 0.9)
V <- matrix(0.4, 4, 4) + diag(c(1.7, 0.9, 3.5, 2.0)); V[1, 2] <- V[2, 1] <- 0.7
data <- data.frame(yi = yi, level = factor(1:4))
fit <- rma.mv(yi, V, random = ~ 1 | level, data = data, method = "REML",
              control = list(optimizer = "optim", optmethod = "BFGS", reltol = 1e-16))
u <- ranef(fit)$level
cases$correlated <- list(estimates = yi, covariance = V, tau2 = fit$sigma2, common = c(fit$beta), common_se = fit$se,
                         value = c(fit$beta) + u$intrcpt)
yi <- c(-6.1, -1.2); V <- matrix(c(2.1, 0.3, 0.3, 1.3), 2, 2)
data <- data.frame(yi = yi, level = factor(1:2))
fit <- rma.mv(yi, V, random = ~ 1 | level, data = data, method = "REML",
              control = list(optimizer = "optim", optmethod = "BFGS", reltol = 1e-16))
u <- ranef(fit)$level
cases$two <- list(estimates = yi, covariance = V, tau2 = fit$sigma2, common = c(fit$beta), common_se = fit$se,
                  value = c(fit$beta) + u$intrcpt)
cat(toJSON(list(made_by = paste("metafor", packageVersion("metafor"), R.version.string), cases = cases), digits = NA,
           auto_unbox = TRUE, pretty = TRUE))
