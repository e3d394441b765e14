"""Side-by-side measurements: every row of the speed table, against the implementations it names, in one run."""
