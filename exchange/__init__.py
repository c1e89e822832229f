"""Files in and out: readers, column maps, import reports, problem and result files."""
