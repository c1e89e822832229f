"""One reader for each kind of import: a table to values and a report, without a database."""
