"""Making a model of claims from a snapshot: examples, folds, the fit, its curves and its report."""
