"""What several questions ask of a cohort: its covariates, its main model, completed scores, shares compared."""
