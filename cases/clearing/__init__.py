"""未决清理: which reasons fit a case, the frozen base list, rounds, progress, estimate run-off."""
